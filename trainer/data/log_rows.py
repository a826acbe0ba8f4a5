"""Rows of a log, as every form gives them to the rest: one at a time where it must be, else as an Arrow table."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

from trainer.data.bad_lines import BadLines

# A row without impression id is no impression: it holds the history of a reader, as EB-NeRD's history files do.
ROW_SCHEMA = pa.schema(
    [
        ("impression_id", pa.string()),
        ("user_id", pa.string()),
        ("time_s", pa.int64()),
        ("is_dev", pa.bool_()),
        ("source", pa.int32()),  # number of the file that the reader's history is in; -1: in none of its own
        ("log", pa.int32()),  # number of the log where there is such a file, else -1
        ("history", pa.list_(pa.int32())),  # article rows, oldest first; null: in the source, or to be derived
        ("unknown", pa.int32()),  # ids that no article file has, left out of `history`
        ("candidates", pa.list_(pa.int32())),
        ("clicked", pa.list_(pa.bool_())),
    ]
)


@dataclass(frozen=True, slots=True)
class LogRow:
    """A list that was shown to a reader, and what the reader opened."""

    impression_id: str
    user_id: str
    time_s: int  # seconds UTC
    history: list[str] | None  # oldest first; None: the reader's earlier clicks in this log
    shown: list[str]
    clicked: list[bool]


class BadRow(ValueError):
    """A row that cannot be used."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason, detail)
        self.reason, self.detail = reason, detail


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a piece of a log gave."""

    rows: pa.Table  # of ROW_SCHEMA, in any order
    bad: BadLines  # its total counts the lines of the piece, good and bad
