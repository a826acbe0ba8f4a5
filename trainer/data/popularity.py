"""How often each shown article had been shown and clicked before: counted causally, from strictly earlier seconds.

A publisher's server knows such counts and can send them with a feed; a log lets them be counted again as of any time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trainer.data.dataset import Impressions
from trainer.errors import LogError


@dataclass(frozen=True, slots=True)
class Counts:
    """Aligned with the shown articles (`candidates.values`) of the impressions they were counted for."""

    shown: NDArray[np.float64]  # (num_shown,)
    clicked: NDArray[np.float64]  # (num_shown,)
    as_of_s: NDArray[np.int64]  # (num_shown,) second of the latest list that was counted; -1 if none was


def causal_counts(
    impressions: Impressions, earlier: Sequence[Impressions] = (), half_life_s: float = float("inf")
) -> Counts:
    """Counts as they stood just before each impression.

    Args:
        impressions: What is ranked; each also counts for the later ones among them.
        earlier: Further logs of the same articles, such as the training part; they need not be earlier as a whole.
        half_life_s: A list shown this long before counts half; plain counts if infinite.

    Returns:
        Only what was shown in strictly earlier seconds is in them.
    """
    logs = [*earlier, impressions]
    articles = np.concatenate([log.candidates.values for log in logs]).astype(np.int64)
    clicked = np.concatenate([log.clicked for log in logs]).astype(np.float64)
    times = np.concatenate([np.repeat(log.times, log.candidates.lengths()) for log in logs])
    order = np.lexsort((times, articles))
    article, time = articles[order], times[order]
    is_first = np.diff(article, prepend=-1) != 0  # of its article
    begins_second = is_first | (np.diff(time, prepend=-1) != 0)
    first = np.flatnonzero(is_first)[np.cumsum(is_first) - 1]
    second = np.flatnonzero(begins_second)[np.cumsum(begins_second) - 1]
    # 2^(age / half-life), counted from the article's first list: one running sum then serves every time.
    growth = np.minimum((time - time[first]) / half_life_s, 1000.0)

    def before(amounts: NDArray[np.float64]) -> NDArray[np.float64]:
        grown = amounts * np.exp2(growth)
        total = np.empty(len(grown))
        for begin, end in zip(
            np.flatnonzero(is_first), np.append(np.flatnonzero(is_first)[1:], len(grown)), strict=True
        ):
            total[begin:end] = np.cumsum(grown[begin:end]) - grown[begin:end]
        counts = np.empty(len(grown))
        counts[order] = total[second] * np.exp2(-growth)
        return counts

    latest = np.full(len(order), -1, np.int64)
    latest[order] = np.where(second > first, time[np.maximum(second - 1, 0)], -1)
    num_ours = len(impressions.clicked)
    ours = slice(len(order) - num_ours, None)
    return Counts(before(np.ones(len(order)))[ours], before(clicked[order])[ours], latest[ours])


def check_causal(counts: Counts, impressions: Impressions) -> None:
    """Refuse counts that know the future.

    Raises:
        LogError: A count was taken at or after the second in which its list was shown.
    """
    times = np.repeat(impressions.times, impressions.candidates.lengths())
    late = np.flatnonzero(counts.as_of_s >= times)
    if len(late):
        number = int(np.searchsorted(impressions.candidates.offsets, late[0], side="right")) - 1
        raise LogError(
            f"impression {impressions.ids[number]!r}: a popularity count is as of second {counts.as_of_s[late[0]]}, "
            f"but the list was shown at {times[late[0]]}: counts must come from before it; use causal_counts"
        )
