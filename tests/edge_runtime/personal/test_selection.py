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


def test_of_a_story_the_best_stays_or_the_one_that_was_judged():
    scores = np.array([0.2, 0.9, 0.5, 0.1, 0.4])
    none = np.zeros(5, bool)
    lines = one_of_each_story(scores, ["s", "s", "", "t", "t"], np.array([0, 0, 0, 1, 0], bool), none)
    assert list(lines.stays) == [False, True, True, True, False]
    assert lines.others == {1: [0], 3: [4]}
    assert list(lines.scores) == list(scores) and not lines.of_read_story


def test_what_was_read_hides_nothing_that_was_not_and_lifts_nothing():
    # Of story s the first was read: the better of the other two takes its line, and stands where it would, at -99.8.
    # Of story t both were read; of story u the read one stands below the one that was liked, which keeps its place.
    scores = np.array([-99.8, 0.3, 0.5, -99.0, -98.0, -99.5, 0.7])
    stories = ["s", "s", "s", "t", "t", "u", "u"]
    is_read = np.array([1, 0, 0, 1, 1, 1, 0], bool)
    lines = one_of_each_story(scores, stories, is_read | (np.arange(7) == 6), is_read)
    assert lines.others == {2: [0, 1], 4: [3], 6: [5]}
    assert np.flatnonzero(lines.stays).tolist() == [2, 4, 6]
    assert lines.scores[lines.stays].tolist() == [-99.8, -98.0, 0.7]
    assert lines.of_read_story == {2, 6}


def test_of_a_story_something_else_stays_where_its_best_may_not():
    scores, none = np.array([0.9, 0.2, 0.5]), np.zeros(3, bool)
    lines = one_of_each_story(scores, ["s"] * 3, none, none, np.array([0, 1, 0], bool))
    assert lines.others == {1: [0, 2]}
    assert lines.scores[1] == 0.2  # its own: nothing of the story was read
    # The best was read and may not stay: the other stands no higher than it would.
    lines = one_of_each_story(np.array([-99.0, 0.2]), ["s"] * 2, *[np.array([1, 0], bool)] * 2, np.array([0, 1], bool))
    assert np.flatnonzero(lines.stays).tolist() == [1]
    assert lines.scores[1] == -99.0 and lines.of_read_story == {1}


@pytest.mark.parametrize("count", [0, 1])
def test_nothing_and_one_are_no_trouble(count):
    assert len(arrange(np.zeros(count), unit_rows(count), [""] * count, [""] * count, 5, PLAIN)) == count
