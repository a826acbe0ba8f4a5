"""The trial as a profile keeps it: what the votes say, and the list whose opens are still counted.

A list is over after six hours, when the next one is shown, or when the clock went back. Its pairs vote then.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

from edge_runtime.types import FeedList, ListedArticle
from edge_runtime.worth.trials import Stage, Why, Worth

LEAST_OPENS = 3  # before orders are compared: one that has learned nothing is no order of this reader
NUM_COUNTED = 10  # first places of a feed, whose opens count
OPEN_FOR_S = 6 * 3600  # opens of a list count so long
SITTING_S = 1800  # a list that is asked for again within this time is the same
ELSEWHERE = -1  # bundle of a profile that was imported
_DAY_S = 86_400


@dataclass(frozen=True, slots=True)
class PendingList:
    """A list that was shown, whose opens are still counted."""

    shown: FeedList
    at_s: int  # shown first, UTC
    until_s: int  # when it is over
    is_kept: bool = True  # within the sitting; not when the reader asked for something else since

    def is_over(self, now_s: int) -> bool:
        """Whether opens count no more; also where the clock says that it was not shown yet."""
        return not self.at_s <= now_s < self.until_s


@dataclass(frozen=True, slots=True)
class Trial:
    """All that is kept to find out whether the ranked order is worth it."""

    key: bytes  # random, of the coins
    bundle: int  # that ranked the lists of this trial
    worth: Worth
    since_s: int = 0  # when its stage began, UTC
    told: Stage | None = None  # stage of the last list that was shown, of which the reader was told
    last_list: int = 0  # number of the last list that was shown
    pending: PendingList | None = None

    def at(self, now_s: int, bundle: int) -> Trial:
        """As it is at a time, and with a bundle; another one than before begins a new trial."""
        trial = self._closed(now_s) if self.pending and self.pending.is_over(now_s) else self
        if trial.bundle == bundle:
            return trial
        return replace(trial, bundle=bundle, worth=trial.worth.again(Why.MOVED), since_s=now_s, pending=None)

    def list_to_keep(self, now_s: int, cache: int) -> FeedList | None:
        """The drafted list that is shown again: within a sitting, until articles come or the reader asks for others."""
        pending = self.pending
        if pending is None or pending.shown.cache != cache or not pending.is_kept:
            return None
        is_same_sitting = pending.at_s <= now_s < pending.at_s + SITTING_S
        return (
            pending.shown if is_same_sitting and any(one.pair is not None for one in pending.shown.articles) else None
        )

    def with_list(self, shown: FeedList, now_s: int) -> Trial:
        """After a list was put before the reader; one that was there already, or is out of date, changes nothing."""
        before = self.pending
        trial = self.at(now_s, shown.bundle)
        if shown.number != trial.last_list + 1:
            return self
        if before and before.at_s // _DAY_S == now_s // _DAY_S:
            shown = _without_second_votes(shown, before.shown)
        trial = trial._closed(now_s)
        pending = PendingList(shown, now_s, now_s + OPEN_FOR_S)
        return replace(trial, pending=pending, last_list=shown.number, told=trial.worth.stage)

    def without_list(self) -> Trial:
        """After the order was set by hand: of the list that is shown no more, nothing is counted."""
        return replace(self, pending=None)

    def asked_again(self, now_s: int) -> Trial:
        """A new trial, where newest first was shown because the ranked order did not help."""
        trial = self._closed(now_s)
        if trial.worth.stage is not Stage.NEWEST:
            return trial
        return replace(trial, worth=trial.worth.again(), since_s=now_s)

    def _closed(self, now_s: int) -> Trial:
        """Without a list whose opens are counted; its votes are in."""
        if self.pending is None:
            return self
        articles, worth = self.pending.shown.articles, self.worth
        for ranked, newest in _pairs(articles).values():
            if ranked.is_opened != newest.is_opened:
                worth = worth.voted(is_win=ranked.is_opened)
        worth = worth.closed(sum(one.is_opened for one in articles))
        since_s = self.since_s if worth.stage is self.worth.stage and worth.trial == self.worth.trial else now_s
        return replace(self, worth=worth, since_s=since_s, pending=None)


def _pairs(articles: tuple[ListedArticle, ...]) -> dict[int, tuple[ListedArticle, ListedArticle]]:
    """The ranked order's and the other article of each pair, by its number."""
    found: dict[int, tuple[ListedArticle, ListedArticle]] = {}
    for one, other in pairwise(articles):
        if one.pair is not None and one.pair == other.pair:
            found[one.pair] = (one, other) if one.is_ranked else (other, one)
    return found


def _without_second_votes(shown: FeedList, before: FeedList) -> FeedList:
    """The list, in which no pair votes about an article that the same pair of the list before has voted about.

    By pairs, not by places: a coin must have no say in which votes count.
    """
    voted = {
        pair: {one.article_id for one in sides}
        for pair, sides in _pairs(before.articles).items()
        if sides[0].is_opened != sides[1].is_opened
    }
    again = {
        pair
        for pair, sides in _pairs(shown.articles).items()
        if not voted.get(pair, set()).isdisjoint(one.article_id for one in sides)
    }
    return replace(shown, articles=tuple(replace(a, pair=None) if a.pair in again else a for a in shown.articles))
