"""A clock that nobody sets: how long this machine has been on, and since which start."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True, slots=True)
class SteadyTime:
    """A reading; two of the same boot tell the real seconds between them, however the clock was set meanwhile."""

    boot: str  # another one after each start
    seconds: float  # since the start, sleep included


def steady_time() -> SteadyTime | None:
    """The reading now; None on systems that do not tell both (Linux does)."""
    try:
        return SteadyTime(_BOOT_ID.read_text("ascii").strip(), time.clock_gettime(time.CLOCK_BOOTTIME))
    except (OSError, AttributeError):
        return None
