"""The digest: new, likely, not disliked, and short where there is little."""

from __future__ import annotations

from datetime import timedelta

import pytest

from edge_runtime import Signal
from edge_runtime.overviews.digest import MAX_AGE

FOOD = [
    "Soup for cold days",
    "Bread without kneading",
    "The best potato salad",
    "How to roast a duck",
    "Ten quick pasta dishes",
]
OTHERS = [
    "Quarterback traded to the Bears",
    "Senate votes on the budget",
    "Singer cancels her tour",
    "Flood in the valley",
]


def ids(digest) -> list[str]:
    return [one.article.article_id for one in digest.articles]


TOPICS = ["food"] * 5 + ["sports", "politics", "entertainment", "us news"]


@pytest.fixture
def cook(reader, make_article, now):
    """A reader of food, who was shown other things too, day by day, and opened none of them."""
    articles = [
        make_article(f"o{n}", title, 150, category=topic)
        for n, (title, topic) in enumerate(zip([*FOOD, *OTHERS], TOPICS, strict=True))
    ]
    reader.add(articles, now)
    for day in range(5, 0, -1):
        reader.mark_shown(reader.feed(at := now - timedelta(days=day)), at)
        reader.record(f"o{day - 1}", Signal.OPEN, at)
    return reader


def test_a_digest_never_fills_up(cook, make_article, now):
    cook.add(
        [
            make_article("f1", "A stew for winter evenings", category="food"),
            make_article("f2", "Cheese on toast, properly", category="food"),
            *[
                make_article(f"s{n}", title, category="sports")
                for n, title in enumerate(["Bears lose", "Late goal", "Coach quits"])
            ],
        ],
        now,
    )
    digest = cook.digest(now, 5)
    assert set(ids(digest)) == {"f1", "f2"} and digest.new == 5
    assert digest.since == now - MAX_AGE
    cook.mark_shown(digest.articles, now)
    again = cook.digest(now, 5)
    assert ids(again) == [] and again.new == 3


def test_another_report_of_a_story_that_was_saved_is_no_news(reader, make_article, now):
    title = "Ferry sinks off the coast of Norway in a storm"
    reader.add([make_article("a", title, 2)], now)
    reader.mark_shown(reader.feed(now), now)
    reader.record("a", Signal.SAVE, now)
    reader.add([make_article("b", f"{title}, say officials", 1), make_article("c", "Bread without kneading", 1)], now)
    assert {one.article.article_id: len(one.same_story) for one in reader.feed(now)} == {"a": 1, "c": 0}
    assert ids(reader.digest(now, 5)) == ["c"] and reader.digest(now, 5).new == 1


def test_what_is_older_than_a_day_and_a_half_is_no_news(cook, make_article, now):
    cook.add([make_article("f1", "A stew for winter evenings", 35.9, category="food")], now)
    cook.add([make_article("f2", "Cheese on toast, properly", 36.1, category="food")], now)
    assert ids(cook.digest(now)) == ["f1"]


def test_nothing_of_a_topic_that_is_only_disliked_nor_near_to_a_dislike(cook, make_article, now):
    cook.add([make_article("c1", "Singer on her new dress", 40, category="entertainment")], now)
    cook.add([make_article("c2", "Actor on his new soup", category="entertainment")], now)
    cook.add([make_article("f1", "A stew for winter evenings", category="food")], now)
    cook.record("c1", Signal.DISLIKE, now)
    digest = cook.digest(now)
    assert ids(digest) == ["f1"] and digest.new == 2
    cook.record("f1", Signal.HIDE, now)
    assert ids(cook.digest(now)) == []


def test_who_has_read_little_gets_the_best_there_is(reader, make_article, now):
    reader.add([make_article(f"o{n}", title) for n, title in enumerate(OTHERS)], now)
    digest = reader.digest(now, 3)
    assert len(digest.articles) == 3 and digest.new == 4
