"""A sync beside everything else: it has a reader of its own, so that articles can be read meanwhile."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from edge_runtime.feeds.outcome import FeedOutcome
from edge_runtime.tui.program import Program

WAIT_S = 2.0  # for a sync that is to stop


@dataclass(frozen=True, slots=True)
class SyncProgress:
    """How far a sync is."""

    done: int
    total: int  # feeds
    label: str = ""  # the feed that was done last


class BackgroundSync:
    """One sync in a thread."""

    def __init__(self, program: Program) -> None:
        """It is begun by `run`."""
        self._program = program
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    async def run(self, progress: Callable[[SyncProgress], None]) -> list[FeedOutcome]:
        """Fetch what is due.

        Args:
            progress: Called in the caller's thread, at the beginning and after each feed.

        Raises:
            EdgeError: As of `Reader.open` and `Reader.sync`.
        """
        loop = asyncio.get_running_loop()
        result: asyncio.Future[list[FeedOutcome]] = loop.create_future()

        def tell(found: list[FeedOutcome] | Exception) -> None:
            if result.done():
                return
            if isinstance(found, Exception):
                result.set_exception(found)
            else:
                result.set_result(found)

        def call(function: Callable[..., None], *arguments: object) -> None:
            with suppress(RuntimeError):  # the loop has ended meanwhile
                loop.call_soon_threadsafe(function, *arguments)

        def work() -> None:
            try:
                call(tell, self._sync(lambda step: call(progress, step)))
            except Exception as error:
                call(tell, error)

        # A daemon: what a slow server keeps waiting does not keep the program from ending.
        self._thread = threading.Thread(target=work, name="edge-news background sync", daemon=True)
        self._thread.start()
        return await result

    def stop(self) -> None:
        """End it after the feed at hand, and wait for that a little."""
        self._stop.set()
        if self._thread:
            self._thread.join(WAIT_S)

    def _sync(self, progress: Callable[[SyncProgress], None]) -> list[FeedOutcome]:
        with self._program.open_reader() as reader:
            progress(SyncProgress(0, len(reader.feeds.feeds())))

            def step(outcome: FeedOutcome) -> None:
                progress(SyncProgress(outcome.done, outcome.total, self._program.feed_name(outcome)))

            return reader.sync(self._program.clock(), self._program.how, step, stop=self._stop)
