"""Tastes finer than categories: groups of articles of one category with titles that mean the like."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import MiniBatchKMeans

from edge_runtime import Article


def fine_tastes(articles: Sequence[Article], vectors: NDArray[np.float32], size: int, seed: int) -> dict[str, str]:
    """What a reader can like, by article id: a group of k-means within a category (Lloyd, 1982).

    Args:
        articles: With or without a category; those without one are grouped among themselves.
        vectors: (len(articles), dim) text vectors; their directions count.
        size: Articles in a group, in the mean. A smaller category is one group.
        seed: Of the first centres.

    Returns:
        Names such as `politics 3`.
    """
    units = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    categories = np.array([article.category for article in articles])
    found: dict[str, str] = {}
    for category in np.unique(categories):
        rows = np.flatnonzero(categories == category)
        groups = max(1, round(len(rows) / size))
        labels = np.zeros(len(rows), int)
        if groups > 1:
            labels = MiniBatchKMeans(groups, n_init=3, random_state=seed).fit_predict(units[rows])
        for row, label in zip(rows.tolist(), labels, strict=True):
            found[articles[row].article_id] = f"{category} {label}".strip()
    return found
