"""Locks of the file system: whether it has any, and being alone in a directory."""

from __future__ import annotations

import errno
import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path


def has_locks(directory: Path) -> bool:
    """Whether programs can lock files of a directory; what cannot be found out counts as yes.

    A file of its own is asked: to close one of SQLite's would drop the locks that this process holds on it.
    """
    try:
        with tempfile.TemporaryFile(dir=directory) as file:
            return _can_be_locked(file.fileno())
    except OSError:
        pass
    try:
        opened = os.open(directory, os.O_RDONLY)
    except OSError:
        return True
    try:
        return _can_be_locked(opened)
    finally:
        os.close(opened)


@contextmanager
def alone_in(directory: Path) -> Iterator[None]:
    """Hold a directory against other programs that ask for it in this way; without locks nobody waits."""
    with ExitStack() as held:
        with suppress(OSError):
            opened = os.open(directory, os.O_RDONLY)
            held.callback(os.close, opened)
            fcntl.flock(opened, fcntl.LOCK_EX)
        yield


def _can_be_locked(descriptor: int) -> bool:
    try:
        fcntl.lockf(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError as error:
        return error.errno in (errno.EACCES, errno.EAGAIN)
    return True
