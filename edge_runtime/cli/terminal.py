"""Which terminal a command was given in: each has a last list of its own."""

from __future__ import annotations

import os
import sys


def terminal() -> str:
    """What tells this terminal from all others; "" where there is none, as for a timer.

    The names of terminals are given again after they were closed, so the session stands beside them.
    """
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        try:
            return f"{os.ttyname(stream.fileno())} {os.getsid(0)}"
        except (OSError, ValueError):  # a pipe, a file, or something that a program put in its place
            continue
    # All three are redirected: terminals that have names of their own.
    return os.environ.get("TERM_SESSION_ID") or os.environ.get("TMUX_PANE") or ""
