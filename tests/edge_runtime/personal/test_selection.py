"""Caps, variety and stories of an ordered feed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge_runtime.personal.selection import WINDOW, VarietySettings, arrange, one_of_each_story

PLAIN = VarietySettings(similarity_loss=0.0, most_of_topic=4, most_of_source=4)


def unit_rows(count: int, dim: int = 8, seed: int = 0) -> np.ndarray:
    rows = np.random.default_rng(seed).normal(size=(count, dim)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def test_without_caps_to_meet_the_order_is_the_scores():
    scores = np.array([0.1, 0.9, 0.5])
    assert list(arrange(scores, unit_rows(3), ["a", "b", "c"], ["", "", ""], 3, PLAIN)) == [1, 2, 0]


def test_a_topic_never_floods_the_screen():
    # 30 of sports score above all others; within any ten places only four may be sports
    topics = ["sports"] * 30 + [f"t{i % 6}" for i in range(30)]
    order = arrange(np.arange(60, 0, -1.0), unit_rows(60), topics, [""] * 60, 40, PLAIN)
    for start in range(30 - WINDOW):
        assert [topics[place] for place in order[start : start + WINDOW]].count("sports") <= 4


def test_caps_give_way_when_nothing_else_is_left():
    order = arrange(np.arange(12, 0, -1.0), unit_rows(12), ["sports"] * 12, ["Reuters"] * 12, 12, PLAIN)
    assert sorted(order) == list(range(12))


def test_an_article_like_one_above_gives_way_to_another():
    vectors = np.array([[1, 0], [1, 0], [0, 1]], np.float32)
    scores = np.array([1.0, 0.9, 0.6])
    # The second equals the first: 0.9 - 0.5 = 0.4 < 0.6
    settings = VarietySettings(similarity_loss=0.5)
    assert list(arrange(scores, vectors, ["", "", ""], ["", "", ""], 3, settings)) == [0, 2, 1]


@settings(deadline=None, max_examples=50)
@given(st.integers(0, 700), st.integers(0, 800), st.integers(0, 2**31))
def test_every_article_comes_once_whatever_the_number(count, k, seed):
    rng = np.random.default_rng(seed)
    topics = [str(t) if t else "" for t in rng.integers(0, 3, count)]
    order = arrange(rng.normal(size=count), unit_rows(count), topics, topics[::-1], k, VarietySettings())
    assert len(order) == min(k, count)
    assert len(set(order.tolist())) == len(order)


def test_of_a_story_the_best_stays_or_the_one_that_was_read():
    scores = np.array([0.2, 0.9, 0.5, -100.0, 0.4])
    stories = ["s", "s", "", "t", "t"]
    stays, others = one_of_each_story(scores, stories, np.array([False, False, False, True, False]))
    assert list(stays) == [False, True, True, True, False]
    assert others == {1: [0], 3: [4]}


@pytest.mark.parametrize("count", [0, 1])
def test_nothing_and_one_are_no_trouble(count):
    assert len(arrange(np.zeros(count), unit_rows(count), [""] * count, [""] * count, 5, PLAIN)) == count
