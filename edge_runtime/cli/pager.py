"""What is longer than the screen goes through the reader's pager, as git does it; everything else is printed."""

from __future__ import annotations

import contextlib
import os
import shlex
import shutil
import signal
import sys
from collections.abc import Iterable, Iterator

USUAL = "less"
# Quit if it fits after all, pass colours through, leave the text on the screen: what git asks of `less`.
_LESS = {"LESS": "FRX", "LV": "-c"}


def chosen_pager(configured: str | None) -> str:
    """The reader's pager: PAGER, else what the settings say, else `less`; "" is none."""
    return os.environ.get("PAGER", USUAL if configured is None else configured)


def show_paged(lines: Iterable[str], pager: str | None = None, rows: int | None = None) -> None:
    """Print lines, or show them in a pager if there are more than a terminal has rows.

    A pager that is not there, or is "" or `cat`, prints them.

    Args:
        lines: Without line ends; they may have colours.
        rows: Of the screen that they take; as many as there are lines if not given.
        pager: A command with its arguments, which no shell sees; None is `chosen_pager`.
    """
    lines = list(lines)
    text = "\n".join(lines) + "\n"
    command = _words(chosen_pager(None) if pager is None else pager)
    has_room = (len(lines) if rows is None else rows) < shutil.get_terminal_size().lines
    fits = has_room or not sys.stdout.isatty() or os.environ.get("TERM") == "dumb"
    if fits or command in ([], ["cat"]) or not _is_shown(text, command):
        print(text, end="", flush=True)


def _words(command: str) -> list[str]:
    try:
        return shlex.split(command)
    except ValueError:  # a quote without its other one
        return []


def _is_shown(text: str, command: list[str]) -> bool:
    """Whether the pager could be started; what it does then is the reader's affair."""
    import subprocess  # loaded here: most lists are printed

    sys.stdout.flush()
    try:
        process = subprocess.Popen(command, stdin=subprocess.PIPE, env={**_LESS, **os.environ})
    except OSError:
        return False
    with _interrupts_left_to_the_pager(), process, contextlib.suppress(BrokenPipeError):
        process.communicate(text.encode(sys.stdout.encoding or "utf-8", "replace"))
    return True


@contextlib.contextmanager
def _interrupts_left_to_the_pager() -> Iterator[None]:
    """Ctrl-C ends a search in the pager, not the program behind it."""
    try:
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    except ValueError:  # not the main thread, which alone hears of it
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
