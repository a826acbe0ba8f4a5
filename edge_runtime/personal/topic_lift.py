"""Whether the reader opens a topic more often than others, as far as topics are known and lists tell.

A share of what was read says little by itself: where half of the news is politics, half of what anybody reads is
politics, and where a feed shows food, food is read. So opens count against what was shown, and each topic against what
the reader would open of all that there is. A topic that is not known, or only guessed, is no evidence of anything: it
neither lifts an article nor costs it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edge_runtime.model.scoring import Floats

MOST_READ = 200  # of the latest articles that were read; those that no list showed count as shown and opened
HALF_SHOWN = 100.0  # a show counts half after so many others: tastes change, and a holiday forgets nothing
TRUST = 5.0  # a topic counts as shown so many times more, and opened as often as anything
USUAL_RATE = 0.1  # of what is shown, before lists tell
_USUAL_TRUST = 0.1  # of the usual rate, beside the rates of all that there is
PICKED_SHOWS = 8.0  # all opened, that a topic counts for which the reader asked for
DISLIKED_SHOWS = 20.0  # all in vain, that a dislike counts for; n of a topic count log2(1 + n) times as many
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


def fading(count: int) -> NDArray[np.float64]:
    """(count,) what shows count, oldest first: the latest counts whole."""
    weights: NDArray[np.float64] = np.exp2(-np.arange(count)[::-1] / HALF_SHOWN)
    return weights


def topic_sums(
    topics: NDArray[np.int64], weights: Floats | NDArray[np.float64], num_topics: int
) -> NDArray[np.float64]:
    """(num_topics,) float64 sums of some weights of each topic; 0 for topic 0, which is "unknown"."""
    sums: NDArray[np.float64] = np.bincount(topics.astype(np.intp), weights, minlength=num_topics).astype(np.float64)
    sums[0] = 0.0
    return sums


def disliked_shows(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    """How many shows in vain the dislikes of each topic count for. They do not fade: only opens outweigh them.

    Args:
        sums: (num_topics,) `topic_sums` of what was disliked or hidden.

    Returns:
        (num_topics,) float64.
    """
    shows: NDArray[np.float64] = DISLIKED_SHOWS * np.log2(1 + sums)
    return shows


def topic_lift(
    opened: NDArray[np.float64], shown: NDArray[np.float64], offered: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Log of the rate at which a reader opens each topic over that of all that there is.

    Rates are smoothed towards the latter, so a lift follows its evidence, and is 0 without any.

    Args:
        opened: (num_topics,) `topic_sums` of what was shown and opened.
        shown: (num_topics,) the same of what was shown, none below `opened`.
        offered: (num_topics,) the same of all articles that there are.

    Returns:
        (num_topics,) float64; 0 for topic 0.
    """
    shares = offered / max(float(offered.sum()), 1e-9)
    # The rate u of all that there is solves u = sum of shares * (opened + TRUST u) / (shown + TRUST).
    of_opens = float(shares @ (opened / (shown + TRUST)))
    of_shows = float(shares @ (shown / (shown + TRUST)))
    usual = (of_opens + _USUAL_TRUST * USUAL_RATE) / (of_shows + _USUAL_TRUST)
    lift: NDArray[np.float64] = np.log((opened + TRUST * usual) / (shown + TRUST) / usual)
    lift[0] = 0.0
    return lift
