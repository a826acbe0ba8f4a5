"""Keeps an interpreter's notes for its developers off standard error, where they would stand above every list."""

from __future__ import annotations

import contextlib
import os
import tempfile
import threading
from collections.abc import Iterator

_STDERR = 2
# Standard error belongs to the whole process: two that put it aside at once would give back the wrong one.
_LOCK = threading.Lock()


@contextlib.contextmanager
def without_notes() -> Iterator[None]:
    """Drop the lines that begin with INFO of what is written to standard error; the rest comes when the block ends.

    The notes are of C++ code, which no setting of the Python packages reaches. Where standard error is closed, or no
    temporary file can be had, nothing is dropped.
    """
    with _LOCK, contextlib.ExitStack() as opened:
        try:
            written = opened.enter_context(tempfile.TemporaryFile())
            before = os.dup(_STDERR)
        except OSError:
            yield
            return
        try:
            os.dup2(written.fileno(), _STDERR)
            yield
        finally:
            os.dup2(before, _STDERR)
            os.close(before)
            written.seek(0)
            if kept := b"".join(line for line in written if not line.startswith(b"INFO:")):
                os.write(_STDERR, kept)
