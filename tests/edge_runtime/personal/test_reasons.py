"""The sentences that say why an article is where it is: each names what the profile holds, and a part above 0."""

from __future__ import annotations

from collections import Counter

import pytest

from edge_runtime import Rule, RuleEffect, RuleKind, Signal
from edge_runtime.model.parts import PARTS, READ, Sign
from edge_runtime.personal.evidence import Evidence
from edge_runtime.personal.interests import Opinion
from edge_runtime.personal.reasons import CLOSE, DISLIKED, FOR_VARIETY, NOT_KNOWN, Claims, in_turn, quoted, reasons
from edge_runtime.personal.similar_reads import Near

SENTENCES = {
    "interest": "Like “Sun at last”, which you read",
    "average": CLOSE,
    "session": "Like “Sun at last”, which you read just now",
    "topic": "You often read weather",
    "source": "You often open The Gazette",
    "followed": "You follow rain",
    "learned": "The kind that you pick from your lists",
    "words": "Words you pick: rain, again",
    "exploration": "To find out whether you like its kind",
    "prior": "The kind of headline that readers open",
    "freshness": "New",
    "rare": "The Gazette writes seldom",
    "popularity": "Many readers open it",
    "co_clicks": "Readers of “Sun at last” opened it too",
}
EVIDENCE = {
    "opened_of_topic": {7: 3},
    "opened_of_source": {"The Gazette": 3},
    "opened_from_lists": 3,
    "picks": frozenset(),
    "reads": 3,
    "searches": 0,
}


@pytest.fixture
def told(make_article, now):
    """The reasons of an article of which everything can be said, but for what is changed."""
    past = make_article("b", "Sun at last")
    read = Opinion(past, now.timestamp(), is_opened=True)

    def tell(parts, typical=None, evidence=None, **changed):
        given = {
            "article": make_article("a", "Rain again", category="weather", source="The Gazette"),
            "evidence": Evidence(**EVIDENCE | (evidence or {})),
            "topic_number": 7,
            "topic_name": "weather",
            "near": Near(read, read, (0.8, 0.8)),
            "rules": [Rule(RuleKind.WORD, "rain", RuleEffect.FOLLOW, now)],
            "find_also": lambda: past,
            "find_words": lambda: ["rain", "again"],
            **changed,
        }
        nothing = dict.fromkeys(PARTS, 0.0)
        return [*reasons(nothing | parts, (nothing | (typical or {})).__getitem__, Claims(**given))]

    return tell


@pytest.mark.parametrize("name", SENTENCES)
def test_the_part_that_lifts_it_most_is_told_first_and_the_second_behind_it(told, name):
    other = "freshness" if name == "popularity" else "popularity"
    found = told({name: 1.0, other: 0.5})
    assert found[0] == SENTENCES[name] and found[-1] == SENTENCES[other]


@pytest.mark.parametrize("name", sorted(PARTS.keys() - {READ}))
def test_a_part_that_is_not_above_0_is_no_reason_even_if_it_is_less_of_a_loss_than_usual(told, name):
    assert told({}, {name: -5.0}) == told({name: -0.5}, {name: -5.0}) == [NOT_KNOWN]


def test_two_parts_that_say_the_same_count_together(told):
    # interest 0.6 + average 0.6 = 1.2, more than 1
    assert told({"interest": 0.6, "average": 0.6, "freshness": 1.0})[0] == SENTENCES["interest"]


def test_what_was_read_is_all_that_is_said(told):
    assert told({READ: -100.0, "interest": 50.0}, is_for_variety=True) == ["You have read this"]


def test_what_was_disliked_has_no_reason_that_speaks_for_it(told):
    assert told({"interest": 5.0, "followed": 1.0}, is_for_variety=True, is_disliked=True) == [DISLIKED]


def test_no_reason_names_what_is_not_there(told):
    assert told({"interest": 1.0, "session": 2.0}, near=Near()) == [CLOSE]
    assert told({"interest": 1.0}, {}, {"reads": 0}, near=Near()) == [NOT_KNOWN]
    assert told({"co_clicks": 1.0}, find_also=lambda: None) == [NOT_KNOWN]
    assert told({"words": 1.0}, find_words=list) == [NOT_KNOWN]
    assert told({"followed": 1.0}, rules=()) == [NOT_KNOWN]
    assert told({"freshness": 1.0}, age_s=3 * 86400.0) == [NOT_KNOWN]


def test_often_is_three_times_and_a_tenth(told):
    for evidence in ({"opened_of_topic": {7: 2}}, {"opened_of_topic": {7: 3, 8: 28}}, {"opened_of_topic": {0: 9}}):
        assert told({"topic": 1.0}, {}, evidence) == [NOT_KNOWN]
    assert told({"topic": 1.0}, {}, {"opened_of_topic": {0: 9}}, topic_number=0, topic_name="") == [NOT_KNOWN]
    assert told({"topic": 1.0}, {}, {"opened_of_topic": {7: 3, 8: 27}}) == [SENTENCES["topic"]]
    assert told({"source": 1.0}, {}, {"opened_of_source": {"The Gazette": 2, "Other": 1}}) == [NOT_KNOWN]
    assert told({"learned": 1.0}, {}, {"opened_from_lists": 2}) == [NOT_KNOWN]


def test_a_source_that_writes_seldom_need_not_be_one_that_was_opened(told):
    assert told({"rare": 1.0}, {}, {"opened_of_source": {}}) == [SENTENCES["rare"]]


def test_a_topic_was_asked_for(told):
    asked = {"picks": frozenset({7}), "opened_of_topic": {}}
    assert told({"topic": 1.0}, {}, asked) == ["You asked for weather"]
    assert told({"topic": 1.0}, {}, {"picks": frozenset({0})}, topic_number=0, topic_name="") == [NOT_KNOWN]


def test_a_read_is_named_if_it_is_near_and_by_what_the_reader_did(told, make_article, now):
    past, at_s = make_article("b", "Sun at last"), now.timestamp()
    assert told({"interest": 1.0}, near=Near(Opinion(past, at_s, is_opened=True), None, (0.49, 0.0))) == [CLOSE]
    liked = Opinion(past, at_s, is_liked=True)
    assert told({"interest": 1.0}, near=Near(liked, None, (0.8, 0.0)))[0] == "Like “Sun at last”, which you liked"
    both = Opinion(past, at_s, is_opened=True, is_liked=True)  # which of the two was just now is not known
    assert told({"session": 1.0}, near=Near(both, both, (0.8, 0.8))) == [NOT_KNOWN]


def test_who_has_read_nothing_is_told_what_else_it_is_close_to(told, make_article, now):
    saved = Opinion(make_article("b", "Sun at last"), now.timestamp(), is_saved=True)
    query = Opinion(make_article("", "sun"), now.timestamp(), is_search=True)
    for opinion, verb in ((saved, "saved"), (query, "searched")):
        found = told({"interest": 1.0}, {}, {"reads": 0}, near=Near(opinion, None, (0.2, 0.0)))
        assert found == [f"Close to what you {verb}"]


def test_a_search_is_called_a_search(told, make_article, now):
    query = Opinion(make_article("", "solar panels"), now.timestamp(), is_search=True)
    for name in ("interest", "session"):
        assert told({name: 1.0}, {}, {"reads": 0}, near=Near(query, query, (0.8, 0.8))) == [
            "You searched “solar panels”"
        ]


def test_a_place_that_owes_to_variety_says_so_first(told):
    assert told({"freshness": 1.0}, is_for_variety=True) == [FOR_VARIETY, "New"]


def test_what_the_bundle_cannot_read_says_what_its_place_goes_by(told):
    given = {"unread_language": "zh", "topic_number": 0, "topic_name": ""}
    assert told({"freshness": 1.0}, **given) == [
        "In Chinese, which this model cannot read: ranked by time and source",
        "New",
    ]
    (line, *_) = told({"words": 0.5, "followed": 0.7}, **given | {"unread_language": "tlh"})
    assert line.startswith("In the language “tlh”, which") and line.endswith("by words, your rules, time and source")


def test_a_part_of_another_engine_neither_speaks_nor_breaks_the_sentence(make_article):
    claims = Claims(make_article("a", "Rain again"), Evidence(**EVIDENCE))
    assert [*reasons({"mood": 9.0, "freshness": 1.0}, lambda _: 0.0, claims)] == ["New"]
    assert [*reasons({"mood": 9.0}, lambda _: 0.0, claims)] == [NOT_KNOWN]


def test_a_list_tells_the_same_twice_in_succession_and_three_times_in_ten():
    told = in_turn([["New", "Many readers open it"]] * 5 + [["New"]] * 15)
    assert told[:5] == ["New", "New", "Many readers open it", "New", "Many readers open it"]
    assert told[5:10] == [""] * 5
    for begin in range(len(told) - 9):
        assert max(Counter(filter(None, told[begin : begin + 10])).values()) <= 3


def test_a_quote_is_short_and_cut_between_words():
    title = "23 Of The Funniest Tweets About Cats And Dogs This Week"
    assert quoted(title) == "“23 Of The Funniest Tweets About Cats…”"
    assert quoted("界" * 50) == f"“{'界' * 40}…”"
    assert quoted("a\x1b[2Jb\n c") == "“a [2Jb c”" and quoted(" \n") == ""


def test_every_part_that_lifts_has_words_for_it():
    silent = {name for name, part in PARTS.items() if not part.reason and not part.told_with}
    assert {PARTS[name].sign for name in silent} == {Sign.LOSS}
    assert silent == {"disliked", "passed"}


def test_a_topic_that_only_texts_told_takes_more_opens_to_be_told(reader, make_article, now):
    reader.add(
        [make_article(f"n{n}", f"Senate votes on the election law {n}", category="politics") for n in (1, 2)], now
    )
    told = [make_article(f"t{n}", f"Senate votes on the election law {n}") for n in range(12)]
    reader.add(told, now)
    maker = reader._maker(now)
    (number,) = set(maker.model.topic_numbers(list(maker.rows.topics)).tolist())
    for article, expected in zip(told, [False] * 11 + [True], strict=True):
        reader.record(article.article_id, Signal.OPEN, now)
        assert reader._maker(now).learned.evidence(now.timestamp()).is_topic_read_often(number) is expected
