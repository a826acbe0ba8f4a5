"""Signals become opinions, opinions become weights."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pytest import approx

from edge_runtime import Event, Signal
from edge_runtime.personal.interests import (
    LONG_HALF_LIFE_S,
    SEARCH_WEIGHT,
    SESSION_HALF_LIFE_S,
    Opinion,
    long_weights,
    searched,
    session_weights,
    updated,
)
from edge_runtime.types import Search


@pytest.fixture
def opinion_of(make_article, now):
    def build(*signals: Signal, dwell_s: float = 0.0) -> Opinion:
        opinion = None
        for signal in signals:
            opinion = updated(opinion, Event(make_article("a", "Rain again"), signal, now, dwell_s))
        assert opinion is not None
        return opinion

    return build


def test_opening_liking_and_saving_add_up_in_one_opinion(opinion_of):
    assert opinion_of(Signal.OPEN).weight == 1
    assert opinion_of(Signal.OPEN, Signal.LIKE, Signal.SAVE).weight == 3
    assert opinion_of(Signal.LIKE).weight == 2  # who likes a headline has read it somehow


def test_a_glance_counts_less_than_a_long_read_within_limits(opinion_of):
    # 20 of the usual 40 seconds: half an open; no more than twice, no less than 0.3 times
    assert opinion_of(Signal.OPEN, Signal.DWELL, dwell_s=20).weight == approx(0.5)
    assert opinion_of(Signal.OPEN, Signal.DWELL, dwell_s=10_000).weight == 2
    assert opinion_of(Signal.OPEN, Signal.DWELL, dwell_s=1).weight == approx(0.3)


def test_the_latest_of_like_and_dislike_holds_and_neither_trumps(opinion_of):
    assert opinion_of(Signal.LIKE, Signal.DISLIKE).is_against
    assert not opinion_of(Signal.DISLIKE, Signal.LIKE).is_against
    assert opinion_of(Signal.OPEN, Signal.DISLIKE).weight == 0
    assert opinion_of(Signal.HIDE).weight == 0


def test_interests_halve_at_their_half_lives_and_the_future_counts_as_now(opinion_of, now):
    old, now_s = opinion_of(Signal.OPEN), now.timestamp()
    assert long_weights([old], now_s + LONG_HALF_LIFE_S) == approx([0.5])
    assert session_weights([old], now_s + 2 * SESSION_HALF_LIFE_S) == approx([0.25])
    assert long_weights([old], now_s - 1e9) == approx([1.0])
    assert long_weights([old], now_s + 1e12)[0] > 0  # of many old interests the ratios must stay


def test_a_search_is_a_weak_interest(now):
    query = searched(Search("solar panels", now - timedelta(days=3)))
    assert query.article.title == "solar panels"
    assert long_weights([query], now.timestamp()) == approx([SEARCH_WEIGHT / 2])  # half-life of three days
