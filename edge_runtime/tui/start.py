"""Begins and ends the screen, and gives it the terminal."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator

from edge_runtime.tui.app import NewsApp
from edge_runtime.tui.program import Program
from edge_runtime.tui.reader_thread import ReaderThread

_STDERR = 2


def run_screen(program: Program) -> int:
    """Show the screen on the terminal of standard output until the reader leaves it.

    Returns:
        0, or 1 if a fault ended it, which was printed.

    Raises:
        EdgeError: The reader could not be opened.
    """
    thread = ReaderThread(program.open_reader)
    try:
        with _own_terminal():
            app = NewsApp(program, thread)
            app.run()
            app.stop_sync()
            return app.return_code or 0
    finally:
        thread.close()


@contextlib.contextmanager
def _own_terminal() -> Iterator[None]:
    """The screen alone writes to the terminal; what anything else has to say comes after it.

    Textual draws on `sys.__stderr__`, where an interpreter of models writes its notes, and where these are caught: what
    is drawn meanwhile would come late and in pieces.
    """
    with contextlib.ExitStack() as opened:
        terminal = opened.enter_context(os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8", newline=""))
        said = opened.enter_context(tempfile.TemporaryFile())
        before, stream = os.dup(_STDERR), sys.__stderr__
        sys.__stderr__ = terminal  # type: ignore[misc]
        os.dup2(said.fileno(), _STDERR)
        try:
            yield
        finally:
            sys.__stderr__ = stream  # type: ignore[misc]
            os.dup2(before, _STDERR)
            os.close(before)
            said.seek(0)
            if words := said.read():
                os.write(_STDERR, words)
