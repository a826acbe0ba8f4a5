"""Caps, variety and stories of an ordered feed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge_runtime.personal.selection import WINDOW, VarietySettings, arrange, best_first
from edge_runtime.personal.story_lines import one_of_each_story
from edge_runtime.storage.names import Names

PLAIN = VarietySettings(similarity_loss=0.0, most_of_topic=4, most_of_source=4)


def unit_rows(count: int, dim: int = 8, seed: int = 0) -> np.ndarray:
    rows = np.random.default_rng(seed).normal(size=(count, dim)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def coded(names) -> np.ndarray:
    return Names.of(names).named_codes()


def test_without_caps_to_meet_the_order_is_the_scores():
    scores = np.array([0.1, 0.9, 0.5])
    assert list(arrange(scores, unit_rows(3), coded("abc"), coded([""] * 3), 3, PLAIN)) == [1, 2, 0]


def test_a_topic_never_floods_the_screen():
    # 30 of sports score above all others; within any ten places only four may be sports
    topics = ["sports"] * 30 + [f"t{i % 6}" for i in range(30)]
    order = arrange(np.arange(60, 0, -1.0), unit_rows(60), coded(topics), coded([""] * 60), 40, PLAIN)
    for start in range(30 - WINDOW):
        assert [topics[place] for place in order[start : start + WINDOW]].count("sports") <= 4


def test_caps_give_way_when_nothing_else_is_left():
    order = arrange(np.arange(12, 0, -1.0), unit_rows(12), coded(["sports"] * 12), coded(["Reuters"] * 12), 12, PLAIN)
    assert sorted(order) == list(range(12))


def test_an_article_like_one_above_gives_way_to_another():
    vectors = np.array([[1, 0], [1, 0], [0, 1]], np.float32)
    scores = np.array([1.0, 0.9, 0.6])
    # The second equals the first: 0.9 - 0.5 = 0.4 < 0.6
    settings = VarietySettings(similarity_loss=0.5)
    assert list(arrange(scores, vectors, coded([""] * 3), coded([""] * 3), 3, settings)) == [0, 2, 1]


@settings(deadline=None, max_examples=50)
@given(st.integers(0, 700), st.integers(0, 800), st.integers(0, 2**31))
def test_every_article_comes_once_whatever_the_number(count, k, seed):
    rng = np.random.default_rng(seed)
    topics = [str(t) if t else "" for t in rng.integers(0, 3, count)]
    order = arrange(rng.normal(size=count), unit_rows(count), coded(topics), coded(topics[::-1]), k, VarietySettings())
    assert len(order) == min(k, count)
    assert len(set(order.tolist())) == len(order)


def test_of_a_story_the_best_stays_or_the_one_that_was_judged():
    scores = np.array([0.2, 0.9, 0.5, 0.1, 0.4])
    none = np.zeros(5, bool)
    lines = one_of_each_story(scores, coded(["s", "s", "", "t", "t"]), np.array([0, 0, 0, 1, 0], bool), none)
    assert list(lines.stays) == [False, True, True, True, False]
    assert list(lines.line_of) == [1, 1, 2, 3, 3]
    assert list(lines.scores) == list(scores) and not lines.of_read_story.any()


def test_what_was_read_hides_nothing_that_was_not_and_lifts_nothing():
    # Of story s the first was read: the better of the other two takes its line, and stands where it would, at -99.8.
    # Of story t both were read; of story u the read one stands below the one that was liked, which keeps its place.
    scores = np.array([-99.8, 0.3, 0.5, -99.0, -98.0, -99.5, 0.7])
    stories = ["s", "s", "s", "t", "t", "u", "u"]
    is_read = np.array([1, 0, 0, 1, 1, 1, 0], bool)
    lines = one_of_each_story(scores, coded(stories), is_read | (np.arange(7) == 6), is_read)
    assert list(lines.line_of) == [2, 2, 2, 4, 4, 6, 6]
    assert np.flatnonzero(lines.stays).tolist() == [2, 4, 6]
    assert lines.scores[lines.stays].tolist() == [-99.8, -98.0, 0.7]
    assert np.flatnonzero(lines.of_read_story).tolist() == [2, 6]


def test_of_a_story_something_else_stays_where_its_best_may_not():
    scores, none = np.array([0.9, 0.2, 0.5]), np.zeros(3, bool)
    lines = one_of_each_story(scores, coded(["s"] * 3), none, none, np.array([0, 1, 0], bool))
    assert list(lines.line_of) == [1, 1, 1]
    assert lines.scores[1] == 0.2  # its own: nothing of the story was read
    # The best was read and may not stay: the other stands no higher than it would.
    lines = one_of_each_story(
        np.array([-99.0, 0.2]), coded(["s"] * 2), *[np.array([1, 0], bool)] * 2, np.array([0, 1], bool)
    )
    assert np.flatnonzero(lines.stays).tolist() == [1]
    assert lines.scores[1] == -99.0 and list(lines.of_read_story) == [False, True]


def lines_one_by_one(scores, stories, is_known, is_read, may_stay):
    """Story by story, as the rule says it: line of each place, where lines stand, lines of which another was read."""
    line_of, line_scores, of_read = np.arange(len(scores)), scores.copy(), np.zeros(len(scores), bool)
    for story in set(stories) - {""}:
        places = [place for place, name in enumerate(stories) if name == story]
        best = line = max(places, key=lambda place: (is_known[place], scores[place], -place))
        if len(places) > 1 and (is_read[best] or not may_stay[best]):
            kept = [place for place in places if may_stay[place]] or places
            line = max(kept, key=lambda place: (not is_read[place], scores[place], -place))
        if is_read[best]:
            line_scores[line] = min(scores[best], scores[line])
        line_of[places] = line
        of_read[line] = not is_read[line] and any(is_read[place] for place in places)
    return line_of, line_scores, of_read


@settings(deadline=None, max_examples=100)
@given(st.integers(0, 30), st.integers(0, 2**31))
def test_all_stories_at_once_give_what_each_gives_alone(count, seed):
    rng = np.random.default_rng(seed)
    stories = ["abcde"[number] if number < 5 else "" for number in rng.integers(0, 7, count)]
    scores, may_stay = rng.integers(0, 5, count) / 4, rng.random(count) < 0.7
    is_read = rng.random(count) < 0.3
    is_known = is_read | (rng.random(count) < 0.2)
    lines = one_of_each_story(scores, coded(stories), is_known, is_read, may_stay)
    line_of, line_scores, of_read = lines_one_by_one(scores, stories, is_known, is_read, may_stay)
    assert lines.line_of.tolist() == line_of.tolist()
    assert lines.stays.tolist() == (may_stay & (line_of == np.arange(count))).tolist()
    assert lines.scores.tolist() == line_scores.tolist()
    assert lines.of_read_story.tolist() == of_read.tolist()


@settings(deadline=None, max_examples=50)
@given(st.integers(0, 900), st.integers(0, 120), st.integers(0, 2**31))
def test_the_first_are_those_of_the_whole_order_and_what_has_no_place_is_left_out(count, k, seed):
    rng = np.random.default_rng(seed)
    scores = rng.integers(0, 200, count) / 100
    scores[rng.random(count) < 0.2] = -np.inf
    assert best_first(scores, k).tolist() == np.argsort(-scores, kind="stable")[:k].tolist()
    rows, topics = unit_rows(count), rng.integers(-1, 4, count).astype(np.int32)
    order = arrange(scores, rows, topics, topics, count, VarietySettings())
    assert sorted(order.tolist()) == np.flatnonzero(scores > -np.inf).tolist()
    assert arrange(scores, rows, topics, topics, k, VarietySettings()).tolist() == order[:k].tolist()


@pytest.mark.parametrize("count", [0, 1])
def test_nothing_and_one_are_no_trouble(count):
    assert len(arrange(np.zeros(count), unit_rows(count), coded([""] * count), coded([""] * count), 5, PLAIN)) == count
