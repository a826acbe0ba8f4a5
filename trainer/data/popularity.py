"""How often each shown article had been shown and clicked before: counted causally, from strictly earlier seconds.

A publisher's server knows such counts and can send them with a feed; a log lets them be counted again as of any time.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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
    most = max(int(log.candidates.values.max(initial=-1)) for log in (*earlier, impressions))
    return Tally(most + 1, half_life_s).count(impressions, earlier)


class Tally:
    """What has been counted of each article until now, of a log that comes a part at a time, in order of time."""

    def __init__(self, num_articles: int, half_life_s: float = float("inf")) -> None:
        """Begin.

        Args:
            num_articles: Of the log.
            half_life_s: As for `causal_counts`.
        """
        self._half_life_s = half_life_s
        self._shown, self._clicked = np.zeros((2, num_articles))  # running sums, as `growth` weighs them
        self._begun_s = np.zeros(num_articles, np.int64)  # second of an article's first list
        self._latest_s = np.full(num_articles, -1, np.int64)

    def count(self, impressions: Impressions, others: Sequence[Impressions]) -> Counts:
        """Counts as they stood just before each impression, to the last digit those of the whole log at once.

        Args:
            impressions: What is ranked; no second of them has been counted before.
            others: Further lists of the same time, such as those of the training part.
        """
        logs = [*others, impressions]
        articles = np.concatenate([log.candidates.values for log in logs]).astype(np.int64)
        clicked = np.concatenate([log.clicked for log in logs]).astype(np.float64)
        times = np.concatenate([np.repeat(log.times, log.candidates.lengths()) for log in logs])
        order = np.lexsort((times, articles))
        article, time = articles[order], times[order]
        is_first = np.diff(article, prepend=-1) != 0  # of its article
        starts = np.flatnonzero(is_first)
        ends = np.append(starts[1:], len(article))
        begins_second = is_first | (np.diff(time, prepend=-1) != 0)
        second = np.flatnonzero(begins_second)[np.cumsum(begins_second) - 1]
        here = article[starts]
        is_new = self._shown[here] == 0
        self._begun_s[here[is_new]] = time[starts[is_new]]
        # 2^(age / half-life), counted from the article's first list: one running sum then serves every time.
        growth = np.minimum((time - self._begun_s[article]) / self._half_life_s, 1000.0)

        def before(amounts: NDArray[np.float64], sums: NDArray[np.float64]) -> NDArray[np.float64]:
            grown = amounts * np.exp2(growth)
            total = self._running(grown, starts, ends, sums[here])
            sums[here] = total[ends - 1]
            counts = np.empty(len(grown))
            counts[order] = (total - grown)[second] * np.exp2(-growth)
            return counts

        latest = np.full(len(order), -1, np.int64)
        since_start = second > np.repeat(starts, ends - starts)
        latest[order] = np.where(since_start, time[np.maximum(second - 1, 0)], self._latest_s[article])
        self._latest_s[here] = time[ends - 1]
        ours = slice(len(order) - len(impressions.clicked), None)
        clicks = before(clicked[order], self._clicked)
        return Counts(before(np.ones(len(order)), self._shown)[ours], clicks[ours], latest[ours])

    def _running(
        self,
        amounts: NDArray[np.float64],
        starts: NDArray[np.int64],
        ends: NDArray[np.int64],
        sums: NDArray[np.float64],
    ) -> NDArray[np.float64]:
        """Running sum of each article's amounts, which goes on from what it was."""
        total = np.cumsum(amounts)
        if self._half_life_s == float("inf"):  # whole numbers, whose sums are exact in any order
            return total - np.repeat((total - amounts)[starts] - sums, ends - starts)
        for begin, end, before in zip(starts.tolist(), ends.tolist(), sums.tolist(), strict=True):
            total[begin:end] = np.cumsum(np.concatenate([[before], amounts[begin:end]]))[1:]
        return total


def counts_before(impressions: Impressions, logs: Iterable[Impressions]) -> Counts:
    """As `causal_counts`, from logs that are read one after the other and are together larger than memory.

    Args:
        impressions: What is ranked; they count for each other only if a log has them.
        logs: Of the same articles, in any order.
    """
    num, since = len(impressions.clicked), int(impressions.times.min(initial=0))
    span = int(impressions.times.max(initial=0)) - since + 2

    def keyed(log: Impressions) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """One number for each shown article, by article and then by second; and the seconds."""
        times = np.repeat(log.times, log.candidates.lengths())
        return log.candidates.values.astype(np.int64) * span + np.clip(times - since + 1, 0, span - 1), times

    keys, _ = keyed(impressions)
    order = np.argsort(keys, kind="stable")
    keys = keys[order]
    shown, clicked = np.zeros((2, num))  # since the place before
    latest = np.full(num, np.iinfo(np.int64).min)
    for log in logs:
        counted, times = keyed(log)
        places = np.searchsorted(keys, counted, side="right")  # of the first that is later
        used = np.flatnonzero(keys[np.minimum(places, num - 1)] // span == counted // span) if num else places[:0]
        used = used[places[used] < num]
        places = places[used]
        shown += np.bincount(places, minlength=num)
        clicked += np.bincount(places, log.clicked[used], minlength=num)
        np.maximum.at(latest, places, times[used])
    firsts = np.searchsorted(keys, keys // span * span)  # of the article
    counted_at = np.maximum.accumulate(np.where(shown > 0, np.arange(num), -1))
    found = Counts(np.zeros(num), np.zeros(num), np.full(num, -1, np.int64))
    for total, amounts in ((found.shown, shown), (found.clicked, clicked)):
        sums = np.cumsum(np.concatenate([[0], amounts]))
        total[order] = sums[1:] - sums[firsts]
    found.as_of_s[order] = np.where(counted_at >= firsts, latest[counted_at], -1)
    return found


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
