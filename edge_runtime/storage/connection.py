"""A connection to a SQLite file, and how SQLite is told which file."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from urllib.parse import quote


class Database(sqlite3.Connection):
    """A connection that knows what its reader should be told.

    Attributes:
        notices: What was found on opening, one sentence each.
        is_looking: Whether reads see one moment together, see `database.one_look`.
    """

    notices: tuple[str, ...] = ()
    is_looking = False


def uri_of(path: Path, mode: str) -> str:
    """A file's name as SQLite takes it, for "rw" or "ro"; bytes that are no UTF-8 stay what they are."""
    return f"file:{quote(os.fsencode(path.absolute()))}?mode={mode}"
