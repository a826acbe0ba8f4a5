"""Topics of a dataset: its articles' categories, as numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from edge_runtime import Article

MAX_TOPICS = 64
MIN_ARTICLES = 5  # a rarer category is no topic to learn from


def topic_names(articles: Sequence[Article]) -> tuple[str, ...]:
    """ "" for unknown, then the commonest categories in alphabetic order, in the spelling that devices compare by."""
    counts = Counter(article.category.strip().casefold() for article in articles)
    del counts[""]
    common = [name for name, count in counts.most_common(MAX_TOPICS - 1) if count >= MIN_ARTICLES]
    return ("", *sorted(common))


def topic_numbers(articles: Sequence[Article], names: Sequence[str]) -> NDArray[np.int64]:
    """The number of each article's topic.

    Returns:
        (num_articles,) int64, where the category stands in `names`; 0 where it does not.
    """
    numbers = {name: number for number, name in enumerate(names)}
    return np.array([numbers.get(article.category.strip().casefold(), 0) for article in articles], np.int64)
