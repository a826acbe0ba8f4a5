"""One run at a time in a folder, whatever process it is of."""

from __future__ import annotations

import gc
import subprocess
import sys
from dataclasses import dataclass

import pytest

from trainer.errors import TrainerError
from trainer.run.folder_lock import LOCK_FILE, alone_in, lock_folder
from trainer.run.workspace import Workspace

HOLD = (
    "import sys, pathlib; from trainer.run.folder_lock import lock_folder\n"
    "lock = lock_folder(pathlib.Path(sys.argv[1])); print('held', flush=True); sys.stdin.read()"
)


@dataclass(frozen=True)
class Found:
    number: int


def at_work(folder):
    """A run with a stage that is done."""
    run = Workspace(folder)
    run.run("look", "key", folder, Found, lambda: Found(1))
    return run


def test_a_second_process_is_refused_by_name_until_the_first_has_ended(tmp_path):
    command = [sys.executable, "-c", HOLD, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout and other.stdout.readline() == b"held\n"
        with pytest.raises(TrainerError, match=rf"another run is at work in this folder \(process {other.pid}\); wait"):
            at_work(tmp_path)
        with pytest.raises(TrainerError, match="another run"), alone_in(tmp_path):
            pass
        other.kill()  # nothing is left that would have to be cleared away
    with alone_in(tmp_path):
        at_work(tmp_path)


def test_the_same_process_may_open_a_folder_again(tmp_path):
    first, second = at_work(tmp_path), at_work(tmp_path)
    del first
    assert lock_folder(tmp_path) is lock_folder(tmp_path / ".." / tmp_path.name)
    assert second


def test_what_is_finished_is_read_beside_a_run_that_is_at_work(tmp_path):
    at_work(tmp_path)
    gc.collect()
    command = [sys.executable, "-c", HOLD, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout and other.stdout.readline() == b"held\n"
        assert Workspace(tmp_path).run("look", "key", tmp_path, Found, lambda: Found(2)) == Found(1)
        other.kill()


def test_a_folder_is_given_up_with_the_last_that_holds_it(tmp_path):
    with alone_in(tmp_path):
        pass
    gc.collect()
    command = [sys.executable, "-c", HOLD, str(tmp_path)]
    assert subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True).stdout == b"held\n"


def test_a_folder_that_cannot_be_written_is_refused(tmp_path):
    (tmp_path / "file").touch()
    message = r"file/run: cannot be written: Not a directory; choose another --out"
    with pytest.raises(TrainerError, match=message), alone_in(tmp_path / "file" / "run"):
        pass
    (tmp_path / LOCK_FILE).mkdir()
    with pytest.raises(TrainerError, match=r"cannot be used for a run: Is a directory; choose another --out"):
        at_work(tmp_path)
