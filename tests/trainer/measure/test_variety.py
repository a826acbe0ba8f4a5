"""Variety of ranked lists, on lists small enough to count by hand."""

from __future__ import annotations

import numpy as np
from pytest import approx

from edge_runtime import Article
from trainer.data.dataset import Impressions, Ragged
from trainer.measure.variety import Exposure, article_topics, gini, list_variety, top_places


def make_log(*lists: list[int]) -> Impressions:
    sizes = [len(shown) for shown in lists]
    return Impressions(
        ids=[f"i{number}" for number in range(len(lists))],
        users=np.zeros(len(lists), np.int32),
        times=np.arange(len(lists)),
        history=Ragged(np.zeros(0, np.int32), np.zeros(len(lists) + 1, np.int64)),
        candidates=Ragged(np.concatenate(lists).astype(np.int32), np.concatenate([[0], np.cumsum(sizes)])),
        clicked=np.zeros(sum(sizes), bool),
    )


def exposure_variety(scores: np.ndarray, log: Impressions) -> dict[str, float]:
    found = Exposure(int(log.candidates.values.max()) + 1)
    found.add(scores, log)
    return found.variety()


def test_topics_are_compared_as_devices_do_and_none_is_0():
    articles = [Article(str(n), "x", category=c) for n, c in enumerate(["World", "", " world ", "arts"])]
    assert article_topics(articles).tolist() == [2, 0, 2, 1]
    assert article_topics([Article("a", "x", category="arts")]).tolist() == [1]


def test_the_top_is_best_first_and_lists_without_a_choice_have_none():
    log = make_log([7, 8, 9], [7, 8])
    assert top_places(np.array([0.1, 0.3, 0.2, 5.0, 6.0]), log, 2).tolist() == [[1, 2], [-1, -1]]


def test_equal_scores_do_not_favour_the_places_of_the_log():
    log = make_log(*[[0, 1, 2, 3]] * 4000)
    first = top_places(np.zeros(16_000), log, 1)[:, 0] % 4
    assert np.bincount(first) == approx(np.full(4, 1000), abs=100)  # 3.6 standard deviations of 27.4


def test_different_topics_among_the_first_five():
    topics = np.array([1, 1, 2, 0, 3, 4, 5])
    log = make_log([0, 1, 2, 3, 4, 5], [0, 1, 2, 3, 4])
    scores = np.array([9.0, 8, 7, 6, 5, 4, 5, 4, 3, 2, 1])
    found = list_variety(scores, log, topics)
    assert set(found) == {"topics5"}
    # 1, 1, 2, none, 3 are three; the second list has five articles and so but one top
    assert found["topics5"][0] == 3
    assert np.isnan(found["topics5"][1])


def test_similarity_of_ten_articles_of_which_five_are_alike():
    vectors = np.array([[2.0, 0]] * 5 + [[0, 3.0]] * 5 + [[-1.0, 0]], np.float32)
    found = list_variety(np.arange(11.0)[::-1], make_log(list(range(11))), np.zeros(11, np.int64), vectors)
    # 10 of the 45 pairs within each five have cosine 1, the 25 between them 0
    assert found["similarity10"] == approx([20 / 45])


def test_coverage_and_gini_of_two_lists_with_the_same_top():
    log = make_log(list(range(11)), list(range(11)), [20, 21])
    found = exposure_variety(np.array([*range(11), *range(11), 1, 2], float), log)
    # Ten of eleven articles are in both tops, article 0 in none; the list of two has no choice.
    assert found == approx({"coverage10": 10 / 11, "gini10": 1 / 11})


def test_other_tops_for_other_readers_cover_more():
    log = make_log(list(range(20)), list(range(20)))
    same, other = np.tile(np.arange(20.0), 2), np.concatenate([np.arange(20.0), -np.arange(20.0)])
    assert exposure_variety(same, log) == approx({"coverage10": 0.5, "gini10": 0.5})
    assert exposure_variety(other, log) == approx({"coverage10": 1, "gini10": 0})


def test_gini_by_hand():
    assert gini(np.array([1.0, 1, 1])) == approx(0)
    # pairs differ by 0, 3, 3: mean over all nine ordered pairs 4/3 of a mean of 1, halved
    assert gini(np.array([0.0, 3, 0])) == approx(2 / 3)
    assert np.isnan(gini(np.zeros(3)))


def test_a_log_of_short_lists_has_no_variety_to_tell():
    found = exposure_variety(np.array([1.0, 2.0]), make_log([0, 1]))
    assert np.isnan(list(found.values())).all()
