"""What the page of beliefs counts, on events whose shares can be worked out by hand."""

from datetime import timedelta

import pytest

from edge_runtime import Signal, Wording
from edge_runtime.screens.beliefs import LEAST_WEEKS, OTHERS, page_of


def test_each_week_has_the_shares_of_its_stories(make_event, now):
    # This week food, food and travel; last week one of sports. An article that is opened and liked counts once.
    events = [
        make_event(1, Signal.LIKE, age_h=1),
        make_event(1, Signal.OPEN, age_h=2),
        make_event(2, Signal.OPEN, age_h=3),
        make_event(3, Signal.OPEN, age_h=4),
        make_event(4, Signal.OPEN, age_h=24 * 8),
    ]
    page = page_of(events, ["food", "food", "food", "travel", "sports"], now, Wording())
    assert [row.words for row in page.topics] == ["Food", "Travel", "Sports"]
    assert [row.share for row in page.topics] == ["50%", "25%", "25%"]
    assert len(page.weeks) == LEAST_WEEKS
    assert page.weeks[-1] == pytest.approx((2 / 3, 1 / 3, 0))
    assert page.weeks[-2] == (0, 0, 1)
    assert page.weeks[0] == (0, 0, 0)


def test_more_topics_than_the_legend_holds_are_one(make_event, now):
    topics = [*"abcdefg", ""]
    events = [make_event(number, Signal.OPEN) for number in range(8)]
    page = page_of(events, topics, now, Wording())
    assert page.topics[-1].colour == OTHERS and page.topics[-1].share == "25%"  # "g" and the one without a topic
    assert [row.colour for row in page.topics[:-1]] == [0, 1, 2, 3, 4, 5]
    assert sum(page.weeks[-1]) == pytest.approx(1)


def test_nothing_read_is_an_empty_page(now):
    page = page_of([], [], now, Wording())
    assert (page.weeks, page.topics, page.sources, page.about) == ((), (), (), "")


def test_an_event_of_a_clock_that_ran_ahead_is_of_this_week(make_event, now):
    page = page_of([make_event(1, Signal.OPEN, age_h=-5)], ["food"], now + timedelta(0), Wording())
    assert page.weeks[-1] == (1,)
