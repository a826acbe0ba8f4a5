"""The one Reader behind the app; every method runs on the thread that owns it. Pages are made by `core.pages`."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

import edge_runtime
from android_demo.core.marks import Marks, Verdict
from android_demo.core.throwaway import remove_throwaway
from edge_runtime import (
    Article,
    ArticleMarks,
    FeedOutcome,
    FeedStatus,
    Notice,
    Origin,
    ScoredArticle,
    Signal,
    SyncOptions,
    Wording,
)

if TYPE_CHECKING:
    from edge_runtime import Reader, SyncRun

FirstArticles = Callable[[datetime], list[Article]]


@dataclass(slots=True)
class Session:
    """Opened by `start`; what it records is on the disk before a method returns."""

    data_dir: Path
    bundle: Path | None
    first_articles: FirstArticles
    tr: Wording = field(default_factory=Wording)
    ranking_ms: deque[float] = field(default_factory=lambda: deque(maxlen=50))  # how long the last rankings took
    is_offline: bool = False  # the last sync reached no server
    has_lost_samples: bool = False  # news has just taken their place
    _reader: Reader | None = None
    _sample_ids: frozenset[str] | None = None  # made once: they are read from a packed file
    _samples: frozenset[str] = frozenset()  # that go with the first news
    _scored: dict[str, ScoredArticle] = field(default_factory=dict)  # by id, as ranked last; lists grow by hundreds

    def start(self, now: datetime) -> tuple[Notice, ...]:
        """Open the reader and fill a cache that is empty; what there is to tell of it.

        SQLite wants its connections used by the thread that opened them: nothing is opened before this.

        Raises:
            EdgeError: This device cannot rank; the message says why. `start` can be called again.
        """
        if self._reader is None:
            remove_throwaway(self.data_dir)
            self._reader = edge_runtime.Reader.open(self.data_dir, self.bundle)
        if not self._reader.feeds.feeds() and not self._reader.count():
            self._reader.add(self.first_articles(now), now)
        return self._reader.notices

    @property
    def reader(self) -> Reader:
        """The reader that `start` opened.

        Raises:
            RuntimeError: It was not called yet, or the session is closed.
        """
        if self._reader is None:
            raise RuntimeError("the session is not open: call start() first")
        return self._reader

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
        known = {feed.url for feed in self.reader.feeds.feeds()}
        self._samples = frozenset(article.article_id for article in self.first_articles(now))
        return self.reader.begin_sync(now, options, progress, None if only is None else known.intersection(only))

    def end_sync(self, run: SyncRun) -> list[FeedOutcome]:
        """End a sync; once a feed has brought something, the samples go."""
        outcomes = run.finish()
        if any(outcome.added for outcome in outcomes):
            self.has_lost_samples = self.reader.remove(self._samples) > 0
        self.is_offline = any(outcome.status is FeedStatus.OFFLINE for outcome in outcomes)
        return outcomes

    def ranked(self, now: datetime, limit: int) -> list[ScoredArticle]:
        """The best of the cache; `mark_shown` knows them from now on."""
        began = perf_counter()
        scored = self.reader.feed(now, limit)
        self.ranking_ms.append((perf_counter() - began) * 1000)
        self._scored |= {item.article.article_id: item for item in scored}
        return scored

    def marks(self, articles: Iterable[Article]) -> dict[str, Marks]:
        """What the reader has said of articles, by id."""
        ids = [article.article_id for article in articles]
        return {
            article_id: Marks(_verdict(found), found.is_saved, found.is_read, found.is_hidden)
            for article_id, found in zip(ids, self.reader.marks(ids), strict=True)
        }

    def same_story(self, article_id: str) -> tuple[Article, ...]:
        """Articles of a story that a list left out, where it listed this one."""
        scored = self._scored.get(article_id)
        return scored.same_story if scored else ()

    def mark_shown(self, article_ids: Sequence[str], at: datetime) -> None:
        """Keep which articles of the feed were in sight."""
        self.reader.mark_shown([self._scored[name] for name in article_ids if name in self._scored], at)

    def record(self, article_id: str, signal: Signal, at: datetime, origin: Origin = Origin.ELSEWHERE) -> None:
        """Keep what the reader did with an article."""
        self.reader.record(article_id, signal, at, origin=origin)

    def judge(self, article_id: str, verdict: Verdict, at: datetime) -> None:
        """Keep that the reader wants more or less like this, or neither any more."""
        (standing,) = map(_verdict, self.reader.marks([article_id]))
        if verdict and verdict != standing:
            self.reader.record(article_id, Signal(verdict), at)
        elif standing and not verdict:
            self.reader.unjudge(article_id)

    def save(self, article_id: str, at: datetime, *, is_saved: bool) -> None:
        """Keep an article for later, or not any more."""
        if is_saved:
            self.reader.record(article_id, Signal.SAVE, at)
        else:
            self.reader.unsave(article_id)

    def hide(self, article_id: str, at: datetime, *, is_hidden: bool) -> None:
        """Leave an article out of the feed, or not any more."""
        if is_hidden:
            self.reader.record(article_id, Signal.HIDE, at)
        else:
            self.reader.unhide(article_id)

    def erase(self) -> None:
        """Forget the reader."""
        self.reader.erase()
        self._scored = {}

    def reopen(self, bundle: Path | None) -> None:
        """Open the reader anew, with another bundle; the one of the data directory where none is given.

        Raises:
            EdgeError: It cannot rank with this one; the session goes on as it was.
        """
        opened = edge_runtime.Reader.open(self.data_dir, bundle)
        self.close()
        self._reader, self.bundle, self._scored = opened, bundle, {}
        self.ranking_ms.clear()

    def close(self) -> None:
        """Close the databases."""
        if self._reader is not None:
            self._reader.close()
            self._reader = None


def _verdict(marks: ArticleMarks) -> Verdict:
    return "like" if marks.is_liked else "dislike" if marks.is_disliked else ""
