"""Bringing a database to the newest schema, which only one of several programs does."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

from edge_runtime.errors import Remedy, StorageError
from edge_runtime.sentences import Sentence
from edge_runtime.storage.connection import uri_of

Migration = Callable[[sqlite3.Connection], None]


def schema_version(db: sqlite3.Connection, path: Path, migrations: Sequence[Migration]) -> int:
    """How many of the migrations a database has had.

    Raises:
        StorageError: More than there are: a newer release wrote it.
    """
    (version,) = db.execute("PRAGMA user_version").fetchone()
    if version > len(migrations):
        told = Sentence(
            "{file}: written by a newer release (schema {number}, this one knows {known})",
            file=str(path),
            number=version,
            known=len(migrations),
        )
        raise StorageError(told, Remedy.UPDATE)
    return int(version)


def migrate(db: sqlite3.Connection, path: Path, migrations: Sequence[Migration], *, backup: bool) -> None:
    """Take the missing steps, all of them or none; called with the lock for writing held.

    What is missing is looked up here and not before: until the lock was had, another program may have done it.
    """
    version = schema_version(db, path, migrations)
    if version == len(migrations):
        return
    if backup and version:
        _back_up(path, version)
    for step in migrations[version:]:
        step(db)
    db.execute(f"PRAGMA user_version = {len(migrations)}")


def remove_backups(path: Path) -> None:
    """Delete the copies that were made before migrations.

    Raises:
        StorageError: One cannot be deleted.
    """
    try:
        for backup in path.parent.glob(f"{path.name}.backup-*"):
            backup.unlink(missing_ok=True)
    except OSError as error:
        raise StorageError(
            Sentence("{file}: a backup cannot be deleted: {cause}", file=str(path), cause=str(error)),
            Remedy.CHECK_RIGHTS,
        ) from error


def _back_up(path: Path, version: int) -> None:
    """A copy named `NAME.backup-VERSION`, whole or not there; earlier ones go.

    It is read through a connection of its own: SQLite copies nothing within a transaction that may write.
    """
    remove_backups(path)
    backup = path.with_name(f"{path.name}.backup-{version}")
    partial = backup.with_name(f"{backup.name}.{os.getpid()}.partial")
    partial.touch(mode=0o600)
    with (
        closing(sqlite3.connect(uri_of(path, "ro"), uri=True)) as source,
        closing(sqlite3.connect(uri_of(partial, "rw"), uri=True)) as copy,
    ):
        copy.execute("PRAGMA journal_mode=OFF")
        source.backup(copy)
    with partial.open("rb+") as file:
        os.fsync(file.fileno())
    os.replace(partial, backup)
