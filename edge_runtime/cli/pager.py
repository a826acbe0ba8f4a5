"""A text that is longer than the screen goes through the reader's pager."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from edge_runtime.cli.printing import Screen, columns

USUAL_PAGER = "less"
# For a pager that is not told otherwise: it ends where all fits, shows colours, and leaves the text on the screen.
USUAL_OPTIONS = {"LESS": "FRX", "LV": "-c"}


def show_paged(screen: Screen, facts: Mapping[str, Any], lines: Sequence[str], *, may_page: bool = True) -> None:
    """Print as `Screen.show` does, or through the pager where standard output is a terminal that the text outgrows.

    The pager is $PAGER, else less. Empty or "cat" is none, and one that cannot be started is none too.
    """
    wants_pager = may_page and not screen.is_json and sys.stdout.isatty() and _is_long(lines)
    if not (wants_pager and _paged("\n".join(lines))):
        screen.show(facts, lines)


def _is_long(lines: Sequence[str]) -> bool:
    size = shutil.get_terminal_size()
    rows = sum(max(1, -(-columns(line) // max(1, size.columns))) for line in lines)
    return rows >= size.lines  # the prompt takes one


def _paged(text: str) -> bool:
    """Whether a pager has shown the text."""
    command = _command()
    if not command or os.environ.get("TERM", "dumb") == "dumb":
        return False
    data = f"{text}\n".encode(sys.stdout.encoding, "replace")
    try:
        pager = subprocess.Popen(command, stdin=subprocess.PIPE, env={**USUAL_OPTIONS, **os.environ})
    except OSError:
        return False
    # An interrupt is for the pager, which has its own use for it.
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        pager.communicate(data)
    finally:
        signal.signal(signal.SIGINT, before)
    return True


def _command() -> list[str]:
    try:
        command = shlex.split(os.environ.get("PAGER", USUAL_PAGER))
    except ValueError:  # a quote that is never closed
        return []
    return [] if command == ["cat"] else command
