"""The reader's time zone, with its changes of the clocks."""

from __future__ import annotations

import io
import os
import struct
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

LOCALTIME = Path("/etc/localtime")


def local_zone() -> tzinfo:
    """The zone of TZ, a name, a file or a rule of POSIX, else the system's.

    One that is none of these has today's offset all year round.
    """
    named = os.environ.get("TZ")
    name = (named or "").removeprefix(":")
    try:
        if named is None or name.startswith("/"):
            with open(name or LOCALTIME, "rb") as file:
                return ZoneInfo.from_file(file, key=name or "local")
        return ZoneInfo(name) if name else UTC
    except (ZoneInfoNotFoundError, ValueError, OSError):
        pass
    try:
        return _by_rule(name)
    except ValueError:
        return datetime.now().astimezone().tzinfo or UTC


def _by_rule(rule: str) -> tzinfo:
    """A rule such as CET-1CEST,M3.5.0,M10.5.0/3, read as the last line of a zone's file that says nothing else.

    Raises:
        ValueError: It is no rule.
    """
    block = b"TZif2" + bytes(15) + struct.pack(">6l", 0, 0, 0, 0, 1, 4) + struct.pack(">lbb", 0, 0, 0) + b"UTC\0"
    return ZoneInfo.from_file(io.BytesIO(2 * block + b"\n" + rule.encode("ascii") + b"\n"), key=rule)
