"""Work of a sync that goes to and fro between the thread that asks servers and the one that owns the databases."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Sequence
from typing import Generic, Protocol, TypeVar

from edge_runtime.feeds.outcome import FeedOutcome

T = TypeVar("T")


class Left(Exception):
    """Nobody runs errands any more: the sync was stopped."""


class Errand(Generic[T]):
    """One thing to be done by the thread that owns the databases."""

    def __init__(self, do: Callable[[], T]) -> None:
        """It is not done yet."""
        self._do = do
        self._results: list[T] = []

    def run(self) -> None:
        """Do it."""
        self._results.append(self._do())

    def result(self) -> T:
        """What came of it.

        Raises:
            Left: It was not done.
        """
        if not self._results:
            raise Left
        return self._results[0]


Steps = Generator[Errand[object], None, T]


def done(do: Callable[[], T]) -> Steps[T]:
    """Hand out an errand, and wait for what comes of it."""
    errand = Errand(do)
    yield errand  # type: ignore[misc]  # whoever runs it does not look at its result
    return errand.result()


class Errands(Protocol):
    """Servers that are asked along with the feeds of a sync."""

    def run(self, stop: threading.Event) -> Steps[None]:
        """Ask them, and hand out what is to be done with their answers; in the thread that asks."""

    def has_answer(self) -> bool:
        """Whether one of them answered."""

    def outcomes(self) -> Sequence[FeedOutcome]:
        """What became of the feeds that they bring."""


class _NoErrands:
    """Of a sync that asks publishers alone."""

    def run(self, stop: threading.Event) -> Steps[None]:
        yield from ()

    def has_answer(self) -> bool:
        return False

    def outcomes(self) -> Sequence[FeedOutcome]:
        return ()


NO_ERRANDS: Errands = _NoErrands()
