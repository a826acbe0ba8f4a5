"""Whether the cache is still what it was, asked without loading what ranks."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from edge_runtime.storage.article_schema import MIGRATIONS
from edge_runtime.storage.database import open_database


def num_changes(db: sqlite3.Connection) -> int:
    """How often an article has come, changed or gone."""
    ((number,),) = db.execute("SELECT number FROM changes").fetchall()
    return int(number)


def num_changes_of(path: Path) -> int:
    """The same of a file that is there.

    Raises:
        StorageError: It cannot be read.
    """
    with closing(open_database(path, MIGRATIONS)) as db:
        return num_changes(db)
