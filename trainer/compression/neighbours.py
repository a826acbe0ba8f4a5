"""How far rounding moves single articles: which of an article's nearest neighbours are still its nearest."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edge_runtime.model.news_model import unit_rows

Floats = NDArray[np.float32]

_BLOCK = 2048  # rows compared with all others at once


def neighbour_recall(ours: Floats, theirs: Floats, k: int) -> float:
    """Mean share of the k nearest by cosine in one set of vectors that are also among the k nearest in the other.

    Ranking needs less: a table that loses a third of these neighbours can still rank as well as before.

    Args:
        ours: (num_articles, dim) vectors of the articles.
        theirs: (num_articles, their dim) of the same articles in the same order.
        k: Neighbours, the article itself aside; of equally near ones the first count.

    Raises:
        ValueError: The sets are not of the same articles, or there are no k neighbours.
    """
    if len(ours) != len(theirs) or not 1 <= k < len(ours):
        raise ValueError(f"recall of {k} neighbours among {len(ours)} and {len(theirs)} articles: give both alike")
    shared = sum(len(np.intersect1d(a, b)) for a, b in zip(_nearest(ours, k), _nearest(theirs, k), strict=True))
    return shared / (k * len(ours))


def _nearest(vectors: Floats, k: int) -> NDArray[np.int64]:
    """(num_articles, k) row numbers."""
    directions = unit_rows(vectors)
    found = []
    for begin in range(0, len(directions), _BLOCK):
        cosines = directions[begin : begin + _BLOCK] @ directions.T
        cosines[np.arange(len(cosines)), np.arange(begin, begin + len(cosines))] = -np.inf
        found.append(np.argsort(-cosines, axis=1, kind="stable")[:, :k])
    return np.concatenate(found)
