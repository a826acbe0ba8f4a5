"""The app's dealings with the runtime; every method runs on the one thread that owns the Reader."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from android_demo.core.article import ArticlePage, article_page
from android_demo.core.feed import FIRST_ROWS, MORE_ROWS, FeedRow, feed_rows, last_verdicts
from android_demo.core.interests import InterestsPage, interests_page
from android_demo.core.why import WhySheet, why_sheet
from edge_runtime import Article, Origin, Reader, ScoredArticle, Signal, demo_articles

FirstArticles = Callable[[datetime], list[Article]]


@dataclass(frozen=True, slots=True)
class Ranking:
    """The beginning of the feed as the runtime ranks it at one moment: what no cache's size makes longer."""

    rows: tuple[FeedRow, ...] = ()  # best first
    verdicts: Mapping[str, str] = field(
        default_factory=dict
    )  # the newest like or dislike given to an article, by its id
    opened: frozenset[str] = frozenset()  # ids
    has_samples: bool = False
    is_all: bool = True  # nothing is ranked behind the last row


class Session:
    """One Reader, opened by `start`; what it records is on the disk before a method returns."""

    def __init__(self, data_dir: Path, bundle: Path | None, first_articles: FirstArticles) -> None:
        """Nothing is opened yet: SQLite wants its connections used by the thread that opened them."""
        self._data_dir = data_dir
        self._bundle = bundle
        self._first_articles = first_articles
        self._sample_ids: frozenset[str] = frozenset()
        self._reader: Reader | None = None
        self._scored: dict[str, ScoredArticle] = {}  # by id, as ranked last; lists grow by hundreds

    def start(self, now: datetime) -> Ranking:
        """Open the reader, fill a cache that is empty, and rank.

        Raises:
            EdgeError: This device cannot rank; the message says why. `start` can be called again.
        """
        if self._reader is None:
            self._reader = Reader.open(self._data_dir, self._bundle)
        self._sample_ids = frozenset(article.article_id for article in demo_articles(now))
        if not self._reader.count():
            self._reader.add(self._first_articles(now), now)
        return self.rank(now)

    @property
    def reader(self) -> Reader:
        """The reader that `start` opened.

        Raises:
            RuntimeError: It was not called yet, or the session is closed.
        """
        if self._reader is None:
            raise RuntimeError("the session is not open: call start() first")
        return self._reader

    def rank(self, now: datetime, shown: Sequence[str] = ()) -> Ranking:
        """The best of the cache: as many as are shown, and some more.

        Args:
            now: UTC-aware.
            shown: Ids of the articles that the list shows, from its top.
        """
        limit = max(len(shown), FIRST_ROWS) + 2 * MORE_ROWS
        scored, events = self.reader.feed(now, limit), self.reader.profile().events
        self._scored |= {item.article.article_id: item for item in scored}
        verdicts = last_verdicts(events)
        return Ranking(
            tuple(feed_rows(scored, verdicts, now, {name: place for place, name in enumerate(shown)})),
            verdicts,
            frozenset(event.article.article_id for event in events if event.signal is Signal.OPEN),
            any(item.article.article_id in self._sample_ids for item in scored),
            len(scored) < limit,
        )

    def mark_shown(self, article_ids: Sequence[str], at: datetime) -> None:
        """Keep which articles of the feed were in sight."""
        self.reader.mark_shown([self._scored[name] for name in article_ids if name in self._scored], at)

    def record(self, article_id: str, signal: Signal, at: datetime, shown: Sequence[str]) -> Ranking:
        """Keep what the reader did with an article of the feed, and rank anew."""
        self.reader.record(article_id, signal, at, origin=Origin.FEED)
        return self.rank(at, shown)

    def open_article(self, article_id: str, at: datetime, shown: Sequence[str]) -> tuple[ArticlePage, Ranking]:
        """Keep that the reader opened an article; its page, and the ranking after it."""
        page = article_page(self.reader.article(article_id), at)
        return page, self.record(article_id, Signal.OPEN, at, shown)

    def why(self, article_id: str, now: datetime) -> WhySheet:
        """Why an article stands where it stands."""
        return why_sheet(self.reader.explain(article_id, now))

    def interests(self, now: datetime) -> InterestsPage:
        """What the device knows of its reader."""
        return interests_page(self.reader.profile(), now)

    def erase(self, now: datetime) -> tuple[InterestsPage, Ranking]:
        """Forget the reader; the empty page, and the ranking without a profile."""
        self.reader.erase()
        self._scored = {}
        return self.interests(now), self.rank(now)

    def close(self) -> None:
        """Close the databases."""
        if self._reader is not None:
            self._reader.close()
            self._reader = None
