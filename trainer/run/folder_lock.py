"""One run at a time in a folder: two would write into each other's files."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
from collections.abc import Iterator
from pathlib import Path
from weakref import WeakValueDictionary

from trainer.errors import TrainerError

try:
    import fcntl
except ImportError:  # Windows has no such locks: there nobody is kept out
    fcntl = None  # type: ignore[assignment]

LOCK_FILE = "run.lock"


class FolderLock:
    """A folder that this process works in, for as long as the object is kept; the system gives it up at any end."""

    def __init__(self, folder: Path) -> None:
        """Take it; use `lock_folder`, for a process that holds it already may have it again.

        Raises:
            OSError: The file of the lock cannot be made.
            TrainerError: Another process has it.
        """
        self._number = os.open(folder / LOCK_FILE, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            fcntl.flock(self._number, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(self._number, 32, 0).decode("ascii", "replace").strip()
            os.close(self._number)
            self._number = -1
            by = f" (process {holder})" if holder.isdigit() else ""
            raise TrainerError(
                f"{folder}: another run is at work in this folder{by}; wait for it, or give another --out"
            ) from None
        except OSError:  # a file system without locks
            return
        with contextlib.suppress(OSError):  # on a full disk nobody is told who has it
            os.ftruncate(self._number, 0)
            os.pwrite(self._number, f"{os.getpid()}\n".encode(), 0)

    def __del__(self) -> None:
        if getattr(self, "_number", -1) >= 0:
            os.close(self._number)


_held: WeakValueDictionary[Path, FolderLock] = WeakValueDictionary()


def lock_folder(folder: Path) -> FolderLock | None:
    """Keep other processes out of a folder that is there, for as long as what is returned is kept.

    Returns:
        The lock, shared by all in this process who ask for the same folder. None where the system has no locks, and in
        a process that works for another one: that holds it.

    Raises:
        OSError: The folder cannot be written.
        TrainerError: Another process works in it.
    """
    if fcntl is None or multiprocessing.parent_process() is not None:
        return None
    folder = folder.resolve()
    lock = _held.get(folder)
    if lock is None:
        lock = _held[folder] = FolderLock(folder)
    return lock


@contextlib.contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Make a folder, and work in it alone.

    Raises:
        TrainerError: It cannot be written, or another process works in it.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = lock_folder(folder)
    except OSError as error:
        raise TrainerError(f"{folder}: cannot be written: {error.strerror or error}; choose another --out") from error
    yield
    del lock
