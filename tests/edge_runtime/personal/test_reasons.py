"""The one sentence that says why an article is where it is."""

from __future__ import annotations

import pytest

from edge_runtime import Rule, RuleEffect, RuleKind, SimilarRead
from edge_runtime.model.parts import PARTS, READ
from edge_runtime.personal.reasons import reason_line

SENTENCES = {
    "interest": "Like “Sun at last”, which you read",
    "average": "Like “Sun at last”, which you read",
    "session": "Like “Sun at last”, which you read just now",
    "topic": "You often read weather",
    "source": "You often open The Gazette",
    "followed": "You follow rain",
    "learned": "The kind that you pick from your lists",
    "words": "Words that you pick from your lists",
    "exploration": "To find out whether you like its kind",
    "prior": "The kind of headline that readers open",
    "freshness": "New",
    "popularity": "Many readers open it",
    "co_clicks": "Readers of “Sun at last” opened it too",
}
NOTHING = "Nothing stands out for it: shown by score"


@pytest.fixture
def reason(make_article, now):
    """The reason of an article of which everything is known, but for what is changed."""
    past = make_article("b", "Sun at last")
    rain = Rule(RuleKind.WORD, "rain", RuleEffect.FOLLOW, now)

    def line(parts, typical=None, **changed):
        given = {
            "article": make_article("a", "Rain again", category="weather", source="The Gazette"),
            "similar": [SimilarRead(past, 0.8, 1.0)],
            "picked_topics": (),
            "also": past,
            "follows": [rain],
            **changed,
        }
        nothing = dict.fromkeys(PARTS, 0.0)
        return reason_line(parts=nothing | parts, typical=nothing | (typical or {}), **given)

    return line


@pytest.mark.parametrize("name", SENTENCES)
def test_the_part_that_lifts_it_most_has_its_sentence(reason, name):
    assert reason({name: 1.0, "popularity": 0.5} | {name: 1.0}) == SENTENCES[name]


@pytest.mark.parametrize("name", sorted(PARTS.keys() - SENTENCES.keys() - {READ}))
def test_a_loss_is_no_reason_even_if_it_is_less_than_usual(reason, name):
    assert reason({}, {name: -5.0}) == NOTHING


def test_two_parts_that_say_the_same_count_together(reason):
    # interest 0.6 + average 0.6 = 1.2, more than 1
    assert reason({"interest": 0.6, "average": 0.6, "freshness": 1.0}) == SENTENCES["interest"]


def test_what_was_read_is_said_before_all_else(reason):
    assert reason({READ: -100.0, "interest": 50.0}) == "You have read this"


def test_no_reason_names_what_is_not_there(reason, make_article):
    assert reason({"interest": 1.0, "session": 2.0}, similar=[]) == NOTHING
    assert reason({"co_clicks": 1.0}, also=None) == NOTHING
    assert reason({}, {"source": -1.0}, article=make_article("a", "Rain again")) == NOTHING
    assert reason({"topic": 1.0}, article=make_article("a", "Rain again")) == "You often read this topic"


@pytest.mark.parametrize("name", ["popularity", "co_clicks"])
def test_being_less_unpopular_than_usual_is_no_reason(reason, name):
    assert reason({name: -0.5}, {name: -2.0}) == NOTHING


def test_a_topic_was_asked_for_or_read_or_is_what_readers_open(reason):
    assert reason({"topic": 1.0}, picked_topics=("weather",)) == "You asked for weather"
    assert reason({"topic": 1.0}, similar=[]) == "Readers often open weather"


def test_a_search_is_called_a_search(reason, make_article):
    query = SimilarRead(make_article("", "solar panels"), 0.8, 1.0, is_search=True)
    for name in ("interest", "session"):
        assert reason({name: 1.0}, similar=[query]) == "You searched “solar panels”"


def test_a_part_of_another_engine_neither_speaks_nor_breaks_the_sentence(make_article):
    given = (make_article("a", "Rain again"), {"mood": 9.0, "freshness": 1.0}, {})
    assert reason_line(*given, similar=[], picked_topics=(), also=None) == "New"
    assert reason_line(make_article("a", "Rain again"), {"mood": 9.0}, {}, [], (), None) == NOTHING
