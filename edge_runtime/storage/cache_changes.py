"""Whether the cache is still what it was, and what of it is not, asked without loading what ranks."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from edge_runtime.storage.article_schema import MIGRATIONS
from edge_runtime.storage.database import open_database


@dataclass(frozen=True, slots=True)
class ChangedRows:
    """What came, changed or went since an earlier change."""

    last: int  # number of the latest change, to ask from the next time
    there: frozenset[str]  # ids of the articles that came or changed
    gone: frozenset[int]  # numbers of the rows that went


def changed_rows(db: sqlite3.Connection, since: int) -> ChangedRows | None:
    """What changed after a change; None where that is too long ago for every change to be known.

    Args:
        db: An open cache, inside a transaction.
        since: `ChangedRows.last` of before, or `last_change`.
    """
    query = """SELECT change, number, article_id FROM changed_rows LEFT JOIN articles USING (number)
        WHERE change > ? ORDER BY change"""
    rows = db.execute(query, (since,)).fetchall()
    last = last_change(db)
    if len(rows) != last - since:
        return None
    there = frozenset(name for *_, name in rows if name is not None)
    return ChangedRows(last, there, frozenset(number for _, number, name in rows if name is None))


def last_change(db: sqlite3.Connection) -> int:
    """Number of the latest change; 0 before the first."""
    found = db.execute("SELECT seq FROM sqlite_sequence WHERE name = 'changed_rows'").fetchone()
    return int(found[0]) if found else 0


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
