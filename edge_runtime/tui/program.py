"""What the program around the screen gives it: a reader, a clock, a browser, and the words that it has for things."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from edge_runtime.errors import EdgeError, Notice, Remedy
from edge_runtime.feeds.outcome import FeedOutcome, SyncOptions
from edge_runtime.reader import Reader
from edge_runtime.types import Origin, Signal


class Deeds(Protocol):
    """What a reader can do; each is done and told in a line. All are called in the reader's thread.

    Raises:
        EdgeError: It could not be done, and nothing was.
    """

    def record(
        self, reader: Reader, article_id: str, signal: Signal, now: datetime, origin: Origin = Origin.ELSEWHERE
    ) -> str: ...

    def mark(self, reader: Reader, article_id: str, now: datetime, *, is_read: bool) -> str: ...

    def unsave(self, reader: Reader, article_id: str) -> str: ...

    def undo(self, reader: Reader) -> str: ...


@dataclass(frozen=True, slots=True)
class Program:
    """The screen words nothing that the program has words for."""

    open_reader: Callable[[], Reader]  # called in the thread that uses the reader
    clock: Callable[[], datetime]  # UTC-aware
    how: SyncOptions
    deeds: Deeds
    told: Callable[[EdgeError | Notice], str]  # a fact with its remedy
    told_of_article: Callable[[str, Remedy | None, str], str]  # the same of an article, by its id
    synced: Callable[[Sequence[FeedOutcome]], str]  # what came of a sync, perhaps in several lines
    feed_name: Callable[[FeedOutcome], str]
    browse: Callable[[str], None]  # opens a web address; may use the terminal until it returns
