"""The order in which the reader is shown the feed: ranked, newest first, or drafted from both to compare them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edge_runtime.personal.feed_order import FeedOrder
from edge_runtime.personal.selection import best_first
from edge_runtime.types import FeedList, ListedArticle, OrderChoice
from edge_runtime.worth.draft import Draft, drafted
from edge_runtime.worth.lists import NUM_COUNTED, Trial
from edge_runtime.worth.trials import Drafting, Stage


@dataclass(frozen=True, slots=True)
class ListOrder:
    """What a list is to be ordered by."""

    choice: OrderChoice = OrderChoice.RANKED
    trial: Trial | None = None  # as it is now
    is_counted: bool = False  # whether the list is one that opens may be counted of
    cache: int = 0  # its number of changes
    now_s: int = 0
    pushed: Collection[str] = ()  # ids of articles that the reader was told of in a notification

    @property
    def is_newest(self) -> bool:
        """Whether it is newest first."""
        rests = self.trial is not None and self.trial.worth.stage is Stage.NEWEST
        return self.choice is OrderChoice.NEWEST or (self.choice is OrderChoice.AUTO and rests)

    def depth(self, k: int) -> int:
        """How many places of the ranked order are needed for a list of k.

        A draft needs no more of it than it has places: what it passes over stands in it already.
        """
        if self.is_newest:
            return 0
        return max(k, NUM_COUNTED) if self.is_counted else k


def listed(
    order: FeedOrder, is_behind: NDArray[np.bool_], by: ListOrder, k: int
) -> tuple[NDArray[np.intp], FeedList | None]:
    """Places of the cache in the order that a reader is shown.

    Args:
        order: Of at least `by.depth(k)` places.
        is_behind: (num_articles,) what was read or disliked: it leads no list by its date, and stands in no pair.
        by: What to order by.
        k: How many places to give; all if there are fewer.

    Returns:
        The places, and the first of them as a list whose opens are counted, if it is one.
    """
    is_open = order.lines.stays & ~is_behind & ~order.lines.of_read_story
    ids = order.rows.article_ids
    if by.is_newest:
        places = _newest_first(order, is_open, k)
        draft = Draft(tuple(places[:NUM_COUNTED].tolist()), ())
    elif by.trial is None or not by.is_counted:
        return order.places[:k], None
    elif kept := by.trial.list_to_keep(by.now_s, by.cache):
        found = order.rows.places_of(one.article_id for one in kept.articles)
        first = [place for place in found.tolist() if place >= 0 and is_open[place]]
        rest = order.places[~np.isin(order.places, first)]
        return np.array([*first, *rest.tolist()][:k], np.intp), kept
    else:
        draft = _drafted(order, is_open, by, by.trial)
        places = np.concatenate([np.array(draft.order, np.intp), order.places[~np.isin(order.places, draft.order)]])[:k]
    if by.trial is None or not by.is_counted:
        return places, None
    of_pairs = enumerate(draft.pairs)
    sides = {place: (n, place == pair.ranked) for n, pair in of_pairs for place in (pair.ranked, pair.newest)}
    articles = tuple(
        ListedArticle(ids[place], *sides.get(place, (None, False))) for place in places[:NUM_COUNTED].tolist()
    )
    return places, FeedList(by.trial.last_list + 1, articles, by.cache, by.trial.bundle)


def _drafted(order: FeedOrder, is_open: NDArray[np.bool_], by: ListOrder, trial: Trial) -> Draft:
    """The first places of both orders; what is read or was in a notification stands in no pair."""
    number = trial.last_list + 1
    drafting = trial.worth.drafting(number)
    ranked = order.places[:NUM_COUNTED].tolist()
    if drafting is Drafting.NOTHING:
        return Draft(tuple(ranked), ())
    may_vote = is_open & ~order.rows.are_among(by.pushed)
    # A lone pair begins deep in the order, and may pass over as many as stand above it.
    times = np.where(may_vote, _times(order), -np.inf)
    newest = [place for place in best_first(times, 2 * NUM_COUNTED).tolist() if may_vote[place]]
    apart = {place for place in ranked if not may_vote[place]}
    return drafted(ranked, newest, drafting, trial.key, number, apart)


def _newest_first(order: FeedOrder, is_open: NDArray[np.bool_], k: int) -> NDArray[np.intp]:
    """What is open to be read, then the rest of the feed."""
    stays = np.flatnonzero(order.lines.stays)
    return stays[np.lexsort((-_times(order)[stays], ~is_open[stays]))][:k]


def _times(order: FeedOrder) -> NDArray[np.float64]:
    """(num_articles,) when each was published, or came if that is earlier: a date to come keeps nothing on top."""
    times: NDArray[np.float64] = np.minimum(order.rows.published_s, order.rows.added_s)
    return times
