"""A reader at work behind a front end: what every screen asks, in the language of who reads."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from time import perf_counter
from typing import TYPE_CHECKING

from edge_runtime import Article, ArticleMarks, Origin, Remedy, ScoredArticle, Signal, Wording
from edge_runtime.screens.marks import Marks, Verdict

if TYPE_CHECKING:
    from edge_runtime import Reader

Said = Callable[[Wording], str]  # a message that stays a while, and is said anew in another language


MOST_SCORED = 1_000  # of lists before the last one; a server runs for months


@dataclass(slots=True, kw_only=True)
class Reading:
    """What is said and done on any screen; used by the thread that opened the reader, one call after the other.

    What it records is on the disk before a method returns.
    """

    opened: Reader | None = None
    tr: Wording = field(default_factory=Wording)
    remedies: Mapping[Remedy, str] = field(default_factory=dict)  # how this front end words what helps
    ranking_ms: deque[float] = field(default_factory=lambda: deque(maxlen=50))  # how long the last rankings took
    _scored: dict[str, ScoredArticle] = field(default_factory=dict)  # by id, as ranked last; the latest at the end

    @property
    def reader(self) -> Reader:
        """The reader.

        Raises:
            RuntimeError: It is not open yet, or closed.
        """
        if self.opened is None:
            raise RuntimeError("the reader is not open: open it first")
        return self.opened

    def samples(self, now: datetime) -> frozenset[str]:
        """Ids of articles that are samples and no news; a front end that brings some says which."""
        return frozenset()

    def ranked(self, now: datetime, limit: int) -> list[ScoredArticle]:
        """The best of the cache; `mark_shown` knows them from now on."""
        began = perf_counter()
        scored = self.reader.feed(now, limit)
        self.ranking_ms.append((perf_counter() - began) * 1000)
        latest = {item.article.article_id: item for item in scored}
        known = [(name, item) for name, item in self._scored.items() if name not in latest]
        self._scored = dict(known[-MOST_SCORED:]) | latest
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

    def forget_lists(self) -> None:
        """What was ranked is of a reader that is not there any more."""
        self._scored = {}

    def close(self) -> None:
        """Close the databases."""
        if self.opened is not None:
            self.opened.close()
            self.opened = None


def _verdict(marks: ArticleMarks) -> Verdict:
    return "like" if marks.is_liked else "dislike" if marks.is_disliked else ""
