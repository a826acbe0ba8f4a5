"""A log of the app's own faults: where in the code each happened and when, and nothing of what was read."""

from __future__ import annotations

import traceback
from contextlib import suppress
from datetime import datetime
from pathlib import Path

FILE_NAME = "faults.log"
MOST_BYTES = 32 << 10  # then the older half goes
MOST_FRAMES = 12


def log_fault(data_dir: Path, error: BaseException, at: datetime) -> None:
    """Keep a fault; where it cannot be kept, nothing else happens.

    The message of an error is left out, as it may hold a title or an address.

    Args:
        data_dir: Where the log lies.
        error: What was raised.
        at: When.
    """
    path = data_dir / FILE_NAME
    with suppress(OSError):
        data_dir.mkdir(parents=True, exist_ok=True)
        before = path.read_bytes() if path.exists() else b""
        if len(before) > MOST_BYTES:
            before = before[-MOST_BYTES // 2 :].partition(b"\n\n")[2]
        path.write_bytes(before + fault_in_lines(error, at).encode("utf-8", "replace"))


def fault_in_lines(error: BaseException, at: datetime) -> str:
    """Kinds of errors and places in the code, innermost last; an empty line ends it."""
    lines = [f"{at:%Y-%m-%d %H:%M:%S} {_chain(error)}"]
    for frame in traceback.extract_tb(error.__traceback__)[-MOST_FRAMES:]:
        lines.append(f"  {_within_packages(frame.filename)}:{frame.lineno} {frame.name}")
    return "\n".join(lines) + "\n\n"


def _chain(error: BaseException) -> str:
    names, one = [], error
    while one is not None and len(names) < MOST_FRAMES:
        names.append(type(one).__name__)
        one = one.__cause__  # type: ignore[assignment]
    return " from ".join(names)


def _within_packages(filename: str) -> str:
    """A path from its package on: folders above it may name a person."""
    parts = Path(filename).parts
    for name in ("android_demo", "edge_runtime", "site-packages"):
        if name in parts:
            return "/".join(parts[len(parts) - 1 - parts[::-1].index(name) :])
    return parts[-1] if parts else ""
