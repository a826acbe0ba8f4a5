"""The profile on real SQLite files: what is kept, in which order, for how long, and how it is taken back."""

from __future__ import annotations

import os
import signal
import sqlite3
import time
from contextlib import ExitStack, closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from edge_runtime.errors import UnknownEntryError
from edge_runtime.storage.profile import ProfileContents, ProfileLimits, ProfileStore
from edge_runtime.storage.profile_schema import MIGRATIONS
from edge_runtime.types import (
    Article,
    Edition,
    Event,
    FeedList,
    ListedArticle,
    Origin,
    ReadMark,
    Rule,
    RuleEffect,
    RuleKind,
    Search,
    SentPush,
    Shown,
    Signal,
)
from edge_runtime.worth.lists import LEAST_OPENS
from edge_runtime.worth.trials import Worth

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
MARKER = "Quetzalcoatlus"


@pytest.fixture
def profile(tmp_path):
    store = ProfileStore(tmp_path / "profile.db")
    yield store
    store.close()


@pytest.fixture
def small_profile(tmp_path):
    """Opens a profile that keeps few of something."""
    with ExitStack() as opened:
        yield lambda **few: opened.enter_context(closing(ProfileStore(tmp_path / "profile.db", ProfileLimits(**few))))


def article(article_id: str, **fields: str) -> Article:
    return Article(article_id, f"Title of {article_id}", published=NOW - timedelta(hours=3), **fields)


def rule(value: str, effect: RuleEffect = RuleEffect.MUTE, kind: RuleKind = RuleKind.WORD) -> Rule:
    return Rule(kind, value, effect, NOW)


def ids(events: list[Event]) -> list[str]:
    return [event.article.article_id for event in events]


def test_events_come_back_in_order_with_numbers_whatever_the_clock_said(profile, tmp_path):
    full = article("a", abstract="b", category="c", source="d", url="e", language="f")
    profile.record(full, Signal.OPEN, NOW)
    profile.record_all(
        [
            Event(full, Signal.DWELL, datetime(1970, 1, 1, tzinfo=UTC), dwell_s=12.25, number=7),
            Event(article("b"), Signal.SAVE, datetime(2100, 1, 1, tzinfo=UTC)),
        ]
    )
    expected = [
        Event(full, Signal.OPEN, NOW, 0.0, 1),
        Event(full, Signal.DWELL, datetime(1970, 1, 1, tzinfo=UTC), 12.25, 2),
        Event(article("b"), Signal.SAVE, datetime(2100, 1, 1, tzinfo=UTC), 0.0, 3),
    ]
    assert profile.events() == expected
    other = ProfileStore(tmp_path / "profile.db")
    assert other.events() == expected
    other.close()


@pytest.mark.parametrize("dwell_s", [-1.0, float("nan"), float("inf")])
def test_of_a_batch_with_a_bad_event_nothing_is_kept(profile, dwell_s):
    with pytest.raises(ValueError, match="dwell_s"):
        profile.record_all([Event(article("a"), Signal.OPEN, NOW), Event(article("a"), Signal.DWELL, NOW, dwell_s)])
    assert profile.events() == []


def test_an_event_is_deleted_by_its_number_which_is_not_given_again(profile):
    for name in "abc":
        profile.record(article(name), Signal.OPEN, NOW)
    assert profile.delete_event(3) == Event(article("c"), Signal.OPEN, NOW, 0.0, 3)
    with pytest.raises(UnknownEntryError, match="no event 3"):
        profile.delete_event(3)
    profile.record(article("d"), Signal.LIKE, NOW)
    assert [event.number for event in profile.events()] == [1, 2, 4]


def test_of_too_many_events_the_oldest_go_but_no_saves(small_profile):
    profile = small_profile(events=3)
    profile.record_all([Event(article(name), Signal.SAVE, NOW) for name in "st"])
    for name in "abcd":
        profile.record(article(name), Signal.OPEN, NOW)
    assert ids(profile.events()) == ["s", "t", "b", "c", "d"]


def test_trimming_reads_no_text(profile, tmp_path):
    db = sqlite3.connect(tmp_path / "profile.db")
    plan = db.execute("EXPLAIN QUERY PLAN SELECT number FROM events WHERE signal != 'save' ORDER BY number DESC")
    assert "COVERING INDEX events_not_saved" in plan.fetchone()[3]
    db.close()


def test_there_is_one_rule_for_a_kind_and_value(profile):
    profile.set_rule(rule("Straße"))
    profile.set_rule(rule("STRASSE", RuleEffect.FOLLOW))
    profile.set_rule(rule("strasse", kind=RuleKind.TOPIC))
    assert profile.rules() == [rule("strasse", kind=RuleKind.TOPIC), rule("STRASSE", RuleEffect.FOLLOW)]
    assert profile.drop_rule(RuleKind.WORD, "straße") == rule("STRASSE", RuleEffect.FOLLOW)
    with pytest.raises(UnknownEntryError, match="no rule for the word 'straße'"):
        profile.drop_rule(RuleKind.WORD, "straße")
    with pytest.raises(ValueError, match="empty"):
        profile.set_rule(rule(" "))
    assert profile.rules() == [rule("strasse", kind=RuleKind.TOPIC)]


def test_searches_are_newest_first_bounded_and_deleted_by_number(small_profile):
    profile = small_profile(searches=2)
    for query in ("rain", "sun", "地震"):
        profile.record_search(query, NOW)
    assert profile.searches() == [Search("地震", NOW, 3), Search("sun", NOW, 2)]
    assert profile.delete_search(2) == Search("sun", NOW, 2)
    with pytest.raises(UnknownEntryError, match="no search 2"):
        profile.delete_search(2)


def test_of_an_article_the_first_showing_of_a_day_is_kept_and_of_too_many_the_latest(small_profile):
    profile = small_profile(shown=3)
    first = [Shown("a", 1.5, NOW, 0.5), Shown("b", 0.5, NOW)]
    profile.record_shown([*first, Shown("a", 9.0, NOW + timedelta(hours=11))])
    assert profile.shown() == first
    later = [Shown("a", 2.5, NOW + timedelta(hours=12)), Shown("c", -1.0, NOW)]  # midnight is in 12 hours
    profile.record_shown(later)
    assert profile.shown() == [first[1], *later]
    for score in (float("nan"), float("inf")):
        with pytest.raises(ValueError, match="score"):
            profile.record_shown([Shown("d", score, NOW)])


def test_pushes_are_oldest_first_and_bounded(small_profile):
    profile = small_profile(pushes=2)
    pushes = [SentPush(name, f"story of {name}", 0.25, NOW) for name in "abc"]
    profile.record_pushes(pushes)
    assert profile.pushes() == pushes[1:]
    for probability in (-0.1, 1.1, float("nan")):
        with pytest.raises(ValueError, match="probability"):
            profile.record_pushes([SentPush("d", "d", probability, NOW)])


def test_settings_keep_json_values(profile):
    assert profile.setting("private", False) is False
    value = {"quiet": ["22:00", "07:00"], "cap": 3, "share": 0.5, "none": None}
    profile.set_setting("push", value)
    profile.set_setting("private", True)
    assert (profile.setting("push", {}), profile.setting("private", False)) == (value, True)
    with pytest.raises(ValueError):
        profile.set_setting("push", float("nan"))
    with pytest.raises(TypeError):
        profile.set_setting("push", NOW)
    assert profile.setting("push", {}) == value


def test_undoing_goes_back_step_by_step_through_all_that_the_reader_did(profile):
    profile.record(article("a"), Signal.OPEN, NOW)
    profile.set_rule(rule("rain"))
    profile.set_rule(rule("Rain", RuleEffect.FOLLOW))
    profile.record_search("sun", NOW)
    profile.set_picks(["food"])
    profile.set_picks(["science", "food"])
    profile.set_picks(["food", "science"])  # nothing has changed
    profile.drop_rule(RuleKind.WORD, "rain")
    profile.record(article("b"), Signal.HIDE, NOW)
    profile.record_shown([Shown("a", 0.0, NOW)])
    profile.set_setting("private", True)

    assert profile.undo() == Event(article("b"), Signal.HIDE, NOW, 0.0, 8)
    assert profile.rules() == []
    assert profile.undo() == rule("Rain", RuleEffect.FOLLOW)  # it was dropped
    assert profile.rules() == [rule("Rain", RuleEffect.FOLLOW)]
    assert profile.undo() == ("food", "science")
    assert profile.picks() == ("food",)
    assert profile.undo() == ("food",)
    assert profile.picks() == ()
    assert profile.undo() == Search("sun", NOW, 4)
    assert profile.undo() == rule("Rain", RuleEffect.FOLLOW)  # it was set in the place of the mute
    assert profile.rules() == [rule("rain")]
    assert profile.undo() == rule("rain")
    assert profile.rules() == []
    assert profile.undo() == Event(article("a"), Signal.OPEN, NOW, 0.0, 1)
    with pytest.raises(UnknownEntryError, match="nothing to undo"):
        profile.undo()
    assert profile.shown() and profile.setting("private", False)


def test_what_was_replaced_is_not_undone(profile):
    profile.set_rule(rule("rain"))
    profile.replace(ProfileContents(events=[Event(article("a"), Signal.OPEN, NOW)], picks=["food"]))
    with pytest.raises(UnknownEntryError):
        profile.undo()
    profile.record(article("b"), Signal.OPEN, NOW)
    assert ids([profile.undo()]) == ["b"]
    with pytest.raises(UnknownEntryError):
        profile.undo()
    assert (ids(profile.events()), profile.rules(), profile.picks()) == (["a"], [], ("food",))


@pytest.mark.parametrize("version", range(1, len(MIGRATIONS)))
def test_a_profile_of_every_old_version_is_opened(tmp_path, version):
    path = tmp_path / "profile.db"
    db = sqlite3.connect(path)
    for step in MIGRATIONS[:version]:
        step(db)
    db.execute(
        """INSERT INTO events (article_id, title, abstract, category, source, url, language, published, signal, at)
        VALUES ('a', 'Rain again', '', 'weather', '', '', 'en', NULL, 'like', ?)""",
        (int(NOW.timestamp()),),
    )
    db.execute(f"PRAGMA user_version = {version}")
    db.commit()
    db.close()
    profile = ProfileStore(path)
    rain = Article("a", "Rain again", category="weather", language="en")
    assert profile.events() == [Event(rain, Signal.LIKE, NOW, 0.0, 1)]
    assert (tmp_path / f"profile.db.backup-{version}").exists()
    profile.record(rain, Signal.DWELL, NOW, dwell_s=3)
    profile.set_rule(rule("rain"))
    assert [profile.undo(), ids([profile.undo(), profile.undo()])] == [rule("rain"), ["a", "a"]]
    assert list(tmp_path.glob("*backup*")) == []  # what was taken back is in no copy
    profile.close()


def test_a_list_of_an_old_version_was_shown_elsewhere_and_no_trial_has_begun(tmp_path):
    path = tmp_path / "profile.db"
    db = sqlite3.connect(path)
    for step in MIGRATIONS[:10]:
        step(db)
    db.execute("INSERT INTO lists (terminal, article_ids, named) VALUES ('tty', '[\"a\"]', '')")
    db.execute("PRAGMA user_version = 10")
    db.commit()
    db.close()
    with closing(ProfileStore(path)) as profile:
        assert profile.last_list("tty") == (["a"], "")
        assert (profile.list_origin("tty"), profile.trial()) == (Origin.ELSEWHERE, None)
        for n in range(LEAST_OPENS):
            profile.record_opened(Event(article(f"{n}"), Signal.OPEN, NOW), bundle=1)
        assert profile.trial() and profile.contents().worth == Worth()


def test_rules_that_an_old_version_told_apart_by_accents_become_one_and_the_later_stays(tmp_path):
    path = tmp_path / "profile.db"
    db = sqlite3.connect(path)
    for step in MIGRATIONS[:6]:
        step(db)
    old = [  # kind, key, value, effect, at
        ("word", "café", "Café", "follow", 200),
        ("word", "cafe", "cafe", "mute", 100),
        ("source", "café", "Café", "mute", 50),
        ("word", "łódź", "Łódź", "mute", 10),
        ("word", "rain", "Rain", "mute", 20),
    ]
    db.executemany("INSERT INTO rules VALUES (?,?,?,?,?)", old)
    db.execute("PRAGMA user_version = 6")
    db.commit()
    db.close()
    profile = ProfileStore(path)
    kept = [(rule.kind.value, rule.value, rule.effect.value, int(rule.at.timestamp())) for rule in profile.rules()]
    assert kept == [
        ("source", "Café", "mute", 50),
        ("word", "Café", "follow", 200),
        ("word", "Łódź", "mute", 10),
        ("word", "Rain", "mute", 20),
    ]
    assert profile.drop_rule(RuleKind.WORD, "CAFE").value == "Café"
    assert profile.drop_rule(RuleKind.WORD, "lodz").value == "Łódź"
    profile.close()


def test_of_two_imported_rules_that_compare_alike_the_later_stays(profile):
    late, early = replace(rule("Café"), at=NOW), replace(rule("cafe", RuleEffect.FOLLOW), at=NOW - timedelta(days=1))
    profile.replace(ProfileContents(rules=[late, early]))
    assert profile.rules() == [late]


def fill(profile: ProfileStore) -> None:
    """Some hundred KB with the marker in every kind of entry."""
    texts = [article(f"{MARKER} {number}", abstract=f"{MARKER} " * 50) for number in range(400)]
    profile.record_all([Event(text, Signal.OPEN, NOW) for text in texts])
    profile.set_rule(rule(MARKER))
    profile.drop_rule(RuleKind.WORD, MARKER)
    profile.record_search(MARKER, NOW)
    profile.record_shown([Shown(text.article_id, 0.5, NOW) for text in texts])
    profile.mark_read([ReadMark(MARKER, False, NOW)])
    profile.record(article(f"{MARKER} 0"), Signal.SAVE, NOW)
    profile.take_back(article(f"{MARKER} 0").article_id, Signal.SAVE)
    profile.record_pushes([SentPush(MARKER, MARKER, 0.5, NOW)])
    profile.set_picks([MARKER])
    profile.set_setting(MARKER, MARKER)
    profile.set_list(MARKER, [MARKER])
    profile.keep_edition(Edition(NOW, (MARKER,), (MARKER,)), NOW)
    profile.record_opened(Event(texts[0], Signal.OPEN, NOW), 1)
    of_feed = FeedList(1, (ListedArticle(MARKER),), cache=1, bundle=1)
    profile.change_trial(lambda trial: trial.with_list(of_feed, int(NOW.timestamp())))


def files_with_marker(folder: Path) -> set[str]:
    return {path.name for path in folder.rglob("*") if path.is_file() and MARKER.encode() in path.read_bytes()}


def test_erasing_leaves_no_byte_in_any_file(profile, tmp_path):
    fill(profile)
    for number in range(1, 20):
        profile.delete_event(number)
    profile.set_picks([])
    (tmp_path / "profile.db.backup-1").write_bytes((tmp_path / "profile.db").read_bytes())
    (tmp_path / "profile.db.backup-2.partial").write_bytes((tmp_path / "profile.db").read_bytes())
    assert (tmp_path / "profile.db").stat().st_size > 300_000
    profile.erase()
    assert files_with_marker(tmp_path) == set()
    assert profile.contents() == ProfileContents([], [], [], [], [], (), {}, [])
    assert profile.editions() == []
    assert (tmp_path / "profile.db").stat().st_size < 140_000
    with pytest.raises(UnknownEntryError):
        profile.undo()
    profile.record(article("a"), Signal.OPEN, NOW)
    assert profile.events()[0].number == 1


def test_what_is_taken_back_leaves_no_byte_in_any_file(profile, tmp_path):
    for number in range(30):
        profile.record(article(str(number), abstract="x" * 500), Signal.OPEN, NOW)
    profile.record(Article("a", MARKER, MARKER * 500), Signal.OPEN, NOW)  # on pages of its own too
    profile.record_search(MARKER, NOW)
    assert files_with_marker(tmp_path) == {"profile.db"}
    profile.delete_search(32)
    profile.delete_event(31)
    assert files_with_marker(tmp_path) == set()


def test_erasing_leaves_no_byte_of_what_a_killed_process_left(tmp_path):
    path = tmp_path / "profile.db"
    if not (child := os.fork()):
        profile = ProfileStore(path)
        fill(profile)
        profile._db.execute("PRAGMA cache_size = 1")  # so that unfinished pages go to the disk
        profile._db.execute("BEGIN IMMEDIATE")
        profile._db.execute("UPDATE events SET title = title || ' unfinished', number = number + 1000")
        os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(child, 0)
    assert files_with_marker(tmp_path) == {"profile.db", "profile.db-journal"}
    profile = ProfileStore(path)
    assert profile.events()[0].article.title == f"Title of {MARKER} 0"
    profile.erase()
    assert files_with_marker(tmp_path) == set()
    profile.close()


# No quick machine writes as many before it is killed.
WITHOUT_END = ProfileLimits(events=10**9, shown=10**9)


def write_until_killed(path: Path, told: int) -> None:
    """Batches of growing numbers as ids; what is kept is told to the pipe, a line each."""
    profile = ProfileStore(path, limits=WITHOUT_END)
    last = len(profile.events())
    while True:
        batch = range(last + 1, last + 2 + last % 4)
        last = batch[-1]
        profile.record_all([Event(article(str(number)), Signal.OPEN, NOW) for number in batch])
        os.write(told, f"event {last}\n".encode())
        profile.set_rule(rule(str(last)))
        os.write(told, f"rule {last}\n".encode())
        profile.record_shown([Shown(str(number), 0.5, NOW) for number in batch])
        os.write(told, f"shown {last}\n".encode())


@pytest.mark.usefixtures("slow")
def test_nothing_that_was_acknowledged_is_lost_to_a_kill(tmp_path, rounds):
    path = tmp_path / "profile.db"
    ProfileStore(path).close()
    rng = np.random.default_rng(5)
    told: set[str] = set()
    for _ in range(rounds(30, 300)):
        reading_end, writing_end = os.pipe()
        if not (child := os.fork()):
            try:
                write_until_killed(path, writing_end)
            finally:
                os._exit(1)
        os.close(writing_end)
        with os.fdopen(reading_end) as lines:
            told.add(lines.readline().strip())
            time.sleep(rng.uniform(0, 0.02))  # some rounds of writing
            os.kill(child, signal.SIGKILL)
            told |= {line.strip() for line in lines}
        assert os.WIFSIGNALED(os.waitpid(child, 0)[1])

        profile = ProfileStore(path, limits=WITHOUT_END)
        kept = ids(profile.events())
        assert kept == [str(number + 1) for number in range(len(kept))]
        there = {f"event {name}" for name in kept}
        there |= {f"rule {each.value}" for each in profile.rules()}
        there |= {f"shown {each.article_id}" for each in profile.shown()}
        assert told <= there
        with closing(sqlite3.connect(path)) as db:
            assert db.execute("PRAGMA quick_check").fetchall() == [("ok",)]
        profile.close()


def test_of_read_marks_one_stays_for_each_article_and_the_oldest_go(tmp_path):
    profile = ProfileStore(tmp_path / "profile.db", ProfileLimits(read_marks=3))
    for name in "abcab":
        profile.mark_read([ReadMark(name, name == "a", NOW)])
    assert [(mark.article_id, mark.is_read) for mark in profile.read_marks()] == [
        ("c", False),
        ("a", True),
        ("b", False),
    ]
    profile.mark_read([ReadMark("d", True, NOW)])
    assert [mark.article_id for mark in profile.read_marks()] == ["a", "b", "d"]
    profile.close()


def test_an_open_takes_a_mark_unread_away_and_leaves_one_that_says_read(profile):
    profile.mark_read([ReadMark("Rain", False, NOW), ReadMark("Sun", True, NOW)])
    for name in ("Rain", "Sun"):
        profile.record(Article(name, name), Signal.LIKE, NOW)
    assert len(profile.read_marks()) == 2
    for name in ("Rain", "Sun"):
        profile.record(Article(name, name), Signal.OPEN, NOW)
    assert profile.read_marks() == [ReadMark("Sun", True, NOW)]


def test_what_was_taken_back_is_as_if_it_had_not_been_and_undo_brings_it_back(profile):
    one, other = Article("a", "Rain"), Article("b", "Sun")
    for what in (Signal.SAVE, Signal.OPEN, Signal.SAVE):
        profile.record(one, what, NOW)
    profile.record(other, Signal.SAVE, NOW)
    before = profile.events()
    profile.take_back("a", Signal.SAVE)
    assert profile.events() == [event for event in before if event.signal is Signal.OPEN or event.article == other]
    with pytest.raises(UnknownEntryError):
        profile.take_back("a", Signal.SAVE)
    profile.record_search("later", NOW)  # takes no number that was given before
    profile.undo()
    assert profile.undo() == before[2]
    assert profile.events() == before
