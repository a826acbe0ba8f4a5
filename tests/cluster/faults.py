"""What goes wrong in workers."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from trainer.data.prepare import OpenRunner
from trainer.errors import LogError


def dies_once(mark: Path, function: Callable[[Any], Any], task: Any) -> Any:
    """In a worker: do the task, but the first worker of all dies in the middle, its shard half written."""
    if not mark.exists():
        mark.touch()
        (mark.parent / "out.partial" / "shards" / "00000.arrow.half.partial").write_bytes(b"half a shard")
        os._exit(1)
    return function(task)


def no_use(task: int) -> int:
    raise LogError(f"{task}: of no use")


def always_dies(task: int) -> int:
    os._exit(1)


def dying_once(make: OpenRunner, mark: Path) -> OpenRunner:
    """The same runner, one of whose workers dies."""

    def opened(folder: Path) -> Any:
        runner: Any = make(folder)
        usual = runner.map
        runner.map = lambda function, tasks: usual(partial(dies_once, mark, function), tasks)
        return runner

    return opened


def wait_for(path: Path, job: subprocess.Popen[str]) -> None:
    until = time.monotonic() + 300
    while not path.exists():
        assert job.poll() is None, job.communicate()[0]
        assert time.monotonic() < until
        time.sleep(0.1)
