"""The exported profile: open JSON that comes back as it went out, and nothing else comes in."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge_runtime.errors import ProfileFileError
from edge_runtime.storage.json_check import read_json, schema_problem
from edge_runtime.storage.profile import ProfileContents, ProfileStore
from edge_runtime.storage.profile_file import SCHEMA, export_profile, import_profile
from edge_runtime.storage.trial_rows import new_trial, put_trial
from edge_runtime.types import Article, Event, ReadMark, Rule, RuleEffect, RuleKind, Search, SentPush, Shown, Signal
from edge_runtime.worth.trials import Stage, Why, Worth

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)

EXPORTED = {
    "format": "edge-news-profile",
    "version": 3,
    "events": [
        {
            "article": {
                "article_id": "a",
                "title": "地震 in the Straße",
                "abstract": "",
                "category": "weather",
                "source": "",
                "url": "https://example.org/a",
                "language": "en",
                "published": "2026-11-24T09:30:00Z",
            },
            "signal": "dwell",
            "at": "2026-11-24T12:00:00Z",
            "dwell_s": 12.25,
        }
    ],
    "rules": [{"kind": "word", "value": "Rain", "effect": "mute", "at": "2026-11-24T12:00:00Z"}],
    "searches": [
        {"query": "sun", "at": "2026-11-24T12:00:00Z"},
        {"query": "rain", "at": "1970-01-01T00:00:00Z"},
    ],
    "shown": [{"article_id": "a", "score": -1.5, "at": "2026-11-24T12:00:00Z", "learned": 0.25}],
    "read_marks": [{"article_id": "a", "is_read": False, "at": "2026-11-24T12:00:00Z"}],
    "pushes": [{"article_id": "a", "story": "s", "probability": 0.5, "at": "2026-11-24T12:00:00Z"}],
    "picks": ["food", "science"],
    "settings": {"private": False, "push": {"quiet": ["22:00", "07:00"], "cap": 3}},
    "worth": {
        "stage": "proven",
        "why": "better",
        "trial": 2,
        "wins": 45,
        "losses": 17,
        "lists": 30,
        "opens": 71,
        "watch": 0.4,
        "recent_opens": 2.25,
        "usual_opens": 2.5,
        "ranked_lists": 52,
        "last_drop": 0,
        "rests": 1,
    },
}


@pytest.fixture
def profile(tmp_path):
    store = ProfileStore(tmp_path / "profile.db")
    yield store
    store.close()


def fill(profile: ProfileStore) -> None:
    texts = {"category": "weather", "url": "https://example.org/a", "language": "en"}
    article = Article("a", "地震 in the Straße", published=datetime(2026, 11, 24, 9, 30, tzinfo=UTC), **texts)
    profile.record(article, Signal.DWELL, NOW, dwell_s=12.25)
    counts = {"trial": 2, "wins": 45, "losses": 17, "lists": 30, "opens": 71, "watch": 0.4, "ranked_lists": 52}
    worth = Worth(Stage.PROVEN, Why.BETTER, recent_opens=2.25, usual_opens=2.5, rests=1, **counts)
    put_trial(profile._db, new_trial(worth, 1))
    profile.set_rule(Rule(RuleKind.WORD, "Rain", RuleEffect.MUTE, NOW))
    profile.record_search("sun", NOW)
    profile.record_search("rain", datetime(1970, 1, 1, tzinfo=UTC))
    profile.record_shown([Shown("a", -1.5, NOW, 0.25)])
    profile.mark_read([ReadMark("a", False, NOW)])
    profile.record_pushes([SentPush("a", "s", 0.5, NOW)])
    profile.set_picks(["science", "food"])
    profile.set_setting("private", False)
    profile.set_setting("push", {"quiet": ["22:00", "07:00"], "cap": 3})


def test_everything_is_exported_in_plain_words(profile):
    fill(profile)
    assert export_profile(profile) == EXPORTED


def test_an_exported_profile_comes_back_after_erasing(profile):
    fill(profile)
    text = json.dumps(export_profile(profile))
    profile.erase()
    assert export_profile(profile)["events"] == []
    import_profile(profile, text)
    assert export_profile(profile) == EXPORTED
    import_profile(profile, b"\xef\xbb\xbf" + text.encode())  # as some editors save it
    assert export_profile(profile) == EXPORTED


times = st.integers(-62_135_596_800, 253_402_300_799).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
texts = st.text(st.characters(exclude_categories=("Cs",)), max_size=20)
numbers = st.floats(allow_nan=False, allow_infinity=False)
articles = st.builds(
    Article, texts, texts, texts, texts, texts, texts, texts, published=st.none() | times, popularity=st.none()
)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**17), 10**17) | numbers | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=5,
)
rules = st.builds(Rule, st.sampled_from(RuleKind), texts.filter(str.strip), st.sampled_from(RuleEffect), times)
contents = st.builds(
    ProfileContents,
    st.lists(st.builds(Event, articles, st.sampled_from(Signal), times, numbers.map(abs)), max_size=3),
    st.lists(rules, max_size=3),
    st.lists(st.builds(Search, texts, times), max_size=3),
    st.lists(st.builds(Shown, texts, numbers, times, numbers), max_size=3),
    st.lists(st.builds(SentPush, texts, texts, st.floats(0, 1), times), max_size=3),
    st.lists(texts, max_size=3),
    st.dictionaries(texts, json_values, max_size=3),
    st.lists(st.builds(ReadMark, texts, st.booleans(), times), max_size=3),
)


@pytest.fixture(scope="module")
def any_profile(tmp_path_factory):
    store = ProfileStore(tmp_path_factory.mktemp("data") / "profile.db")
    yield store
    store.close()


def test_whole_numbers_of_18_digits_are_read_whatever_their_sign():
    assert read_json(f"[{-(10**18) + 1}, {10**18 - 1}]") == [-(10**18) + 1, 10**18 - 1]
    for beyond in (-(10**18), 10**18):
        with pytest.raises(ValueError, match="too large a number"):
            read_json(f"[{beyond}]")


@given(contents)
@settings(max_examples=20, deadline=None)
def test_every_profile_comes_back_as_it_went_out(any_profile, given_contents):
    any_profile.replace(given_contents)
    exported = export_profile(any_profile)
    text = json.dumps(exported)
    any_profile.erase()
    import_profile(any_profile, text)
    assert export_profile(any_profile) == exported


def changed(path: list[str | int], value: object) -> str:
    document: Any = copy.deepcopy(EXPORTED)
    place = document
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = value
    return json.dumps(document)


BAD = [
    (["events", 0, "at"], "yesterday", r"events\[0\]\.at: 'yesterday' is not a time like 2026-11-24T12:00:00Z"),
    (["events", 0, "at"], "2026-02-30T12:00:00Z", r"events\[0\]\.at: 2026-02-30T12:00:00Z is no time"),
    (["events", 0, "at"], "2026-11-24T12:00:00", r"events\[0\]\.at"),
    (["events", 0, "at"], "0001-01-01T00:00:00+14:00", r"events\[0\]\.at"),
    (["events", 0, "at"], "٢٠٢٦-11-24T12:00:00Z", r"events\[0\]\.at"),
    (["events", 0, "at"], "2026-11-24T12:00:00Z\n", r"events\[0\]\.at"),
    (["events", 0, "at"], 1_795_521_600, r"events\[0\]\.at: 1795521600 is not a time"),
    (
        ["events", 0, "article", "published"],
        "soon",
        r"events\[0\]\.article\.published: 'soon' is not a time .* or null",
    ),
    (["events", 0, "article", "published"], "2026-13-01T00:00:00Z", r"events\[0\]\.article\.published"),
    (["events", 0, "article", "title"], None, r"events\[0\]\.article\.title: None is not string"),
    (["events", 0, "article", "title"], "\ud800", r"events\[0\]\.article\.title"),
    (["events", 0, "article", "author"], "x", r"events\[0\]\.article\.author: nothing of this name is known"),
    (["events", 0, "article"], {}, r"events\[0\]\.article: 'article_id' is missing"),
    (["events", 0, "signal"], "opened", r"events\[0\]\.signal: 'opened' is not open or dwell or"),
    (["events", 0, "dwell_s"], True, r"events\[0\]\.dwell_s: True is not number of minimum 0"),
    (["events", 0, "dwell_s"], -1, r"events\[0\]\.dwell_s: -1 is not number of minimum 0"),
    (["events", 0, "dwell_s"], "12", r"events\[0\]\.dwell_s"),
    (["events", 0, "dwell_s"], 10**30, "too large a number"),
    (["events", 0], [], r"events\[0\]: \[\] is not object"),
    (["events"], {}, r"events: \{\} is not array"),
    (["rules", 0, "value"], " ", r"rules\[0\]\.value: ' ' is not a text that is not empty"),
    (["rules", 0, "kind"], "author", r"rules\[0\]\.kind"),
    (["rules", 0, "effect"], 1, r"rules\[0\]\.effect"),
    (["rules", 0, "at"], "2026-11-24T25:00:00Z", r"rules\[0\]\.at"),
    (["searches", 1, "query"], 5, r"searches\[1\]\.query"),
    (["searches", 1, "at"], "2026-11-31T00:00:00Z", r"searches\[1\]\.at"),
    (["shown", 0, "score"], None, r"shown\[0\]\.score"),
    (["shown", 0, "at"], "2026-00-01T00:00:00Z", r"shown\[0\]\.at"),
    (["read_marks", 0, "is_read"], 1, r"read_marks\[0\]\.is_read: 1 is not boolean"),
    (["pushes", 0, "probability"], 1.5, r"pushes\[0\]\.probability: 1.5 is not number of minimum 0, maximum 1"),
    (["pushes", 0, "at"], "2026-11-24T12:60:00Z", r"pushes\[0\]\.at"),
    (["picks", 1], 1, r"picks\[1\]: 1 is not string"),
    (["settings"], [], "settings"),
    (["settings", "\udfff"], 1, r"settings: '\\udfff' is no text"),
    (["format"], "other", '"format": "edge-news-profile"'),
    (["worth", "rests"], 10**9, "worth: .* is not what votes say of the ranked order"),
    (["version"], 4, "version 4, this release reads 3; update edge-news"),
    (["version"], 0, "version: 0 is not 3"),
    (["version"], True, "version: True is not 3"),
    (["extra"], 1, "extra: nothing of this name is known"),
]


@pytest.mark.parametrize(("path", "value", "message"), BAD)
def test_a_wrong_field_is_named_and_nothing_is_taken(any_profile, path, value, message):
    import_profile(any_profile, json.dumps(EXPORTED))
    with pytest.raises(ProfileFileError, match=message):
        import_profile(any_profile, changed(path, value))
    assert export_profile(any_profile) == EXPORTED


TEXT = json.dumps(EXPORTED)
NO_JSON: list[tuple[bytes | str, str]] = [
    (b"", "no JSON"),
    (b"\xff\xfe", "no JSON"),
    (TEXT[:-1], "no JSON"),
    (TEXT + "x", "no JSON"),
    ("[]", "format"),
    ("null", "format"),
    (TEXT.replace("12.25", "NaN"), "NaN is no number"),
    (TEXT.replace("12.25", "-Infinity"), "-Infinity is no number"),
    (TEXT.replace("12.25", "1e999"), "1e999 is too large"),
    (TEXT.replace("12.25", "9" * 5000), "too large"),
    (TEXT.replace('"version": 3', '"version": 3, "version": 3'), "'version' is given twice"),
    (TEXT.replace('"cap": 3', '"cap": 3, "cap": 4'), "'cap' is given twice"),
    (TEXT.replace('"cap": 3', '"cap": ' + "[" * 200_000 + "]" * 200_000), "nested too deeply"),
    (TEXT.replace('"cap": 3', '"cap": ' + '{"a":' * 900 + "1" + "}" * 900), "nested too deeply"),
]


@pytest.mark.parametrize(("data", "message"), NO_JSON, ids=range(len(NO_JSON)))
def test_what_is_no_strict_json_is_refused_and_nothing_is_taken(any_profile, data, message):
    import_profile(any_profile, TEXT)
    with pytest.raises(ProfileFileError, match=message):
        import_profile(any_profile, data)
    assert export_profile(any_profile) == EXPORTED


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_a_file_with_one_byte_changed_is_refused_or_read_whole(any_profile, data):
    text = bytearray(TEXT.encode())
    text[data.draw(st.integers(0, len(text) - 1))] = data.draw(st.integers(0, 255))
    try:
        import_profile(any_profile, bytes(text))
    except ProfileFileError as error:
        assert str(error).startswith("profile file: ")
    else:
        assert len(export_profile(any_profile)["events"]) == 1


@pytest.mark.parametrize(("version", "later"), [(1, {"read_marks": [], "worth": None}), (2, {"worth": None})])
def test_an_export_from_before_read_marks_and_worth_is_still_taken(profile, version, later):
    old = {name: value for name, value in EXPORTED.items() if name not in later} | {"version": version}
    import_profile(profile, json.dumps(old))
    assert export_profile(profile) == EXPORTED | later


def test_a_file_beyond_the_limit_is_refused_unread(profile):
    with pytest.raises(ProfileFileError, match="at most 10 are read"):
        import_profile(profile, TEXT, max_bytes=10)


def test_every_field_of_every_type_is_in_the_schema_and_required():
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    assert sorted(schema["required"]) == sorted(EXPORTED) == sorted(schema["properties"])
    for name, example in [("article", EXPORTED["events"][0]["article"]), ("event", EXPORTED["events"][0])] + [
        (name, EXPORTED[f"{name}{'' if name == 'shown' else 'es' if name in ('search', 'push') else 's'}"][0])
        for name in ("rule", "search", "shown", "read_mark", "push")
    ]:
        part = schema["$defs"][name]
        assert sorted(part["properties"]) == sorted(part["required"]) == sorted(example)
        assert part["additionalProperties"] is False
    for name, kind in (("signal", Signal), ("kind", RuleKind), ("effect", RuleEffect)):
        assert re.search(
            f'"{name}": {{"enum": {re.escape(json.dumps([one.value for one in kind]))}', SCHEMA.read_text()
        )


def check(schema: dict[str, Any]) -> Callable[[object], bool]:
    return lambda value: not schema_problem(value, schema, schema)


def test_the_schema_check_agrees_with_json_schema():
    # Worked out by hand from the specification, draft 2020-12; `pattern` is searched for, not matched.
    assert check({"type": "number", "minimum": 0, "maximum": 1})(0.5)
    assert not check({"type": "number"})(False)
    assert check({"enum": [1]})(1) and not check({"enum": [1]})(True)
    assert check({"pattern": "b"})("abc") and check({"pattern": "b"})(5)
    assert check({"anyOf": [{"type": "null"}, {"type": "array", "items": {"type": "string"}}]})(["a"])
    assert not check({"anyOf": [{"type": "null"}, {"type": "array", "items": {"type": "string"}}]})([1])
    assert check({"type": "object"})({"any": [True, None]})
    assert read_json('{"a": [1, 2.5, "x", true, null]}') == {"a": [1, 2.5, "x", True, None]}
