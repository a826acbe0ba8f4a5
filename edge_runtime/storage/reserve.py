"""Some disk space kept aside: SQLite needs a little of it even to delete, and a full disk has none."""

from __future__ import annotations

import os
from pathlib import Path

RESERVE = "reserve"
RESERVE_BYTES = 1 << 20  # the journal of one step of `ArticleCache.evict` fits in


def keep_reserve(directory: Path) -> bool:
    """Fill the reserve; False if the disk has no space for it, which stops nobody from reading."""
    if not os.access(directory, os.W_OK):
        return False
    reserve = directory / RESERVE
    try:
        if not reserve.exists() or reserve.stat().st_size < RESERVE_BYTES:
            reserve.touch(mode=0o600)
            reserve.write_bytes(bytes(RESERVE_BYTES))
    except OSError:
        spend_reserve(directory)
        return False
    return True


def spend_reserve(directory: Path) -> None:
    """Give its space back to the disk."""
    (directory / RESERVE).unlink(missing_ok=True)
