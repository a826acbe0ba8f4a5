"""What came since the last look."""

from __future__ import annotations

from datetime import timedelta

import pytest

from edge_runtime import RuleEffect, RuleKind, Signal

STORY = "Minister resigns over the harbour bridge collapse"


@pytest.fixture
def news(reader, make_article, now):
    """One article from before the last look, then a story of three sources, one of two, and two others."""
    reader.add([make_article("old", "Rain again", 30, source="Gazette")], now - timedelta(hours=24))
    reader.mark_shown(reader.feed(now - timedelta(hours=20)), now - timedelta(hours=20))
    reader.add(
        [
            make_article("m1", STORY, 3, source="Herald"),
            make_article("m2", STORY, 5, source="Gazette"),
            make_article("m3", STORY, 4, source="Times"),
            make_article("w1", "Whale found in the river at Bremen", 2, source="Herald"),
            make_article("w2", "Whale found in the river at Bremen", 1, source="Times"),
            make_article("k", "A kestrel in the tower", 6, source="Birds"),
            make_article("s", "Soup for cold days", 6, source="Gazette"),
        ],
        now - timedelta(minutes=30),
    )
    return reader


def test_it_counts_by_source_and_names_what_several_report_with_who_was_first(news, now):
    found = news.since(now)
    assert found.since == now - timedelta(hours=20) and found.new == 7
    assert list(found.by_source.items()) == [("Gazette", 2), ("Herald", 2), ("Times", 2), ("Birds", 1)]
    assert [(one.sources, one.first.article_id) for one in found.stories] == [(3, "m2"), (2, "w1")]
    assert {one.article_id for one in (found.stories[0].scored.article, *found.stories[0].scored.same_story)} == {
        "m1",
        "m2",
        "m3",
    }
    assert found.followed == ()
    assert len(news.since(now, limit=1).stories) == 1


def test_what_is_followed_is_named_apart_from_the_stories(news, now):
    news.set_rule(RuleKind.WORD, "kestrel", RuleEffect.FOLLOW, now)
    news.set_rule(RuleKind.SOURCE, "Times", RuleEffect.FOLLOW, now)
    assert [one.article.article_id for one in news.since(now).followed] == ["k"]


def test_what_is_read_or_muted_did_not_come(news, now):
    news.record("w1", Signal.OPEN, now)
    news.set_rule(RuleKind.SOURCE, "Gazette", RuleEffect.MUTE, now)
    found = news.since(now)
    assert found.new == 4 and dict(found.by_source) == {"Times": 2, "Birds": 1, "Herald": 1}
    assert [(one.sources, one.first.article_id) for one in found.stories] == [(2, "m3")]  # of the whale one was read


def test_another_time_can_be_given_and_without_a_look_it_is_a_day(reader, make_article, now):
    assert reader.since(now).since == now - timedelta(days=1)
    assert reader.since(now).new == 0
    reader.add([make_article("a", "Rain again")], now)
    assert reader.since(now + timedelta(hours=1), now - timedelta(minutes=1)).new == 1
    assert reader.since(now + timedelta(hours=1), now).new == 0
