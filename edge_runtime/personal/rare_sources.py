"""Sources that write seldom: what they write is not to drown among what others write by the hour."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

DAY_S = 86_400.0
RATE_DAYS = 30  # articles of so many days tell how often a source writes
OFTEN = 2 / 7  # articles a day; a source that writes so often is not rare
NEW_DAYS = 14  # so long an article of a rare source is new


def rarity(published_s: NDArray[np.float64], sources: NDArray[np.int32], now_s: float) -> NDArray[np.float32]:
    """How seldom the source of each article writes.

    Args:
        published_s: (num_articles,) seconds UTC.
        sources: (num_articles,) a number for each source; -1 is none, and is never rare.
        now_s: Seconds UTC.

    Returns:
        (num_articles,) 0 to 1: 0 for a source that writes twice a week or more, is known for too short, or for an
        article older than `NEW_DAYS`.
    """
    ages_d = np.maximum(now_s - published_s, 0.0) / DAY_S
    is_named = sources >= 0
    num_sources = int(sources.max(initial=-1)) + 1
    oldest_d = np.zeros(num_sources)
    np.maximum.at(oldest_d, sources[is_named], ages_d[is_named])
    counts = np.bincount(sources[is_named & (ages_d <= RATE_DAYS)], minlength=num_sources)
    # One that is known for an hour may write by the hour.
    rates = counts / np.clip(oldest_d, 1.0, RATE_DAYS)
    of_source = np.maximum(1.0 - rates / OFTEN, 0.0)
    is_new = is_named & (ages_d <= NEW_DAYS)
    found = np.zeros(len(sources), np.float32)
    found[is_new] = of_source[sources[is_new]]
    return found


def faded(rarities: NDArray[np.float32], passed: NDArray[np.floating]) -> NDArray[np.float32]:
    """What is left of it after an article was passed over: a quarter after once, a ninth after twice.

    Args:
        rarities: (num_articles,).
        passed: (num_articles,) minus the binary logarithm of 1 + how often each was passed over.
    """
    left: NDArray[np.float32] = (rarities * np.exp2(2 * passed)).astype(np.float32)
    return left
