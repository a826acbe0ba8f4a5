"""JSON Lines, read strictly: one object a line, of a bounded length, in UTF-8, its times with an offset.

Articles on the device and the trainer's logs are read by these functions, so that both take the same lines.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

MAX_LINE_BYTES = 1_000_000
Json = dict[str, object]  # an object of JSON


def parse_object(line: str) -> Json:
    """A JSON object, strictly: no NaN, no name twice.

    Raises:
        ValueError: It is none.
    """

    def once(pairs: list[tuple[str, Any]]) -> Json:
        names = dict(pairs)
        if len(names) != len(pairs):
            raise ValueError("a name occurs twice")
        return names

    def refuse(constant: str) -> None:
        raise ValueError(f"{constant} is not JSON")

    try:
        row = json.loads(line, object_pairs_hook=once, parse_constant=refuse)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    except json.JSONDecodeError as error:
        raise ValueError(f"not JSON: {error.msg} at character {error.pos + 1}") from error
    if not isinstance(row, dict):
        raise ValueError("not a JSON object")
    return row


def parse_time(value: object) -> datetime:
    """An ISO 8601 time as UTC; one without offset is taken as UTC.

    Raises:
        ValueError: It is none, or lies outside the years 1 to 9999 in UTC.
    """
    if not isinstance(value, str):
        raise ValueError(f"time {value!r} is not a string")
    try:
        time = datetime.fromisoformat(value.strip())
        return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ValueError(f"time {value[:40]!r} is not ISO 8601, such as 2026-11-24T06:00:00Z") from error


def decode_line(line: bytes) -> str:
    """UTF-8 text of a line, without a byte order mark.

    Raises:
        ValueError: Not UTF-8, or longer than `MAX_LINE_BYTES`.
    """
    if len(line) > MAX_LINE_BYTES:
        raise ValueError(f"line is longer than {MAX_LINE_BYTES} bytes")
    try:
        return line.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"not UTF-8 at byte {error.start + 1}") from error
