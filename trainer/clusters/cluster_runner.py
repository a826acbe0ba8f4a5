"""What all runners on many machines do alike: a common folder, failures that keep their class, our own packages."""

from __future__ import annotations

import os
import pickle
import socket
import uuid
from abc import abstractmethod
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path

from trainer.data.runner import FolderRunner, Result, Task, start_worker
from trainer.errors import ClusterError

SHIPPED = ("trainer", "edge_runtime")  # packages whose code other machines get from this one


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a task gave, or why it failed. An engine would retry what it raises, and lose its class."""

    value: object
    failure: Exception | None


class ClusterRunner(FolderRunner):
    """Tasks run wherever the engine sees fit. Log and folder lie on storage that all machines have at the same path."""

    def map(self, function: Callable[[Task], Result], tasks: Iterable[Task]) -> Iterator[Result]:
        """See `Runner`.

        Raises:
            ClusterError: A machine does not see the folder, or workers are lost again and again.
        """
        mark = self._folder.parent / f"here-{uuid.uuid4().hex}.partial"
        mark.touch()
        try:
            for outcome in self._outcomes(partial(attempt, mark, Path.cwd(), function), tasks):
                if outcome.failure is not None:
                    raise outcome.failure
                yield outcome.value  # type: ignore[misc]  # of `function`, through the engine
        finally:
            mark.unlink(missing_ok=True)

    @abstractmethod
    def _outcomes(self, function: Callable[[Task], Outcome], tasks: Iterable[Task]) -> Iterator[Outcome]:
        """Call a function for each task, in order; begin a task again whose worker is lost."""


def attempt(mark: Path, folder: Path, function: Callable[[Task], Result], task: Task) -> Outcome:
    """In a worker: do a task.

    Args:
        mark: A file that the caller has just made, on storage that this machine must have too.
        folder: The caller's, for paths that are relative to it.
        function: To call.
        task: Its argument.
    """
    if not mark.exists():
        return Outcome(
            None,
            ClusterError(
                f"{socket.gethostname()}: does not see {mark.parent}, where the dataset is written; choose a folder "
                "on storage that all machines have at the same path"
            ),
        )
    start_worker()
    if folder.is_dir():
        os.chdir(folder)
    try:
        return Outcome(function(task), None)
    except Exception as error:
        return Outcome(None, _portable(error))


def package_folders() -> list[Path]:
    """Where the packages lie that other machines need."""
    found = [find_spec(name) for name in SHIPPED]
    return [Path(spec.origin).parent for spec in found if spec is not None and spec.origin]


def _portable(error: Exception) -> Exception:
    """The error itself, unless it cannot travel."""
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:
        return ClusterError(f"{socket.gethostname()}: {type(error).__name__}: {error}")
    return error
