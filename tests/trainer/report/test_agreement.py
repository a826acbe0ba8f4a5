from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import kendalltau, spearmanr

from trainer.data.dataset import Impressions, Ragged
from trainer.report.agreement import (
    FEED_TOP,
    agreement,
    centred,
    compare_scores,
    feed_overlap,
    feeds_of,
    rank_correlations,
    top_overlap,
)

SCORES = np.array([0.9, 0.5, 0.1, 3.0, 2.0, 2.0, 1.0])  # two lists
OFFSETS = np.array([0, 3, 7])


def test_a_model_agrees_with_itself_wholly():
    taus, rhos = rank_correlations(SCORES, SCORES, OFFSETS)
    assert taus.tolist() == pytest.approx([1, 1]) and rhos.tolist() == pytest.approx([1, 1])
    assert top_overlap(SCORES, SCORES, OFFSETS, 2).tolist() == [1, 1]
    assert compare_scores(SCORES, SCORES, OFFSETS).correlation == pytest.approx(1)


def test_a_bundle_agrees_with_itself_wholly(finished):
    same = feed_overlap(finished.bundle, finished.bundle, finished.data.texts.articles, finished.dev)
    scores = finished.bundle_scores()
    found = agreement(scores, scores, finished.dev.candidates.offsets, same)
    assert (found.feeds.top, found.feeds.share.mean) == (FEED_TOP, 1)
    assert found.kendall.mean == pytest.approx(1) and found.spearman.mean == pytest.approx(1)
    assert all(one.share.mean == 1 for one in found.tops if one.lists)


def test_the_opposite_order_is_minus_one():
    taus, rhos = rank_correlations(SCORES, -SCORES, OFFSETS)
    assert taus.tolist() == pytest.approx([-1, -1]) and rhos.tolist() == pytest.approx([-1, -1])


def test_one_swap_of_neighbours_among_three():
    # 2 of 3 pairs keep their order, 1 turns: (2 - 1) / 3
    taus, _ = rank_correlations(np.array([3.0, 2, 1]), np.array([2.0, 3, 1]), np.array([0, 3]))
    assert taus[0] == pytest.approx(1 / 3)


def test_correlations_are_those_of_scipy_ties_included():
    rng = np.random.default_rng(5)
    ours, theirs = rng.integers(0, 6, (2, 40)).astype(float)
    offsets = np.array([0, 15, 40])
    taus, rhos = rank_correlations(ours, theirs, offsets)
    for number, (begin, end) in enumerate(((0, 15), (15, 40))):
        assert taus[number] == pytest.approx(kendalltau(ours[begin:end], theirs[begin:end]).statistic)
        assert rhos[number] == pytest.approx(spearmanr(ours[begin:end], theirs[begin:end]).statistic)


def test_a_list_that_one_model_cannot_order_has_no_correlation():
    taus, rhos = rank_correlations(np.array([1.0, 1, 5]), np.array([1.0, 2, 5]), np.array([0, 2, 3]))
    assert np.isnan(taus).all() and np.isnan(rhos).all()


def test_overlap_leaves_out_lists_that_are_no_longer_than_the_top():
    theirs = np.array([0.9, 0.1, 0.5, 3.0, 1.0, 2.0, 2.5])
    # Of three, {0, 1} against {0, 2}; of four, {0, 1} against {0, 3}: one of two each.
    assert top_overlap(SCORES, theirs, OFFSETS, 2).tolist() == [0.5, 0.5]
    assert np.isnan(top_overlap(SCORES, theirs, OFFSETS, 3)[0])


def test_what_is_added_to_a_whole_list_changes_nothing():
    moved = SCORES + np.repeat([10.0, -7.0], np.diff(OFFSETS))
    assert centred(moved, OFFSETS) == pytest.approx(centred(SCORES, OFFSETS))
    assert compare_scores(SCORES, moved, OFFSETS).correlation == pytest.approx(1)


def test_histograms_count_every_shown_article(report, finished):
    shown = len(finished.dev.clicked)
    assert report.scores.before.sum() == report.scores.after.sum() == shown
    assert report.agreement.kendall_counts.sum() == report.agreement.lists


def test_feeds_are_the_articles_shown_last_for_each_reader_with_the_history_of_the_last_list():
    dev = Impressions(
        ids=["a", "b", "c"],
        users=np.array([0, 1, 0], np.int32),
        times=np.array([10, 20, 30]),
        history=Ragged(np.array([8, 8, 9], np.int32), np.array([0, 1, 1, 3])),
        candidates=Ragged(np.array([1, 2, 3, 2, 4, 1], np.int32), np.array([0, 2, 4, 6])),
        clicked=np.array([1, 0, 1, 0, 1, 0], bool),
    )
    feeds = feeds_of(dev)
    assert feeds.ids == ["b", "c"] and feeds.times.tolist() == [30, 30]
    assert [feeds.history[n].tolist() for n in range(2)] == [[], [8, 9]]
    assert [feeds.candidates[n].tolist() for n in range(2)] == [[1, 4, 2, 3]] * 2
