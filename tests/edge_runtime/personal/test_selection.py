"""Variety and stories of an ordered feed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge_runtime.personal.selection import VarietySettings, arrange, best_first
from edge_runtime.personal.story_lines import one_of_each_story
from edge_runtime.storage.names import Names

NONE = VarietySettings(amount=0.0)
REPEATS = VarietySettings(similarity_loss=0.0, topic_loss=0.2, source_loss=0.0)


def unit_rows(count: int, dim: int = 8, seed: int = 0) -> np.ndarray:
    rows = np.random.default_rng(seed).normal(size=(count, dim)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def coded(names) -> np.ndarray:
    return Names.of(names).named_codes()


def arranged(scores, topics, settings, k=1000, vectors=None, sources=None) -> list[int]:
    vectors = unit_rows(len(scores)) if vectors is None else vectors
    sources = Names.of([""] * len(scores) if sources is None else sources)
    return arrange(np.array(scores), vectors, Names.of(topics), sources, k, settings).places.tolist()


def test_a_repeat_of_a_topic_stands_where_its_losses_put_it():
    # After one of a the next one counts 0.9 - 0.2 = 0.7, below b. Then the third loses 0.4: 0.85 - 0.4 = 0.45.
    order = arranged([1.0, 0.9, 0.85, 0.8, 0.5], ["a", "a", "a", "b", ""], REPEATS)
    assert order == [0, 3, 1, 4, 2]
    # Who reads nothing but a has no loss for it; who reads it half of the time has half the loss: 0.9 - 0.1 = 0.8 ties.
    assert arranged([1.0, 0.9, 0.85, 0.8], ["a", "a", "a", "b"], replace(REPEATS, topic_shares={"a": 1.0})) == [
        0,
        1,
        2,
        3,
    ]
    assert arranged([1.0, 0.9, 0.85, 0.81], ["a", "a", "a", "b"], replace(REPEATS, topic_shares={"a": 0.5})) == [
        0,
        3,
        1,
        2,
    ]


def test_sources_repeat_as_topics_do_and_what_has_no_name_never_repeats():
    by_source = VarietySettings(similarity_loss=0.0, topic_loss=0.0, source_loss=0.2)
    assert arranged([1.0, 0.9, 0.8], [""] * 3, by_source, sources=["x", "x", "y"]) == [0, 2, 1]
    assert arranged([1.0, 0.9, 0.8], [""] * 3, by_source, sources=["", "", "y"]) == [0, 1, 2]


def test_what_stood_longer_ago_than_a_window_costs_nothing():
    # The first of a is ten places above: no loss any more. A place earlier it would lose 0.2, and stand behind c.
    scores = [5.0, *np.linspace(4.9, 4.1, 9), 4.0, 3.95]
    topics = ["a", *[""] * 9, "a", "c"]
    assert arranged(scores, topics, REPEATS) == list(range(12))
    assert arranged(scores[1:3] + scores, ["", "", *topics], REPEATS)[-2:] == [12, 13]
    assert arranged(scores[:9] + scores[10:], topics[:9] + topics[10:], REPEATS)[-2:] == [10, 9]


def test_nothing_is_lifted_above_what_is_much_better():
    # Each of 60 loses 1.8 behind nine others, but what is more than 1 worse stays behind all of them.
    scores = [*np.linspace(3.0, 2.0, 60), 0.9]
    assert arranged(scores, ["a"] * 60 + ["b"], replace(REPEATS, amount=1.0))[-1] == 60
    assert arranged([*scores[:-1], 1.5], ["a"] * 60 + ["b"], replace(REPEATS, amount=1.0)).index(60) < 59


def test_an_article_like_one_above_gives_way_to_another():
    vectors = np.array([[1, 0], [1, 0], [0, 1]], np.float32)
    # The second equals the first: 0.9 - 0.5 = 0.4 < 0.6; with half the variety it loses half: 0.65
    settings = VarietySettings(similarity_loss=0.5)
    assert arranged([1.0, 0.9, 0.6], [""] * 3, settings, vectors=vectors) == [0, 2, 1]
    assert arranged([1.0, 0.9, 0.6], [""] * 3, replace(settings, amount=0.25), vectors=vectors) == [0, 1, 2]


@pytest.mark.parametrize("amount", [-0.1, 1.1, float("nan")])
def test_variety_is_a_number_from_0_to_1(amount):
    with pytest.raises(ValueError, match="give 0 to 1"):
        VarietySettings(amount)


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 700), st.sampled_from([0.0, 0.3, 1.0]), st.integers(0, 2**31))
def test_without_variety_the_order_is_the_scores_and_with_it_none_is_lifted_too_far(count, amount, seed):
    rng = np.random.default_rng(seed)
    scores = rng.normal(size=count)
    topics, sources = (Names.of([str(t) if t else "" for t in rng.integers(0, 4, count)]) for _ in range(2))
    made = arrange(scores, unit_rows(count), topics, sources, count, VarietySettings(amount))
    in_order = scores[made.places]
    if not amount:
        assert made.places.tolist() == np.argsort(-scores, kind="stable").tolist() and not made.lifts.any()
    # What each place was given above of: the best of all below it, and at most `most_below` better.
    best_below = np.maximum.accumulate(in_order[::-1])[::-1]
    assert np.allclose(best_below - in_order, made.lifts)
    assert (made.lifts <= VarietySettings().most_below).all()


@settings(deadline=None, max_examples=50)
@given(st.integers(0, 700), st.integers(0, 800), st.integers(0, 2**31))
def test_every_article_comes_once_whatever_the_number(count, k, seed):
    rng = np.random.default_rng(seed)
    topics = [str(t) if t else "" for t in rng.integers(0, 3, count)]
    order = np.array(arranged(rng.normal(size=count), topics, VarietySettings(), k, sources=topics[::-1]), int)
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


def test_a_story_stands_in_a_language_that_is_read_and_keeps_its_place():
    scores = np.array([0.9, 0.2, 0.4, 0.8, 0.1, 0.7, 0.6])
    stories = coded(["s", "s", "s", "t", "t", "u", "u"])
    none, legible = np.zeros(7, bool), np.array([0, 1, 1, 0, 0, 1, 0], bool)
    lines = one_of_each_story(scores, stories, none, none, None, legible.__getitem__)
    # Of s the better of two that are legible stands where the best would; of t none is; the best of u is.
    assert np.flatnonzero(lines.stays).tolist() == [2, 3, 5]
    assert lines.scores[lines.stays].tolist() == [0.9, 0.8, 0.7]
    assert lines.line_of.tolist() == [2, 2, 2, 3, 3, 5, 5]
    # What was judged stays, and what may not stand takes no line.
    judged = np.arange(7) == 0
    assert one_of_each_story(scores, stories, judged, none, None, legible.__getitem__).line_of[0] == 0
    may_stay = np.arange(7) != 2
    assert one_of_each_story(scores, stories, none, none, may_stay, legible.__getitem__).line_of[0] == 1
    # Of a story that was read, the legible one stands where the read one would.
    is_read = np.arange(7) == 0
    lines = one_of_each_story(scores - 10 * is_read, stories, is_read, is_read, None, (~legible).__getitem__)
    assert lines.line_of[0] == 2 and lines.scores[2] == 0.9 - 10


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
    topics = [str(t) if t else "" for t in rng.integers(0, 5, count)]
    order = arranged(scores, topics, VarietySettings(), count, sources=topics)
    assert sorted(order) == np.flatnonzero(scores > -np.inf).tolist()
    assert arranged(scores, topics, VarietySettings(), k, sources=topics) == order[:k]


@pytest.mark.parametrize("settings", [NONE, REPEATS])
@pytest.mark.parametrize("count", [0, 1])
def test_nothing_and_one_are_no_trouble(count, settings):
    assert arranged(np.zeros(count), [""] * count, settings) == list(range(count))
