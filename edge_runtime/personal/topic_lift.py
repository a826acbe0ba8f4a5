"""Whether the reader opens more of a topic than is offered, as far as topics are known and opens tell.

A share of what was read says little by itself: where half of the news is politics, half of what anybody reads is
politics. So each topic is measured against what there is to choose from. And a topic that is not known, or only
guessed, is no evidence of anything: it neither lifts an article nor costs it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from edge_runtime.model.news_model import PICK_CLICKS
from edge_runtime.model.scoring import Floats

MOST_READ = 200  # of the latest articles that were read whose topics count
HALF_READS = 50.0  # a read counts half after so many others: tastes change, and a holiday forgets nothing
TRUST = 0.5  # opens of a topic as expected that are added to those that were
GUESS = 0.5  # what a topic that the text told counts of its probability, beside one that the feed gave
_SURE = 0.999  # probability of a topic that the feed gave


def topic_claims(topics: NDArray[np.int64], probabilities: Floats) -> Floats:
    """How far the topic of each article can be gone by.

    Args:
        topics: (n,) topic numbers, 0 = unknown.
        probabilities: (n,) of the topics: 1 where the feed gave them.

    Returns:
        (n,) float32 in [0, 1], 0 for an unknown topic.
    """
    known = np.where(probabilities >= _SURE, np.float32(1), np.float32(GUESS) * probabilities)
    claims: Floats = np.where(topics > 0, known, np.float32(0)).astype(np.float32)
    return claims


def topic_opens(
    topics: NDArray[np.int64], claims: Floats, picks: Sequence[int] | NDArray[np.int64], num_topics: int
) -> NDArray[np.float64]:
    """How many opens of each topic are known of; a topic that was asked for counts as `PICK_CLICKS` of them.

    Args:
        topics: (num_clicks,) topic numbers of what was read, latest first: each counts less than the one before.
        claims: (num_clicks,) from `topic_claims`.
        picks: Topic numbers that were asked for, 0 = unknown.
        num_topics: All that there are.

    Returns:
        (num_topics,) float64; 0 for topic 0.
    """
    opens = topic_sums(topics, claims * np.exp2(-np.arange(len(claims)) / HALF_READS), num_topics)
    np.add.at(opens, np.asarray(picks, np.intp), PICK_CLICKS)
    opens[0] = 0.0
    return opens


def topic_sums(topics: NDArray[np.int64], claims: Floats | NDArray[np.float64], num_topics: int) -> NDArray[np.float64]:
    """(num_topics,) float64 sums of the claims of each topic."""
    sums: NDArray[np.float64] = np.bincount(topics.astype(np.intp), claims, minlength=num_topics).astype(np.float64)
    return sums


def topic_lift(opens: NDArray[np.float64], offered: NDArray[np.float64]) -> Floats:
    """Log of a reader's opens of each topic over those to expect of a reader without tastes.

    Smoothed as a Poisson rate with a gamma prior around the usual one. What was seldom offered and never opened says
    little; what is often offered and never opened says much. So a lift follows its evidence, and is 0 without any.

    Args:
        opens: (num_topics,) from `topic_opens`.
        offered: (num_topics,) `topic_sums` of all articles that there are to choose from.

    Returns:
        (num_topics,) float32; 0 for topic 0.
    """
    known = offered.copy()
    known[0] = 0.0
    expected = known / max(float(known.sum()), 1e-9) * opens.sum()
    lift: Floats = np.log((opens + TRUST) / (expected + TRUST)).astype(np.float32)
    lift[0] = 0.0
    return lift
