"""The work as tasks of Ray, on this machine or on those of a cluster that runs already.

Ray's tasks, not its data sets: rows are shared through files, so a lost machine takes no rows with it.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from trainer.clusters.cluster_runner import ClusterRunner, Outcome, package_folders
from trainer.data.runner import ATTEMPTS, Task
from trainer.errors import ClusterError

# Of an engine on this machine: room for the pieces of the log that are under way.
OBJECT_STORE_BYTES = 128 * 2**20
OBJECT_STORE_BYTES_A_CORE = 16 * 2**20


class RayRunner(ClusterRunner):
    """Tasks of Ray."""

    def __init__(self, folder: Path, address: str | None = None) -> None:
        """Start nothing yet.

        Args:
            folder: See `FolderRunner`; for a cluster, on storage that all its machines have at the same path.
            address: "host:port" of a cluster's head; if not given, an engine is started on this machine.
        """
        super().__init__(folder)
        self._address = address
        self._is_ours = False

    def __enter__(self) -> RayRunner:
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
        import ray

        self._ray: Any = ray
        if not ray.is_initialized():
            self._is_ours = True
            self._start()
        return self

    def __exit__(self, *failure: object) -> None:
        if self._is_ours:
            self._ray.shutdown()

    def _start(self) -> None:
        quiet = {"log_to_driver": False, "logging_level": "ERROR"}
        try:
            if self._address is None:
                room = OBJECT_STORE_BYTES + (os.cpu_count() or 1) * OBJECT_STORE_BYTES_A_CORE
                self._ray.init(address="local", include_dashboard=False, object_store_memory=room, **quiet)
            else:
                code = {"py_modules": [str(folder) for folder in package_folders()]}
                self._ray.init(address=self._address, runtime_env=code, **quiet)
        except Exception as error:  # the library raises RuntimeError, ConnectionError, ValueError and its own
            raise ClusterError(_why_not(self._address, self._ray.__version__, error)) from error

    def _outcomes(self, function: Callable[[Task], Outcome], tasks: Iterable[Task]) -> Iterator[Outcome]:
        ray = self._ray
        call = ray.remote(max_retries=ATTEMPTS - 1)(_call)
        shipped = ray.put(function)
        waiting: deque[Any] = deque()
        try:
            for task in tasks:
                waiting.append(call.remote(shipped, task))
                if len(waiting) > 2 * ray.cluster_resources().get("CPU", 1):
                    yield ray.get(waiting.popleft())
            while waiting:
                yield ray.get(waiting.popleft())
        except ray.exceptions.RayError as error:
            reason = str(error).strip().partition("\n")[0]
            raise ClusterError(f"Ray lost a task {ATTEMPTS} times: {reason}; see the logs of its machines") from error


def _call(function: Callable[[Task], Outcome], task: Task) -> Outcome:
    return function(task)


def _why_not(address: str | None, version: str, error: Exception) -> str:
    reason = " ".join(str(error).split())
    place = address or "this machine"
    if "ersion mismatch" in reason:
        return (
            f"{place}: runs another version of Ray or Python than this one, Ray {version}: {reason}; install the same"
        )
    if "token" in reason.lower():
        return f"{place}: Ray refuses the token: {reason}; set RAY_AUTH_MODE and RAY_AUTH_TOKEN_PATH as on its machines"
    return f"{place}: Ray does not start: {reason}; see docs/scale.md"
