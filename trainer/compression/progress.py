"""A progress bar over rounds of training."""

from __future__ import annotations

from typing import Any

from tqdm import tqdm


class ProgressBar:
    """Shows what is trained now, and how far it is; on a terminal alone."""

    def __init__(self, name: str) -> None:
        """Take the name of the whole."""
        self._name = name
        self._bar: Any = None  # tqdm comes without types

    def __call__(self, title: str, done: int, of: int) -> None:
        """So many rounds are done, of so many."""
        if self._bar is None:
            self._bar = tqdm(desc=f"{self._name}: {title}", total=of, disable=None, leave=False)
        self._bar.update(done - self._bar.n)
        if done == of:
            self._bar.close()
            self._bar = None
