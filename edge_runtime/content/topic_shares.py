"""Which topics a text is about beside its main one, as the cache keeps them: numbers of topics and their shares.

A share is what the bundle's topic head gives, in 65,535ths. What a feed says of a topic is sure, so there is nothing
beside it. The shares of an article need not sum to 1: the rest is not known.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

MOST_OTHERS = 2
LEAST_SHARE = 0.3  # of a topic beside the main one; less says nothing
_WHOLE = 65_535

# (n, 2 * MOST_OTHERS): numbers of topics, the largest share first, then their shares; 0 and 0 where there is no more.
OtherTopics = NDArray[np.uint16]


def no_others(count: int) -> OtherTopics:
    """Of so many articles that are of one topic or of none."""
    return np.zeros((count, 2 * MOST_OTHERS), np.uint16)


def other_topics(probabilities: NDArray[np.float32], mains: NDArray[np.int64]) -> OtherTopics:
    """What the topic head says beside the main topics.

    Args:
        probabilities: (n, num_topics) of `TopicHead.probabilities`; a bundle's topic i has column i - 1.
        mains: (n,) numbers of the main topics, 0 for none.

    Returns:
        Of each the others of at least `LEAST_SHARE`.
    """
    found = no_others(len(mains))
    beside = probabilities.copy()
    has_main = np.flatnonzero(mains)
    beside[has_main, mains[has_main] - 1] = 0
    columns = np.argsort(-beside, axis=1, kind="stable")[:, :MOST_OTHERS]
    shares = np.take_along_axis(beside, columns, axis=1)
    counts = shares >= LEAST_SHARE
    most = columns.shape[1]
    found[:, :most] = np.where(counts, columns + 1, 0)
    found[:, MOST_OTHERS : MOST_OTHERS + most] = np.where(counts, np.rint(shares * _WHOLE), 0)
    return found


def packed(others: OtherTopics) -> list[int]:
    """One number of 64 bits for each article, 0 where there are none: SQLite keeps that in no space."""
    numbers: list[int] = others.astype("<u2").view("<i8")[:, 0].tolist()
    return numbers


def unpacked(numbers: Sequence[int]) -> OtherTopics:
    """What `packed` gave numbers for."""
    return np.array(numbers, "<i8").view("<u2").reshape(len(numbers), 2 * MOST_OTHERS).astype(np.uint16)


def shares_by_name(others: OtherTopics, names: Sequence[str]) -> dict[str, float]:
    """The shares of one article's other topics, the largest first.

    Args:
        others: (2 * MOST_OTHERS,) of the article.
        names: The bundle's topics by number.
    """
    numbers, shares = numbers_in(others[None])[0].tolist(), shares_in(others[None])[0].tolist()
    return {names[number]: share for number, share in zip(numbers, shares, strict=True) if number}


def numbers_in(others: OtherTopics) -> NDArray[np.int64]:
    """(n, MOST_OTHERS) numbers of topics, 0 for none."""
    return others[:, :MOST_OTHERS].astype(np.int64)


def shares_in(others: OtherTopics) -> NDArray[np.float32]:
    """(n, MOST_OTHERS) shares, 0 where there is no topic."""
    return others[:, MOST_OTHERS:].astype(np.float32) / np.float32(_WHOLE)
