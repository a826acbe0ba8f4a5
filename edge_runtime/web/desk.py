"""Where all pages are made: one reader at work, used by one thread, one request after the other."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from queue import SimpleQueue
from typing import TypeVar, cast

from edge_runtime.screens.reading import Reading

T = TypeVar("T")
_HOLDS_S = 60.0  # articles get older, and ages are written on the page
_REST_S = 2.0  # a sync changes something for each feed: what it brings need not be on the next page at once
_REST_SHARE = 10  # and making lists anew is at most so much of the time, on a slow device
_MOST_KEPT = 64


def clock() -> datetime:
    """Now."""
    return datetime.now(UTC)


class OneThread:
    """A thread that does what it is given, one after the other; whoever gives it waits."""

    def __init__(self) -> None:
        """Begin to wait for work."""
        self._waiting: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="desk", daemon=True)
        self._thread.start()

    def run(self, work: Callable[[], T]) -> T:
        """What the work gives, or raises."""
        done = threading.Event()
        given: list[T] = []
        raised: list[BaseException] = []

        def do() -> None:
            try:
                given.append(work())
            except BaseException as error:
                raised.append(error)
            done.set()

        self._waiting.put(do)
        done.wait()
        if raised:
            raise raised[0]
        return given[0]

    def end(self) -> None:
        """End, after all that was given before."""
        self._waiting.put(None)
        self._thread.join()

    def _work(self) -> None:
        while (do := self._waiting.get()) is not None:
            do()


@dataclass(slots=True)
class Desk:
    """A reader at work, and the time; what a browser wants to look like it says itself, by cookies."""

    reading: Reading
    now: Callable[[], datetime] = clock
    lock: threading.RLock = field(default_factory=threading.RLock)
    _thread: OneThread | None = None
    _kept: dict[Hashable, object] = field(default_factory=dict)
    _kept_of: tuple[tuple[int, ...], tuple[int, ...]] = ((), ())  # the reader's state
    _kept_at: float = 0.0  # when the first of them was made
    _cost_s: float = 0.0  # and how long it took

    def run(self, work: Callable[[], T]) -> T:
        """Do some work that nobody else is doing anything beside; what it raises comes out here."""
        if self._thread is not None:
            return self._thread.run(lambda: self._locked(work))
        return self._locked(work)

    def kept(self, key: Hashable, make: Callable[[], T]) -> T:
        """What was made for the same key before, while it is right; else it is made now. For handlers alone.

        What is done here shows at once, what other programs do within seconds.

        Args:
            key: All that the thing depends on but the reader's data: its name, language, length.
            make: Makes it. It changes nothing: what was seen is kept by the handler, whether this is called or not.
        """
        state, at = self.reading.reader.state(), time.monotonic()
        own, elsewhere = state
        age, rest = at - self._kept_at, max(_REST_S, _REST_SHARE * self._cost_s)
        is_changed = own != self._kept_of[0] or (elsewhere != self._kept_of[1] and age > rest)
        if is_changed or age > _HOLDS_S or len(self._kept) >= _MOST_KEPT:
            self._kept, self._kept_of, self._kept_at = {}, state, at
        if key not in self._kept:
            is_first, made = not self._kept, make()
            self._kept[key] = made
            if is_first:
                self._cost_s = time.monotonic() - at
        return cast(T, self._kept[key])

    def close(self) -> None:
        """Close the reader, after what is being done."""
        self.run(self.reading.close)
        if self._thread is not None:
            self._thread.end()

    def _locked(self, work: Callable[[], T]) -> T:
        with self.lock:
            return work()


def open_desk(open_reading: Callable[[], Reading], now: Callable[[], datetime] = clock) -> Desk:
    """A desk with a thread of its own: SQLite's connections belong to the thread that opened them.

    Args:
        open_reading: Called once, on that thread; what it raises comes out here.
        now: The time, UTC-aware.
    """
    thread = OneThread()
    try:
        return Desk(thread.run(open_reading), now, _thread=thread)
    except BaseException:
        thread.end()
        raise
