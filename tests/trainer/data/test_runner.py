"""Work in several processes goes on when one of them is killed."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from trainer.data.runner import LocalRunner
from trainer.errors import LogError

pytestmark = pytest.mark.usefixtures("slow")


def doubled(task: tuple[int, Path | None]) -> int:
    """Twice a number; the process that finds the file not there leaves it and dies."""
    number, mark = task
    if mark is not None and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return 2 * number


def deadly(_: int) -> int:
    os.kill(os.getpid(), signal.SIGKILL)
    return 0


def test_a_task_whose_process_is_killed_is_done_again_and_results_stay_in_order(tmp_path: Path):
    with LocalRunner(tmp_path, workers=2) as runner:
        tasks = [(number, tmp_path / "mark" if number == 3 else None) for number in range(8)]
        assert list(runner.map(doubled, tasks)) == [0, 2, 4, 6, 8, 10, 12, 14]


def test_processes_that_are_killed_again_and_again_are_told_in_a_sentence(tmp_path: Path):
    with LocalRunner(tmp_path, workers=2) as runner, pytest.raises(LogError, match="a process was killed 3 times"):
        list(runner.map(deadly, range(3)))
