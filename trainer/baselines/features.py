"""What the logistic mix and gradient boosting know of a shown article: one row of numbers each, nothing of the future.

Clicks enter only through histories and through counts from strictly earlier seconds. Text vectors are centred and
turned by the articles of the training days as a whole; that uses no click.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edge_runtime.model.scoring import SHARE_FLOOR
from edge_runtime.model.tokens import split_words
from trainer.baselines.baseline import BaselineData
from trainer.baselines.interests import pooled_similarities, topic_shares
from trainer.baselines.rates import article_rates, topic_rates
from trainer.data.batches import published_seconds
from trainer.data.dataset import Impressions

NUM_DIRECTIONS = 10  # of the text vectors, in which the candidate itself is described
FRESH_HALF_LIFE_S = 18 * 3600.0

INTEREST = ("mean similarity", "top similarity", "nearest", "topic share")
CONTENT = (*INTEREST, "history length", "title length", "freshness")
DIRECTIONS = tuple(f"direction {number}" for number in range(NUM_DIRECTIONS))
POPULARITY = ("article rate", "times shown", "topic rate")


@dataclass(frozen=True, slots=True)
class Features:
    """A row for each shown article."""

    names: tuple[str, ...]
    values: NDArray[np.float64]  # (num_shown, len(names))


def candidate_features(
    data: BaselineData, impressions: Impressions, earlier: Sequence[Impressions], *, with_popularity: bool
) -> Features:
    """Describe every shown article.

    Args:
        data: Texts, topics and text vectors.
        impressions: To be described; their own clicks count for later ones among them.
        earlier: Logs whose clicks count as well.
        with_popularity: Whether to add the rates, which a server counts and a device alone cannot know.
    """
    rows = impressions.candidates.values
    sizes = impressions.candidates.lengths()
    similarities = pooled_similarities(impressions, data.vectors)
    titles = np.array([len(split_words(article.title)) for article in data.dataset.articles], np.float64)
    ages_s = np.repeat(impressions.times, sizes) - published_seconds(data.dataset.articles)[rows]
    columns = [
        similarities.mean,
        similarities.top,
        similarities.nearest,
        np.log(topic_shares(impressions, data.topics) + SHARE_FLOOR),
        np.log1p(np.repeat(impressions.history.lengths(), sizes)),
        np.log1p(titles[rows]),
        np.where(np.isnan(ages_s), 0.0, np.exp2(-np.maximum(ages_s, 0.0) / FRESH_HALF_LIFE_S)),
        *_described(data)[rows].T,
    ]
    if with_popularity:
        known = article_rates(impressions, earlier)
        by_topic = topic_rates(impressions, earlier, data.topics, known.overall)
        columns += [np.log(known.rates), np.log1p(known.shown), np.log(by_topic)]
    names = (*CONTENT, *DIRECTIONS, *(POPULARITY if with_popularity else ()))
    return Features(names, np.stack(columns, axis=1))


def _described(data: BaselineData) -> NDArray[np.float64]:
    """(num_articles, NUM_DIRECTIONS) main directions of the text vectors; those that they lack are zero."""
    seen = data.vectors[data.dataset.training_rows()].astype(np.float64)
    strengths, directions = np.linalg.eigh(seen.T @ seen)
    best = directions[:, np.argsort(-strengths)[:NUM_DIRECTIONS]]
    # A direction has no sign of its own: the largest entry decides.
    best = best * np.sign(best[np.abs(best).argmax(axis=0), np.arange(best.shape[1])])
    described: NDArray[np.float64] = data.vectors @ best
    return np.pad(described, ((0, 0), (0, NUM_DIRECTIONS - described.shape[1])))
