"""What lists have taught of the reader, kept in the cache; the one thing in it that the profile's erasing takes."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from edge_runtime.storage.database import remove_put_aside, transaction


class LearnedTable:
    """The table `learned` of the article cache. Methods that write raise StorageError, and then nothing is changed."""

    def __init__(self, db: sqlite3.Connection, path: Path) -> None:
        """Of an open cache."""
        self._db = db
        self._path = path

    def get(self) -> bytes:
        """What is kept; nothing if there is none."""
        with transaction(self._db, self._path, write=False):
            row = self._db.execute("SELECT heads FROM learned").fetchone()
        return row[0] if row else b""

    def put(self, heads: bytes) -> None:
        """Keep this in the place of what was kept."""
        with transaction(self._db, self._path):
            self._db.execute("INSERT OR REPLACE INTO learned (number, heads) VALUES (1, ?)", (heads,))

    def forget(self) -> None:
        """Leave no byte of it, nor of a damaged cache that was put aside: SQLite overwrites what it deletes here."""
        with transaction(self._db, self._path, write=False):
            is_there = self._db.execute("SELECT 1 FROM learned").fetchone()
        if is_there:  # else nothing is written
            with transaction(self._db, self._path):
                self._db.execute("DELETE FROM learned")
        remove_put_aside(self._path)
