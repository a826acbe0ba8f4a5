"""Articles that were shown, as what the heads learn from."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edge_runtime.content.title_words import Words
from edge_runtime.content.topic_shares import OtherTopics
from edge_runtime.model.scoring import Floats
from edge_runtime.personal.article_topics import ArticleTopics
from edge_runtime.personal.linear_head import Doubles


@dataclass(frozen=True, slots=True)
class Examples:
    """Articles that were shown, oldest first."""

    article_ids: list[str]
    sources: list[str]
    topics: NDArray[np.int64]  # (n,) the bundle's numbers of the main topics
    claims: Floats  # (n,) how far each topic can be gone by
    others: OtherTopics  # (n, ...) what texts tell beside
    vectors: Floats  # (n, dim)
    words: Words  # (n, WORDS_KEPT) of their titles
    scores: Doubles  # (n,) when shown, without what lists had taught
    at_s: Doubles  # (n,) seconds UTC

    def __len__(self) -> int:
        return len(self.article_ids)

    def about(self, rows: NDArray[np.intp] | slice = slice(None)) -> ArticleTopics:
        """All topics of some examples."""
        return ArticleTopics.of(self.topics[rows], self.claims[rows], self.others[rows])

    def starts_like(self, other: Examples) -> bool:
        """Whether these are the others and perhaps more."""
        pairs = [(getattr(self, field.name)[: len(other)], getattr(other, field.name)) for field in fields(Examples)]
        return all(a == b if isinstance(a, list) else np.array_equal(a, b) for a, b in pairs)

    def until(self, count: int) -> Examples:
        """The first examples."""
        return Examples(*(getattr(self, field.name)[:count] for field in fields(Examples)))

    def after(self, count: int) -> Examples:
        """The examples without the first ones."""
        return Examples(*(getattr(self, field.name)[count:] for field in fields(Examples)))

    def followed_by(self, other: Examples) -> Examples:
        """These examples and then the others."""
        pairs = [(getattr(self, field.name), getattr(other, field.name)) for field in fields(Examples)]
        joined: list[Any] = [a + b if isinstance(a, list) else np.concatenate([a, b]) for a, b in pairs]
        return Examples(*joined)


def example_features(examples: Examples, rows: NDArray[np.intp], num_topics: int) -> Doubles:
    """What the linear head learns from.

    Args:
        examples: Some.
        rows: (n,) which of them.
        num_topics: How many topics there are.

    Returns:
        (n, 2 + dim + num_topics): 1, the score, the vector, the claim of each topic. The first two only take up what is
        wrong with the score as a log-odds; they move no article.
    """
    vectors = examples.vectors[rows]
    num, dim = vectors.shape
    features = np.zeros((num, 2 + dim + num_topics))
    features[:, 0] = 1.0
    features[:, 1] = examples.scores[rows]
    features[:, 2 : 2 + dim] = vectors
    about = examples.about(rows)
    features[np.arange(num), 2 + dim + about.mains] = about.claims
    features[about.places, 2 + dim + about.others] = about.claims_of_others
    return features
