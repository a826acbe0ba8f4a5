"""Variety beside accuracy: how mixed the top of a ranked list is, and how many articles get shown there at all.

A list counts only where ranking has a choice, that is if it has more articles than the top of it that is looked at.
All figures are comparable over one log only: how often the log showed an article decides most of its exposure.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from edge_runtime import Article
from trainer.data.dataset import Impressions
from trainer.measure.metrics import Floats

TOPICS_TOP = 5  # about what a phone shows without scrolling
TOP = 10


def article_topics(articles: Sequence[Article]) -> NDArray[np.int64]:
    """A number for each article's category.

    Returns:
        (num_articles,) int64; 0 where there is none.
    """
    names = ["", *(article.category.strip().casefold() for article in articles)]
    return np.unique(names, return_inverse=True)[1][1:].astype(np.int64)


def top_places(scores: Floats, impressions: Impressions, k: int, first: int = 0, seed: int = 0) -> NDArray[np.int64]:
    """The first k of every list that is longer than k, best first; equal scores in random order.

    Args:
        scores: (num_shown,) finite, aligned with `impressions.clicked`.
        impressions: A log.
        k: At least 1.
        first: How many articles the log showed before these impressions, if they are a part of it.
        seed: Of the order of equal scores: the order of the log would tell where an editor had put them.

    Returns:
        (num_impressions, k) int64 places in `candidates.values`; -1 in lists of k or fewer.
    """
    offsets, sizes = impressions.candidates.offsets, impressions.candidates.lengths()
    impression = np.repeat(np.arange(len(sizes)), sizes)
    # Each number takes one step of the generator, so that a part of a log gets the numbers that it has in the whole.
    chance = np.random.Generator(np.random.PCG64(seed).advance(first)).random(len(scores))
    order = np.lexsort((chance, -scores, impression))
    top = np.full((len(sizes), k), -1, np.int64)
    longer = np.flatnonzero(sizes > k)
    top[longer] = order[offsets[longer][:, None] + np.arange(k)]
    return top


def list_variety(
    scores: Floats,
    impressions: Impressions,
    topics: NDArray[np.int64],
    vectors: NDArray[np.float32] | None = None,
    first: int = 0,
) -> dict[str, Floats]:
    """Measures of single lists.

    Args:
        scores: (num_shown,) finite, aligned with `impressions.clicked`.
        impressions: A log.
        topics: (num_articles,) from `article_topics`.
        vectors: (num_articles, dim), not those of a model that is compared: it would judge itself. May be left out.
        first: As for `top_places`.

    Returns:
        topics5: Number of different topics among the first five (subtopics covered: Zhai, Cohen and Lafferty,
            SIGIR 2003).
        similarity10: Mean cosine of two of the first ten (intra-list similarity: Ziegler et al., WWW 2005); only with
            vectors.
        Each (num_impressions,) float64, NaN for lists that are too short.
    """
    found = {"topics5": _distinct_topics(top_places(scores, impressions, TOPICS_TOP, first), impressions, topics)}
    if vectors is not None:
        found["similarity10"] = _mean_cosines(top_places(scores, impressions, TOP, first), impressions, vectors)
    return found


class Exposure:
    """Which articles get shown in a first ten: over all lists with more than ten articles, which come in parts."""

    def __init__(self, num_articles: int) -> None:
        self._times, self._available = np.zeros(num_articles, np.int64), np.zeros(num_articles, bool)

    def add(self, scores: Floats, impressions: Impressions, first: int = 0) -> None:
        """Take in some lists.

        Args:
            scores: (num_shown,) finite, aligned with `impressions.clicked`.
            impressions: What was scored.
            first: As for `top_places`.
        """
        top = top_places(scores, impressions, TOP, first)
        sizes, shown = impressions.candidates.lengths(), impressions.candidates.values
        self._available[shown[np.repeat(sizes > TOP, sizes)]] = True
        self._times += np.bincount(shown[top[top >= 0]], minlength=len(self._times))

    def variety(self) -> dict[str, float]:
        """Measures over all lists; NaN if there are none.

        Returns:
            coverage10: Share of the articles shown that get into a first ten at all (catalogue coverage: Ge, Delgado-
                Battenfeld and Jannach, RecSys 2010).
            gini10: Gini coefficient of how often articles shown get there, 0 if all do equally often, near 1 if a few
                take every position (Fleder and Hosanagar, Management Science 2009).
        """
        times = self._times[self._available]
        coverage = float(np.mean(times > 0)) if len(times) else float("nan")
        return {"coverage10": coverage, "gini10": gini(times.astype(np.float64))}


def gini(amounts: Floats) -> float:
    """Mean absolute difference of two amounts, over twice the mean; NaN without amounts or if all are 0.

    Args:
        amounts: (n,) not negative.
    """
    total = amounts.sum()
    if not total:
        return float("nan")
    n = len(amounts)
    weights = 2 * np.arange(1, n + 1) - n - 1
    return float(weights @ np.sort(amounts) / (n * total))


def _distinct_topics(top: NDArray[np.int64], impressions: Impressions, topics: NDArray[np.int64]) -> Floats:
    found = np.sort(topics[impressions.candidates.values[top]], axis=1)  # (num_impressions, k)
    is_new = np.diff(found, axis=1, prepend=0) > 0  # topic 0 is none
    return np.where(top[:, 0] >= 0, is_new.sum(axis=1).astype(np.float64), np.nan)


def _mean_cosines(top: NDArray[np.int64], impressions: Impressions, vectors: NDArray[np.float32]) -> Floats:
    found = np.full(len(top), np.nan)
    for number in np.flatnonzero(top[:, 0] >= 0):
        rows = vectors[impressions.candidates.values[top[number]]].astype(np.float64)
        rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
        k = len(rows)
        # Over all pairs of two: the square of the sum has them twice, and each article with itself.
        found[number] = (np.square(rows.sum(axis=0)).sum() - np.square(rows).sum()) / (k * (k - 1))
    return found
