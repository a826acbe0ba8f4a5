"""How long work tells what it has done; who shows it is not its business."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

Progress = Callable[[int], object]  # told how many steps were done
Bar = Callable[[str, int], AbstractContextManager[Progress]]  # opens a progress bar with a title for so many steps
