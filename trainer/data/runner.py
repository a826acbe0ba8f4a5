"""What runs the two pure functions over a log: `parse` over its pieces, `build` over buckets of readers.

Here a pool of processes on one machine does; `trainer.clusters` has runners that use many machines. All share rows by
bucket, never by reader: a group for each reader would be thousands of times as many.
"""

from __future__ import annotations

import itertools
import multiprocessing
import os
import sys
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any, Protocol, TypeVar

import pyarrow as pa

from trainer.data.bad_lines import BadLines
from trainer.data.log_rows import Parsed
from trainer.data.spill import merge_spills, read_bucket, write_spill
from trainer.errors import LogError

Task = TypeVar("Task")
Result = TypeVar("Result")
ATTEMPTS = 3  # to do a task whose process is killed
MOST_FILES = 256  # that a bucket's rows are read from: as many reads take a tenth of the bucket's time
MERGED = 32  # files that become one where there are more


class Runner(Protocol):
    """Runs functions that can be pickled; the results come in the order of the tasks."""

    def spill(
        self, parse: Callable[[Task], Iterable[Parsed]], tasks: Iterable[Task], num_buckets: int
    ) -> Iterator[BadLines]:
        """Parse the pieces of a log and put each row into its reader's bucket.

        Yields:
            For each piece what could not be used.
        """

    def build(self, make: Callable[[int, Iterable[pa.Table]], Result]) -> Iterator[Result]:
        """Call a function for each bucket with its number and its rows, in any pieces."""

    def map(self, function: Callable[[Task], Result], tasks: Iterable[Task]) -> Iterator[Result]:
        """Call a function for each task."""


class FolderRunner(ABC):
    """Buckets lie in a folder that all workers see, so a runner is little more than its `map`."""

    def __init__(self, folder: Path) -> None:
        """Start nothing yet.

        Args:
            folder: For files that are of no use afterwards; there and empty.
        """
        self._folder = folder
        self._spilled: list[Path] = []
        self._num_buckets = 0

    def spill(
        self, parse: Callable[[Task], Iterable[Parsed]], tasks: Iterable[Task], num_buckets: int
    ) -> Iterator[BadLines]:
        """See `Runner`."""
        self._num_buckets = num_buckets
        yield from self.map(partial(_spill, parse, num_buckets), self._with_paths(tasks))

    def build(self, make: Callable[[int, Iterable[pa.Table]], Result]) -> Iterator[Result]:
        """See `Runner`."""
        for level in itertools.count():
            if len(self._spilled) <= MOST_FILES:
                break
            self._merge(level)
        yield from self.map(partial(_build, make, self._spilled), range(self._num_buckets))

    @abstractmethod
    def map(self, function: Callable[[Task], Result], tasks: Iterable[Task]) -> Iterator[Result]:
        """See `Runner`. A task may be begun more than once; few are under way at a time."""

    def _merge(self, level: int) -> None:
        """Make fewer files; each goes when what it is part of is whole."""
        groups = [self._spilled[first : first + MERGED] for first in range(0, len(self._spilled), MERGED)]
        tasks = [(group, self._folder / f"merged-{level}-{number:06d}.arrow") for number, group in enumerate(groups)]
        for (group, _), _ in zip(tasks, self.map(_merge, tasks), strict=True):
            for path in group:
                path.unlink()
        self._spilled = [merged for _, merged in tasks]

    def _with_paths(self, tasks: Iterable[Task]) -> Iterator[tuple[Task, Path]]:
        for number, task in enumerate(tasks):
            self._spilled.append(self._folder / f"spill-{number:06d}.arrow")
            yield task, self._spilled[-1]


class LocalRunner(FolderRunner):
    """Some processes, or this one alone."""

    def __init__(self, folder: Path, workers: int | None = None) -> None:
        """Start nothing yet.

        Args:
            folder: See `FolderRunner`.
            workers: Processes; 1 works in this one; one a core, at most 8, if not given.
        """
        super().__init__(folder)
        self._workers = workers or min(os.cpu_count() or 1, 8)
        self._executor: ProcessPoolExecutor | None = None

    def __enter__(self) -> LocalRunner:
        return self

    def __exit__(self, *failure: object) -> None:
        if self._executor is not None:
            self._executor.shutdown(cancel_futures=True)

    def map(self, function: Callable[[Task], Result], tasks: Iterable[Task]) -> Iterator[Result]:
        """See `Runner`. Few tasks are under way at a time.

        Raises:
            LogError: Processes are killed again and again.
        """
        if self._workers == 1:
            yield from map(function, tasks)
            return
        waiting: list[tuple[Task, Future[Result]]] = []
        for task in tasks:
            waiting.append((task, self._submit(function, task)))
            if len(waiting) > self._workers:
                yield self._result(function, waiting)
        while waiting:
            yield self._result(function, waiting)

    def _submit(self, function: Callable[[Task], Result], task: Task) -> Future[Result]:
        if self._executor is None:
            # Spawned: forking a process in which TensorFlow runs can hang.
            self._executor = ProcessPoolExecutor(self._workers, multiprocessing.get_context("spawn"), start_worker)
        with no_main_module():  # the executor starts its processes here
            return self._executor.submit(_call, function, task)

    def _result(self, function: Callable[[Task], Result], waiting: list[tuple[Task, Future[Result]]]) -> Result:
        """The first result; where a process was killed, what is under way is begun again with new ones."""
        for _ in range(ATTEMPTS):
            try:
                result = waiting[0][1].result()
            except BrokenProcessPool:
                if self._executor is not None:
                    self._executor.shutdown()
                self._executor = None
                waiting[:] = [(task, self._submit(function, task)) for task, _ in waiting]
                continue
            del waiting[0]
            return result
        raise LogError(
            f"a process was killed {ATTEMPTS} times, as the system does when memory is short; work with fewer processes"
        )


def _spill(parse: Callable[[Task], Iterable[Parsed]], num_buckets: int, task: tuple[Task, Path]) -> BadLines:
    parsed = list(parse(task[0]))
    write_spill([one.rows for one in parsed], num_buckets, task[1])
    bad = parsed[0].bad if parsed else BadLines("")
    for more in parsed[1:]:
        bad.merge(more.bad)
    return bad


def _merge(task: tuple[Sequence[Path], Path]) -> None:
    merge_spills(*task)


def _build(make: Callable[[int, Iterable[pa.Table]], Result], spilled: list[Path], number: int) -> Result:
    return make(number, read_bucket(spilled, number))


def start_worker() -> None:
    """In a worker, before its first task: one thread, and no memory kept."""
    pa.set_cpu_count(1)
    pa.set_io_thread_count(1)
    # The default pool keeps a third more of what was freed, at the same speed.
    pa.set_memory_pool(pa.system_memory_pool())


def _call(function: Callable[[Task], Result], task: Task) -> Result:
    """In a worker: give memory back before the next task, for the others."""
    result = function(task)
    pa.default_memory_pool().release_unused()
    return result


@contextmanager
def no_main_module() -> Iterator[None]:
    """Let processes that are spawned now run nothing of the caller's.

    A spawned process runs the program's main module again. A script that calls `prepare` at its top level would then
    call it in each process anew, and a command line would load all that it could need.
    """
    main: Any = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main
