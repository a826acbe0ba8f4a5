"""How far rounding moves single articles: which of an article's nearest neighbours are still its nearest."""

from __future__ import annotations

import numpy as np

from edge_runtime.model.news_model import unit_rows


def neighbour_recall(ours: np.ndarray, theirs: np.ndarray, k: int) -> float:
    """Mean share of the k nearest by cosine in one set of vectors that are also among the k nearest in the other.

    Ranking needs less: a table that loses a third of these neighbours can still rank as well as before.

    Args:
        ours: (num_articles, dim) vectors of the articles.
        theirs: (num_articles, their dim) of the same articles in the same order.
        k: Neighbours without the article itself; of equally near ones the first count.
    """
    shared = sum(len(np.intersect1d(a, b)) for a, b in zip(_nearest(ours, k), _nearest(theirs, k), strict=True))
    return shared / (k * len(ours))


def _nearest(vectors: np.ndarray, k: int) -> np.ndarray:
    """(num_articles, k) row numbers."""
    directions = unit_rows(vectors)
    cosines = directions @ directions.T
    np.fill_diagonal(cosines, -np.inf)
    return np.argsort(-cosines, axis=1, kind="stable")[:, :k]
