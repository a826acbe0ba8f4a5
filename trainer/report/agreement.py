"""How alike two models rank: their scores side by side, rank correlation list by list, the same articles on top.

Scores are compared after taking each list's mean away: what is added to a whole list moves no article in it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from edge_runtime import Article
from trainer.data.dataset import Impressions, Ragged
from trainer.intervals import Interval, bootstrap
from trainer.measure.evaluation import score_bundle
from trainer.measure.metrics import Floats

TOPS = (5, 10, 20)
FEED_TOP = 20
FEED_ARTICLES = 1000  # the last ones shown on dev: as many as a device may have in its cache
FEED_READERS = 300
BINS = 40
POINTS = 1500  # of the picture of scores against scores


@dataclass(frozen=True, slots=True)
class ScoreComparison:
    """Scores of dev in two models, each list's mean taken away."""

    edges: Floats  # (BINS + 1,) of a histogram; the outer thousandth of the scores on each side is in the outer bins
    before: NDArray[np.int64]  # (BINS,) shown articles
    after: NDArray[np.int64]
    points: Floats  # (at most POINTS, 2): before and after, evenly drawn from the log
    correlation: float  # Pearson's, over all shown articles


@dataclass(frozen=True, slots=True)
class TopOverlap:
    """Share of the articles on top that two models have in common."""

    top: int
    lists: int  # that are longer than that; in the others everything is on top
    share: Interval


@dataclass(frozen=True, slots=True)
class Agreement:
    """How alike two models rank, on the lists of dev and on whole feeds."""

    lists: int  # with two or more candidates that are not all of one score
    kendall: Interval  # mean tau-b
    spearman: Interval
    kendall_edges: Floats
    kendall_counts: NDArray[np.int64]  # lists by tau
    tops: tuple[TopOverlap, ...]
    feeds: TopOverlap  # of readers who all rank the same articles: see `feeds_of`


def compare_scores(before: Floats, after: Floats, offsets: NDArray[np.int64]) -> ScoreComparison:
    """Distribution and correlation.

    Args:
        before: (num_shown,) scores of one model, all lists one after another.
        after: Those of the other.
        offsets: (num_lists + 1,) where each list begins.
    """
    ours, theirs = centred(before, offsets), centred(after, offsets)
    both = np.concatenate([ours, theirs])
    low, high = np.quantile(both, [0.001, 0.999])
    edges = np.linspace(low, max(high, low + 1e-9), BINS + 1)

    def counts(scores: Floats) -> NDArray[np.int64]:
        return np.histogram(np.clip(scores, edges[0], edges[-1]), edges)[0].astype(np.int64)

    drawn = np.unique(np.linspace(0, len(ours) - 1, min(POINTS, len(ours))).astype(np.int64))
    return ScoreComparison(
        edges=edges,
        before=counts(ours),
        after=counts(theirs),
        points=np.stack([ours[drawn], theirs[drawn]], axis=1),
        correlation=_pearson(ours, theirs),
    )


def agreement(before: Floats, after: Floats, offsets: NDArray[np.int64], feeds: TopOverlap) -> Agreement:
    """How alike two models rank.

    Args:
        before: (num_shown,) scores of one model, all lists one after another.
        after: Those of the other.
        offsets: (num_lists + 1,) where each list begins.
        feeds: From `feed_overlap`.
    """
    taus, rhos = rank_correlations(before, after, offsets)
    edges = np.linspace(-1, 1, BINS + 1)
    return Agreement(
        lists=int(np.count_nonzero(~np.isnan(taus))),
        kendall=bootstrap(taus, seed=0),
        spearman=bootstrap(rhos, seed=0),
        kendall_edges=edges,
        kendall_counts=np.histogram(taus[~np.isnan(taus)], edges)[0].astype(np.int64),
        tops=tuple(_overlap(top, top_overlap(before, after, offsets, top)) for top in TOPS),
        feeds=feeds,
    )


def centred(scores: Floats, offsets: NDArray[np.int64]) -> Floats:
    """Scores minus the mean of their list."""
    sizes = np.diff(offsets)
    lists = np.repeat(np.arange(len(sizes)), sizes)
    means = np.bincount(lists, scores, minlength=len(sizes)) / np.maximum(sizes, 1)
    return np.asarray(scores - means[lists], np.float64)


def rank_correlations(before: Floats, after: Floats, offsets: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """Kendall's tau-b and Spearman's rho of each list; NaN where one model gives all candidates the same score."""
    taus, rhos = np.full((2, len(offsets) - 1), np.nan)
    for number, (begin, end) in enumerate(pairwise(offsets)):
        ours, theirs = before[begin:end], after[begin:end]
        if end - begin > 1 and np.ptp(ours) > 0 and np.ptp(theirs) > 0:
            first, second = (np.sign(scores[:, None] - scores) for scores in (ours, theirs))
            pairs = np.sqrt(float(np.count_nonzero(first)) * np.count_nonzero(second))
            taus[number] = np.sum(first * second) / pairs
            rhos[number] = _pearson(rankdata(ours), rankdata(theirs))
    return taus, rhos


def top_overlap(before: Floats, after: Floats, offsets: NDArray[np.int64], top: int) -> Floats:
    """Share of the `top` best that two models have in common, list by list; NaN for a list that is not longer."""
    shares = np.full(len(offsets) - 1, np.nan)
    for number, (begin, end) in enumerate(pairwise(offsets)):
        if end - begin > top:
            ours, theirs = (np.argsort(-scores[begin:end], kind="stable")[:top] for scores in (before, after))
            shares[number] = len(np.intersect1d(ours, theirs)) / top
    return shares


def feed_overlap(before: Path, after: Path, articles: Sequence[Article], dev: Impressions) -> TopOverlap:
    """The same articles on top of whole feeds: what a reader sees who has some hundred articles in the cache.

    Args:
        before: A bundle.
        after: The other.
        articles: Named by the rows of `dev`.
        dev: Its readers rank, with what they had clicked before their last list, the articles that it showed last.
    """
    feeds = feeds_of(dev)
    ours, theirs = (score_bundle(bundle, articles, feeds, lambda done: None) for bundle in (before, after))
    return _overlap(FEED_TOP, top_overlap(ours, theirs, feeds.candidates.offsets, FEED_TOP))


def feeds_of(dev: Impressions) -> Impressions:
    """A list for each of some readers: what each had clicked before, and for all the articles that were shown last."""
    shown = dev.candidates.values[::-1]
    _, first = np.unique(shown, return_index=True)
    pool = shown[np.sort(first)[:FEED_ARTICLES]]
    _, last = np.unique(dev.users[::-1], return_index=True)
    lists = np.sort(len(dev) - 1 - last)
    lists = lists[np.unique(np.linspace(0, len(lists) - 1, min(FEED_READERS, len(lists))).astype(np.int64))]
    histories = [dev.history[number] for number in lists]
    return Impressions(
        ids=[dev.ids[number] for number in lists],
        users=dev.users[lists],
        times=np.full(len(lists), dev.times[-1]),
        history=Ragged(np.concatenate(histories), np.cumsum([0, *map(len, histories)])),
        candidates=Ragged(np.tile(pool, len(lists)), np.arange(len(lists) + 1) * len(pool)),
        clicked=np.zeros(len(lists) * len(pool), bool),
    )


def _overlap(top: int, shares: Floats) -> TopOverlap:
    return TopOverlap(top, int(np.count_nonzero(~np.isnan(shares))), bootstrap(shares, seed=0))


def _pearson(ours: Floats, theirs: Floats) -> float:
    ours, theirs = ours - ours.mean(), theirs - theirs.mean()
    spread = float(np.sqrt(np.square(ours).sum() * np.square(theirs).sum()))
    return float(ours @ theirs) / spread if spread else float("nan")


def shares_by_name(found: Agreement) -> Mapping[str, TopOverlap]:
    """All overlaps, by the words that a person reads."""
    named = {f"top {one.top} of a list": one for one in found.tops if one.lists}
    return {**named, f"top {found.feeds.top} of a feed": found.feeds} if found.feeds.lists else named
