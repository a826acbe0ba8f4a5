"""One thread for everything slow; results come back on Kivy's thread."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from kivy.clock import Clock

from edge_runtime import EdgeError

Result = TypeVar("Result")


class Worker:
    """Runs calls one after the other, in the order they were given."""

    def __init__(self, failed: Callable[[EdgeError], None]) -> None:
        """`failed` is told, on Kivy's thread, of every error the runtime raises; any other error stops the app."""
        self._failed = failed
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="reader")

    def run(self, call: Callable[[], Result], then: Callable[[Result], None]) -> None:
        """Call on the worker thread, then hand the result over on Kivy's."""

        def deliver(future: Future[Result]) -> None:
            error = future.exception()
            if isinstance(error, EdgeError):
                self._failed(error)
            else:
                then(future.result())

        future = self._pool.submit(call)
        future.add_done_callback(lambda done: Clock.schedule_once(lambda _dt: deliver(done)))

    def finish(self, last: Callable[[], None]) -> None:
        """Run one last call after all others and end the thread."""
        self._pool.submit(last).result()
        self._pool.shutdown()
