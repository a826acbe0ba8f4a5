"""Opening a SQLite file the safe way, and bringing its schema up to date."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from edge_runtime.errors import StorageError

Migration = Callable[[sqlite3.Connection], None]


def open_database(path: Path, migrations: Sequence[Migration]) -> sqlite3.Connection:
    """Open or create a database at its newest schema, readable by its owner alone.

    Rollback journal and full sync: WAL with several connections can lose commits before SQLite 3.51.3, and
    anything less than FULL loses them in a power cut.

    Raises:
        StorageError: Not a database, not writable, or written by a newer release.
    """
    try:
        path.touch(mode=0o600)
        db = sqlite3.connect(path, isolation_level=None, timeout=5.0)
        db.execute("PRAGMA journal_mode=TRUNCATE")
        db.execute("PRAGMA synchronous=FULL")
        db.execute("PRAGMA secure_delete=ON")
        db.execute("PRAGMA trusted_schema=OFF")
        _migrate(db, path, migrations)
    except (sqlite3.Error, OSError) as error:
        raise StorageError(f"{path}: cannot be used as a database: {error}; check the disk, or move it away") from error
    return db


def _migrate(db: sqlite3.Connection, path: Path, migrations: Sequence[Migration]) -> None:
    """Each step lands whole or not at all."""
    (version,) = db.execute("PRAGMA user_version").fetchone()
    if version > len(migrations):
        raise StorageError(
            f"{path}: written by a newer release (schema {version}, this one knows {len(migrations)}); update edge-news"
        )
    for number, step in enumerate(migrations[version:], start=version + 1):
        with transaction(db, path):
            step(db)
            db.execute(f"PRAGMA user_version = {number}")


@contextmanager
def transaction(db: sqlite3.Connection, path: Path) -> Iterator[None]:
    """All or nothing; SQLite's own errors come out as StorageError.

    Raises:
        StorageError: Disk full, database locked, or an I/O error. Nothing of the block was kept.
    """
    try:
        db.execute("BEGIN IMMEDIATE")
        try:
            yield
            db.execute("COMMIT")
        except BaseException:
            if db.in_transaction:
                db.execute("ROLLBACK")
            raise
    except sqlite3.Error as error:
        raise StorageError(f"{path}: not written: {error}; free some space or try again") from error


def private_directory(path: Path) -> Path:
    """The directory, created for its owner alone if it is not there.

    Raises:
        StorageError: It cannot be created or is a file.
    """
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(f"{path}: cannot be a data directory: {error}; choose another with --data") from error
    if not os.access(path, os.R_OK | os.W_OK | os.X_OK):
        raise StorageError(f"{path}: not readable and writable; choose another with --data")
    return path
