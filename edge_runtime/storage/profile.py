"""The profile: what the reader did, on this device alone. It keeps its own copy of each article's text, so that
interests outlive the cache and a new bundle can read them anew."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from edge_runtime.storage.articles import article_from, article_row
from edge_runtime.storage.database import open_database, transaction
from edge_runtime.types import Article, Event, Signal


def m001_create_events(db: sqlite3.Connection) -> None:
    """One row for each thing the reader did."""
    db.execute(
        """CREATE TABLE events (
            number INTEGER PRIMARY KEY AUTOINCREMENT,  -- order of happening, whatever the clock said
            article_id TEXT NOT NULL,
            title TEXT NOT NULL,
            abstract TEXT NOT NULL,
            category TEXT NOT NULL,
            source TEXT NOT NULL,
            url TEXT NOT NULL,
            language TEXT NOT NULL,
            published INTEGER,
            signal TEXT NOT NULL,
            at INTEGER NOT NULL                        -- seconds UTC
        )"""
    )


def m002_create_picks(db: sqlite3.Connection) -> None:
    """Topics that the reader asked for."""
    db.execute("CREATE TABLE picks (topic TEXT NOT NULL PRIMARY KEY)")


MIGRATIONS = [m001_create_events, m002_create_picks]


class ProfileStore:
    """`profile.db` in the data directory."""

    def __init__(self, path: Path) -> None:
        """Open or create it; see `open_database` for errors."""
        self._path = path
        self._db = open_database(path, MIGRATIONS)

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    def record(self, article: Article, signal: Signal, at: datetime) -> None:
        """Keep an event; it is on the disk when this returns."""
        with transaction(self._db, self._path):
            self._db.execute(
                """INSERT INTO events
                (article_id, title, abstract, category, source, url, language, published, signal, at)
                VALUES (?,?,?,?,?,?,?,?,?,?)""",
                (*article_row(article), signal.value, int(at.timestamp())),
            )

    def events(self) -> list[Event]:
        """Every event, oldest first."""
        rows = self._db.execute(
            """SELECT article_id, title, abstract, category, source, url, language, published, signal, at
            FROM events ORDER BY number"""
        )
        return [Event(article_from(row), Signal(row[8]), datetime.fromtimestamp(row[9], UTC)) for row in rows]

    def picks(self) -> tuple[str, ...]:
        """Topics that the reader asked for, in alphabetic order."""
        return tuple(topic for (topic,) in self._db.execute("SELECT topic FROM picks ORDER BY topic"))

    def set_picks(self, topics: Sequence[str]) -> None:
        """Ask for these topics and no others."""
        with transaction(self._db, self._path):
            self._db.execute("DELETE FROM picks")
            self._db.executemany("INSERT OR IGNORE INTO picks VALUES (?)", [(topic,) for topic in topics])

    def erase(self) -> None:
        """Delete everything and leave none of its bytes in the file; flash memory may keep old blocks of its own."""
        with transaction(self._db, self._path):
            self._db.execute("DELETE FROM events")
            self._db.execute("DELETE FROM sqlite_sequence")
            self._db.execute("DELETE FROM picks")
        self._db.execute("VACUUM")
