"""A thread that owns the reader: what the screen wants is done there, one after another, and the screen never waits."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from edge_runtime.reader import Reader

T = TypeVar("T")


class ReaderThread:
    """Opens a reader in a thread of its own, and closes it there."""

    def __init__(self, open_reader: Callable[[], Reader]) -> None:
        """Open it.

        Raises:
            EdgeError: As of `Reader.open`.
        """
        self._thread = ThreadPoolExecutor(1, "edge-news reader")
        try:
            self._reader = self._thread.submit(open_reader).result()
        except BaseException:
            self._thread.shutdown()
            raise

    def ask(self, job: Callable[[Reader], T]) -> Awaitable[T]:
        """What a job gives; if the caller is cancelled before it is begun, it is dropped."""
        return asyncio.wrap_future(self._thread.submit(job, self._reader))

    def keep(self, job: Callable[[Reader], T]) -> Awaitable[T]:
        """The same of a job that writes: it is done from now on, whatever becomes of the caller."""
        return asyncio.shield(self.ask(job))

    def close(self) -> None:
        """Finish what is to be kept, and close the reader."""
        self._thread.submit(self._reader.close).result()
        self._thread.shutdown()
