"""What apps of other makers go by: numbers that stay, many marks at once, and editions of the feed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import partial

import numpy as np
from numpy.typing import NDArray

from edge_runtime.list_filter import places_of_feeds
from edge_runtime.profile.numbered import NumberedArticles
from edge_runtime.profile.reader_deeds import ReaderDeeds
from edge_runtime.storage.cached_rows import CachedRows
from edge_runtime.storage.feeds import Feed
from edge_runtime.types import Article, Edition, Event, Signal

_LEAST = 10**12  # so all have 13 digits, until the year 2286


class ReaderForApps(ReaderDeeds):
    """The part of `Reader` that lets other programs show, mark and save many articles at once."""

    # Which subscription brought each row, and of what state of cache and subscriptions that was found out.
    _brought: tuple[object, NDArray[np.intp]] | None = None

    def numbered(self) -> NumberedArticles:
        """Every cached article with its number, where it came from, and whether it is read and saved."""
        rows, feeds, store = self._intake.rows(), tuple(self.feeds.feeds()), self._profile.store
        if rows.versions is None:
            raise RuntimeError("the cache's own rows have numbers")
        numbers = rows.versions.numbers
        return NumberedArticles(
            # Those of an older release, or of a clock that stood still, begin with 1.
            np.where(numbers < _LEAST, numbers + _LEAST, numbers),
            rows.article_ids,
            rows.added_s,
            rows.published_s,
            feeds,
            self._feed_of(rows, feeds),
            rows.are_among(store.read_ids()),
            rows.are_among(store.saved_ids()),
        )

    def articles(self, article_ids: Iterable[str]) -> dict[str, Article]:
        """Those of some articles that are cached, by id."""
        return self._cache.known(article_ids)

    def save_all(self, article_ids: Iterable[str], at: datetime, *, is_saved: bool = True) -> None:
        """Save articles, or take that back, in one commit; what is so already stays as it is.

        In private mode nothing is kept. Articles that are not cached cannot be saved, and are passed over.

        Args:
            article_ids: In their order.
            at: When, UTC-aware.
            is_saved: Or not any more, as if they had not been; `undo` brings each back.

        Raises:
            StorageError: It could not be written.
        """
        if self.private:
            return
        names, saved = list(dict.fromkeys(article_ids)), self.saved_ids()
        if not is_saved:
            if wanted := [name for name in names if name in saved]:
                self._profile.take_back_all(wanted, Signal.SAVE)
            return
        known = self._cache.known(name for name in names if name not in saved)
        events = [Event(known[name], Signal.SAVE, at) for name in names if name in known]
        if events:
            self._with_room(partial(self._profile.record_all, events))

    def editions(self) -> list[Edition]:
        """What `keep_edition` kept, newest first."""
        return self._profile.store.editions()

    def keep_edition(self, edition: Edition, oldest: datetime) -> None:
        """Keep what the feed is now, to be shown as it is for some time; in private mode nothing is kept.

        Args:
            edition: Later ones that are kept are of a clock that was set back, and are forgotten.
            oldest: Editions from before it are forgotten too.

        Raises:
            ValueError: There is one of the same second.
            StorageError: It could not be written.
        """
        if not self.private:
            self._profile.store.keep_edition(edition, oldest)

    def _feed_of(self, rows: CachedRows, feeds: Sequence[Feed]) -> NDArray[np.intp]:
        """(num_articles,) the place of the first subscription that brought each article; -1 for none."""
        key = self._cache.state(), [(feed.url, feed.title, feed.identity) for feed in feeds]
        if self._brought is None or self._brought[0] != key or len(self._brought[1]) != len(rows):
            places = places_of_feeds(feeds, rows, self._cache.items.articles_by_subscription())
            found = np.full(len(rows), -1, np.intp)
            for place in reversed(range(len(feeds))):
                found[list(places[feeds[place].url])] = place
            self._brought = key, found
        return self._brought[1]
