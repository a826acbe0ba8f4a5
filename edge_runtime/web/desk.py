"""Where all pages are made: one reader at work, used by one thread, one request after the other."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeVar

from edge_runtime.screens.reading import Reading

T = TypeVar("T")


def clock() -> datetime:
    """Now."""
    return datetime.now(UTC)


@dataclass(slots=True)
class Desk:
    """A reader at work, and the time; what a browser wants to look like it says itself, by cookies."""

    reading: Reading
    now: Callable[[], datetime] = clock
    lock: threading.RLock = field(default_factory=threading.RLock)
    _thread: ThreadPoolExecutor | None = None

    def run(self, work: Callable[[], T]) -> T:
        """Do some work that nobody else is doing anything beside; what it raises comes out here."""
        if self._thread is not None:
            return self._thread.submit(self._locked, work).result()
        return self._locked(work)

    def close(self) -> None:
        """Close the reader, after what is being done."""
        self.run(self.reading.close)
        if self._thread is not None:
            self._thread.shutdown()

    def _locked(self, work: Callable[[], T]) -> T:
        with self.lock:
            return work()


def open_desk(open_reading: Callable[[], Reading], now: Callable[[], datetime] = clock) -> Desk:
    """A desk with a thread of its own: SQLite's connections belong to the thread that opened them.

    Args:
        open_reading: Called once, on that thread; what it raises comes out here.
        now: The time, UTC-aware.
    """
    thread = ThreadPoolExecutor(1, "desk")
    try:
        return Desk(thread.submit(open_reading).result(), now, _thread=thread)
    except BaseException:
        thread.shutdown()
        raise
