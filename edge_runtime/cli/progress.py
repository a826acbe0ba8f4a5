"""A bar on standard error while something long goes on; without a terminal nothing is printed."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from edge_runtime.cli.printing import clean_text, columns

BAR_COLUMNS = 24


@contextmanager
def progress_bar(steps: int) -> Iterator[Callable[[str], None]]:
    """A bar of so many steps. What it gives is called after each, with what was done; the bar goes when it ends."""
    if not (sys.stderr.isatty() and steps):
        yield lambda done: None
        return
    count = 0

    def draw(label: str) -> None:
        filled = BAR_COLUMNS * count // steps
        bar = f"[{'=' * filled}{' ' * (BAR_COLUMNS - filled)}] {count}/{steps} {clean_text(label)}"
        while columns(bar) >= shutil.get_terminal_size().columns:
            bar = bar[:-1]
        print(f"\r\033[K{bar}", end="", file=sys.stderr, flush=True)

    def step(done: str) -> None:
        nonlocal count
        count += 1
        draw(done)

    draw("")
    try:
        yield step
    finally:
        print("\r\033[K", end="", file=sys.stderr, flush=True)
