"""Which items a stream has, and in which order: every cached article, and its copies in editions of "For you"."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from edge_runtime import Edition, Feed, NumberedArticles
from edge_runtime.web.edition_times import APART
from edge_runtime.web.greader.ids import (
    FOR_YOU,
    LABEL,
    OTHERS,
    READ,
    READING_LIST,
    STARRED,
    copy_number,
    feed_name,
    folder_of,
    plain_stream,
)

OWN_FOLDER = "edge-news"

Mask = NDArray[np.bool_]
_NO_FEED, _COPY = -1, -2  # in the place of a subscription


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an app asks for."""

    stream: str = READING_LIST
    only: Sequence[str] = ()  # streams that have it too
    without: Sequence[str] = ()  # streams that do not have it
    since_s: float | None = None  # that came then or later, seconds UTC
    until_s: float | None = None
    is_oldest_first: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """Some items, by their places, and where the next page goes on; "" where nothing more follows."""

    places: NDArray[np.intp]
    more: str = ""


@dataclass(frozen=True)
class Items:
    """All items as columns, articles before copies.

    A copy is read if its article is, or if its edition is not the newest any more. An article counts as read while its
    copy stands in the newest edition, so that nothing is unread twice.
    """

    numbers: NDArray[np.int64]
    article_ids: Sequence[str]  # of a copy, the article's
    came_s: NDArray[np.float64]  # seconds UTC; of a copy, when its edition was made
    published_s: NDArray[np.float64]
    feed_of: NDArray[np.intp]  # place in `feeds`, -1 for none, `_COPY` for a copy
    is_read: Mask
    is_saved: Mask
    feeds: tuple[Feed, ...]
    reasons: Mapping[int, str]  # of copies, by place

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The stream of each subscription."""
        return tuple(map(feed_name, self.feeds))

    @cached_property
    def _place_of(self) -> dict[int, int]:
        return {number: place for place, number in enumerate(self.numbers.tolist())}

    def places_of(self, numbers: Iterable[int]) -> list[int]:
        """Where items are, in the order asked for; those that are gone are left out."""
        return [self._place_of[number] for number in numbers if number in self._place_of]

    def stream_of(self, place: int) -> str:
        """The stream of the subscription that an item is of."""
        feed = int(self.feed_of[place])
        return FOR_YOU if feed == _COPY else self.names[feed] if feed >= 0 else OTHERS

    def in_stream(self, name: str) -> Mask:
        """Which items a stream has; none if there is no such stream."""
        plain = plain_stream(name)
        if plain in self.names:
            return self._of_feeds([self.names.index(plain)])
        if plain.startswith(LABEL):
            folder = folder_of(plain.removeprefix(LABEL))
            inside = [place for place, feed in enumerate(self.feeds) if feed.folder == folder]
            return self._of_feeds([*inside, _COPY] if folder == OWN_FOLDER else inside)
        known = {
            READING_LIST: np.ones(len(self.numbers), bool),
            READ: self.is_read,
            STARRED: self.is_saved,
            FOR_YOU: self._of_feeds([_COPY]),
            OTHERS: self._of_feeds([_NO_FEED]),
        }
        return known.get(plain, np.zeros(len(self.numbers), bool))

    def _of_feeds(self, places: Sequence[int]) -> Mask:
        of_them: Mask = np.isin(self.feed_of, places)
        return of_them

    def fitting(self, wanted: Wanted) -> Mask:
        """Which items an app asks for."""
        fits = self.in_stream(wanted.stream)
        for name in wanted.only:
            fits = fits & self.in_stream(name)
        for name in wanted.without:
            fits = fits & ~self.in_stream(name)
        if wanted.since_s is not None:
            fits = fits & (self.came_s >= np.floor(wanted.since_s))
        if wanted.until_s is not None:
            fits = fits & (self.came_s <= wanted.until_s)
        return fits

    def page(self, wanted: Wanted, most: int, after: str = "") -> Page:
        """The first items that fit, or those after a page before; by when they came, as apps ask by that.

        Args:
            wanted: What for.
            most: How many.
            after: `Page.more` of the page before; what is none of ours begins anew.
        """
        places = np.flatnonzero(self.fitting(wanted))
        order = np.lexsort((self.numbers[places], self.published_s[places], self.came_s[places]))
        places = places[order if wanted.is_oldest_first else order[::-1]]
        if key := _key_from(after):
            # By what it was and not by its place: items come and go between two pages.
            keys = [self._key(place) for place in places.tolist()]
            places = places[[one > key if wanted.is_oldest_first else one < key for one in keys]]
        has_more = len(places) > most
        places = places[:most]
        return Page(places, ".".join(map(str, self._key(int(places[-1])))) if has_more and most else "")

    def _key(self, place: int) -> tuple[int, int, int]:
        return int(self.came_s[place]), int(self.published_s[place]), int(self.numbers[place])


def items_of(found: NumberedArticles, editions: Sequence[Edition]) -> Items:
    """Every item there is now.

    Args:
        found: The cached articles.
        editions: Newest first.
    """
    place_of = {name: place for place, name in enumerate(found.article_ids)} if editions else {}
    copies = [
        (edition, position, place_of[name], reason)
        for edition in editions
        for position, (name, reason) in enumerate(zip(edition.article_ids, edition.reasons, strict=True), start=1)
        if name in place_of
    ]
    of = np.array([place for _, _, place, _ in copies], np.intp)
    is_old = np.array([edition is not editions[0] for edition, *_ in copies], bool)
    numbers = np.array([copy_number(edition.at, position) for edition, position, *_ in copies], np.int64)
    came = np.array([edition.at.timestamp() for edition, *_ in copies], np.float64)
    positions = np.array([position for _, position, *_ in copies], np.float64)
    is_doubled = np.zeros(len(found.numbers), bool)
    is_doubled[of[~is_old]] = True
    return Items(
        np.concatenate([found.numbers, numbers]),
        [*found.article_ids, *(found.article_ids[place] for place in of.tolist())],
        np.concatenate([found.arrived_s, came]),
        np.concatenate([found.published_s, came - positions * APART.total_seconds()]),
        np.concatenate([found.feed_of, np.full(len(of), _COPY, np.intp)]),
        np.concatenate([found.is_read | is_doubled, found.is_read[of] | is_old]),
        np.concatenate([found.is_saved, found.is_saved[of] & ~is_old]),
        found.feeds,
        {len(found.numbers) + number: reason for number, (*_, reason) in enumerate(copies)},
    )


def _key_from(text: str) -> tuple[int, ...] | None:
    """What `Page.more` said; None for anything else, such as the "null" of some apps."""
    try:
        key = tuple(map(int, text.split(".")))
    except ValueError:
        return None
    return key if len(key) == 3 else None
