"""The one Reader behind the app; every method runs on the thread that owns it. Pages are made by `core.pages`."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import edge_runtime
from android_demo.core.remedies import WORDS
from android_demo.core.throwaway import remove_throwaway
from android_demo.core.wording import wording_of
from edge_runtime import (
    Article,
    EdgeError,
    FeedOutcome,
    FeedStatus,
    Notice,
    Remedy,
    SyncOptions,
    Wording,
)
from edge_runtime.screens.reading import Reading

if TYPE_CHECKING:
    from edge_runtime import SyncRun

FirstArticles = Callable[[datetime], list[Article]]


@dataclass(slots=True)
class Session(Reading):
    """Opened by `start`; what it records is on the disk before a method returns."""

    data_dir: Path
    bundle: Path | None
    first_articles: FirstArticles
    tr: Wording = field(default_factory=lambda: wording_of("en"), kw_only=True)
    remedies: Mapping[Remedy, str] = field(default_factory=lambda: WORDS, kw_only=True)
    is_offline: bool = False  # the last sync reached no server
    has_lost_samples: bool = False  # news has just taken their place
    _is_syncing: bool = False  # a run holds the databases of this reader
    _was_refused: bool = False  # the reader was opened on a disk that can only be read
    _sample_ids: frozenset[str] | None = None  # made once: they are read from a packed file
    _samples: frozenset[str] = frozenset()  # that go with the first news

    def start(self, now: datetime) -> tuple[Notice, ...]:
        """Open the reader and fill a cache that is empty; what there is to tell of it.

        SQLite wants its connections used by the thread that opened them: nothing is opened before this.

        Raises:
            EdgeError: This device cannot rank; the message says why. `start` can be called again.
        """
        if self.opened is None:
            remove_throwaway(self.data_dir)
            self.opened = edge_runtime.Reader.open(self.data_dir, self.bundle)
        if not self.reader.feeds.feeds() and not self.reader.count():
            self.reader.add(self.first_articles(now), now)
        return self.reader.notices

    def samples(self, now: datetime) -> frozenset[str]:
        """Ids of the articles that came with the app; none once a feed has brought its own."""
        if any(feed.last_ok for feed in self.reader.feeds.feeds()):
            return frozenset()
        if self._sample_ids is None:
            self._sample_ids = frozenset(article.article_id for article in self.first_articles(now))
        return self._sample_ids

    def begin_sync(
        self,
        now: datetime,
        options: SyncOptions,
        progress: Callable[[FeedOutcome], object],
        only: Collection[str] | None = None,
    ) -> SyncRun:
        """A sync in steps, of the feeds at some addresses or of all; what is not subscribed to is let be."""
        if self._was_refused:
            self._open_to_write()
        known = {feed.url for feed in self.reader.feeds.feeds()}
        self._samples = frozenset(article.article_id for article in self.first_articles(now))
        run = self.reader.begin_sync(now, options, progress, None if only is None else known.intersection(only))
        self._is_syncing = True
        return run

    def end_sync(self, run: SyncRun) -> list[FeedOutcome]:
        """End a sync; once a feed has brought something, the samples go."""
        self._is_syncing = False
        outcomes = run.finish()
        if any(outcome.added for outcome in outcomes):
            self.has_lost_samples = self.reader.remove(self._samples) > 0
        self.is_offline = any(outcome.status is FeedStatus.OFFLINE for outcome in outcomes)
        return outcomes

    def keep_counts(self) -> None:
        """Keep what was counted of requests: Android may end the app without a word."""
        if self.opened is not None:
            self.opened.requests_made()

    def erase(self) -> None:
        """Forget the reader."""
        self.reader.erase()
        self.forget_lists()

    def reopen(self, bundle: Path | None) -> None:
        """Open the reader anew, with another bundle; the one of the data directory where none is given.

        Raises:
            EdgeError: It cannot rank with this one; the session goes on as it was.
        """
        opened = edge_runtime.Reader.open(self.data_dir, bundle)
        self.close()
        self.opened, self.bundle = opened, bundle
        self.forget_lists()
        self.ranking_ms.clear()

    def mend(self, error: EdgeError) -> bool:
        """After an error: open the reader anew if its disk could only be read and can be written now.

        SQLite goes on with the way in which a file was opened. Whether it was done, so that a call may be tried again.
        """
        if error.remedy is not Remedy.MAKE_WRITABLE or self.opened is None:
            return False
        self._was_refused = True
        return not self._is_syncing and self._open_to_write()

    def _open_to_write(self) -> bool:
        paths = (self.data_dir, *self.data_dir.glob("*.db"))
        if not all(os.access(path, os.W_OK) for path in paths):
            return False
        opened = edge_runtime.Reader.open(self.data_dir, self.bundle)
        self.close()
        self.opened, self._was_refused = opened, False
        return True
