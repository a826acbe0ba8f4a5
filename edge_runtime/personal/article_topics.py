"""How far each article can be gone by for each of its topics: its main one, and those that its text tells beside."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edge_runtime.content.topic_shares import OtherTopics, numbers_in, shares_in
from edge_runtime.model.scoring import Floats
from edge_runtime.personal.linear_head import Doubles
from edge_runtime.personal.topic_lift import GUESS, topic_sums


@dataclass(frozen=True, slots=True, eq=False)
class ArticleTopics:
    """Topics of some articles. Few articles have more than one, so the others stand apart, in any order."""

    mains: NDArray[np.int64]  # (num_articles,) numbers of the main topics, 0 for none
    claims: Floats  # (num_articles,) how far each can be gone by
    places: NDArray[np.intp]  # (num_others,) of which article each other topic is
    others: NDArray[np.int64]  # (num_others,) their numbers
    claims_of_others: Floats  # (num_others,)

    @classmethod
    def of(cls, mains: NDArray[np.int64], claims: Floats, others: OtherTopics) -> ArticleTopics:
        """Of articles with main topics, the claims of these, and what their texts tell beside."""
        have = np.flatnonzero(others[:, 0])  # the largest comes first
        numbers, shares = numbers_in(others[have]), shares_in(others[have])
        rows, columns = np.nonzero(numbers)
        return cls(mains, claims, have[rows], numbers[rows, columns], np.float32(GUESS) * shares[rows, columns])

    def sums(self, weights: Floats | Doubles | float, num_topics: int) -> Doubles:
        """`topic_sums` of the claims.

        Args:
            weights: (num_articles,) or one for all, what each article counts.
            num_topics: Of the bundle.
        """
        of_each = np.broadcast_to(weights, self.mains.shape)
        sums = topic_sums(self.mains, self.claims * of_each, num_topics)
        return sums + topic_sums(self.others, self.claims_of_others * of_each[self.places], num_topics)

    def part(self, by_topic: Floats) -> Floats:
        """(num_articles,) float32 what is known by topic, (num_topics,), summed over each article's topics by claim."""
        part: Floats = self.claims * by_topic[self.mains]
        if len(self.places):
            more = self.claims_of_others * by_topic[self.others]
            part += np.bincount(self.places, more, minlength=len(part)).astype(np.float32)
        return part
