"""Opening a SQLite file the safe way, bringing its schema up to date, and SQLite's errors as ours."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from edge_runtime.errors import DamagedError, StorageError

Migration = Callable[[sqlite3.Connection], None]

_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
BUSY_TIMEOUT_S = 5.0  # how long to wait for another program that writes
_OWN_NAMES = ("cache.db", "profile.db", "feeds.db", "news.bundle", "reserve")  # beginnings of names
_HINTS = {
    sqlite3.SQLITE_FULL: "the disk is full: free some space and try again",
    sqlite3.SQLITE_BUSY: "another program is writing to it: wait for it or close it, then try again",
    sqlite3.SQLITE_READONLY: "it can only be read: make the data directory and its files writable",
    # A failed sync marks pages as written that are not (Rebello et al., ATC 2020): nothing is tried again here.
    sqlite3.SQLITE_IOERR: "the disk failed: close this program, check the disk, and start it again",
    sqlite3.SQLITE_CORRUPT: "the file is damaged: move it away",
    sqlite3.SQLITE_NOTADB: "it is no database: move it away",
}


def open_database(path: Path, migrations: Sequence[Migration], *, backup: bool = False) -> sqlite3.Connection:
    """Open or create a database at its newest schema, readable by its owner alone.

    A file that is there but cannot be written is opened for reading; writing to it then raises StorageError.

    Rollback journal and full sync: WAL with several connections can lose commits before SQLite 3.51.3, and
    anything less than FULL loses them in a power cut.

    Args:
        path: Its directory is there.
        migrations: What brings an empty database to the newest schema; each is run once in a file's life.
        backup: Whether to keep a copy of what was there beside the file before a migration changes it.

    Raises:
        DamagedError: Damaged, or not a database.
        StorageError: Locked, written by a newer release, or one that can only be read and was written by an older
            release.
    """
    read_only = path.exists() and not (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK))
    try:
        if not read_only:
            _tighten(path)
        target = f"file:{quote(str(path.absolute()))}?mode={'ro' if read_only else 'rw'}"
        db = sqlite3.connect(target, uri=True, isolation_level=None, timeout=BUSY_TIMEOUT_S)
    except (sqlite3.Error, OSError) as error:
        raise _storage_error(path, "cannot be opened", error) from error
    try:
        for pragma in ("journal_mode=TRUNCATE", "synchronous=FULL", "secure_delete=ON", "trusted_schema=OFF"):
            db.execute(f"PRAGMA {pragma}")
        db.execute("PRAGMA foreign_keys=ON")
        db.execute("PRAGMA temp_store=MEMORY")  # no copy of what is private in another directory
        if db.execute("PRAGMA page_count").fetchone() == (0,):
            db.execute("PRAGMA auto_vacuum=INCREMENTAL")  # an old file keeps what it has until a VACUUM
        _migrate(db, path, migrations, read_only, backup)
    except (sqlite3.Error, OSError) as error:
        db.close()
        raise _storage_error(path, "cannot be used as a database", error) from error
    except StorageError:
        db.close()
        raise
    return db


@contextmanager
def transaction(db: sqlite3.Connection, path: Path, *, write: bool = True) -> Iterator[None]:
    """All or nothing, on the disk when the block is left; SQLite's own errors come out as StorageError.

    Args:
        db: A connection of `open_database`.
        path: Its file, for messages.
        write: False for a block that only reads, and sees one moment.

    Raises:
        StorageError: Disk full, database locked, damaged or only readable, or an I/O error. Nothing of the block was
            kept.
    """
    try:
        db.execute("BEGIN IMMEDIATE" if write else "BEGIN")
        try:
            yield
            db.execute("COMMIT")
        except BaseException:
            if db.in_transaction:
                db.execute("ROLLBACK")
            raise
    except sqlite3.Error as error:
        raise _storage_error(path, "not written" if write else "not read", error) from error


def vacuum(db: sqlite3.Connection, path: Path, into: Path | None = None) -> None:
    """Write the file anew without what was deleted, or a copy of it.

    Raises:
        StorageError: As for `transaction`.
    """
    try:
        db.execute("VACUUM" if into is None else "VACUUM INTO ?", () if into is None else (str(into),))
    except sqlite3.Error as error:
        raise _storage_error(path, "not written anew", error) from error


def vacuum_pages(db: sqlite3.Connection, path: Path, most: int) -> None:
    """Give some of the file's free pages back to the disk; the file is one that was created by this release.

    Raises:
        StorageError: As for `transaction`.
    """
    try:
        db.executescript(f"PRAGMA incremental_vacuum({most})")  # `execute` stops after the first page
    except sqlite3.Error as error:
        raise _storage_error(path, "not made smaller", error) from error


def is_disk_full(error: StorageError) -> bool:
    """Whether a full disk was the cause."""
    return _code(error.__cause__) == sqlite3.SQLITE_FULL


def put_aside(path: Path) -> Path:
    """Rename a damaged database and its journal, over one that was put aside before.

    Raises:
        OSError: Nothing can be written here.
    """
    aside = path.with_name(f"{path.name}.damaged")
    os.replace(path, aside)
    with contextlib.suppress(FileNotFoundError):  # left alone, it would be played back into a new database
        os.replace(path.with_name(f"{path.name}-journal"), path.with_name(f"{aside.name}-journal"))
    return aside


def remove_backups(path: Path) -> None:
    """Delete the copies that were made before migrations.

    Raises:
        StorageError: One cannot be deleted.
    """
    try:
        for backup in path.parent.glob(f"{path.name}.backup-*"):
            backup.unlink(missing_ok=True)
    except OSError as error:
        raise StorageError(f"{path}: a backup cannot be deleted: {error}; delete {path.name}.backup-* there") from error


def private_directory(path: Path, *, to_write: bool = True) -> Path:
    """The directory, created for its owner alone if it is not there.

    One that is there is closed to others if it is the caller's and nothing but this program's files is in it.

    Args:
        path: The directory.
        to_write: Whether one that can only be read is refused.

    Raises:
        StorageError: It cannot be created, read or written, or is a file.
    """
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        if all(child.name.startswith(_OWN_NAMES) for child in path.iterdir()):
            _close_to_others(path)
    except OSError as error:
        raise StorageError(f"{path}: cannot be a data directory: {error}; choose another with --data") from error
    if not os.access(path, os.R_OK | os.X_OK | (os.W_OK if to_write else 0)):
        wanted = "readable and writable" if to_write else "readable"
        raise StorageError(f"{path}: not {wanted}; choose another with --data")
    return path


def _tighten(path: Path) -> None:
    """Create the file for its owner alone, or make it so, with its journal."""
    path.touch(mode=0o600)
    for file in (path, path.with_name(f"{path.name}-journal")):
        if file.exists():
            _close_to_others(file)


def _close_to_others(path: Path) -> None:
    state = path.stat()
    mode = stat.S_IMODE(state.st_mode)
    if mode & 0o077 and state.st_uid == os.geteuid():
        # File systems without modes, such as FAT on a memory card, refuse.
        with contextlib.suppress(PermissionError):
            path.chmod(mode & 0o700)


def _migrate(
    db: sqlite3.Connection, path: Path, migrations: Sequence[Migration], read_only: bool, backup: bool
) -> None:
    """Each step lands whole or not at all."""
    version = _version(db)
    if version > len(migrations):
        raise StorageError(
            f"{path}: written by a newer release (schema {version}, this one knows {len(migrations)}); update edge-news"
        )
    if version == len(migrations):
        return
    if read_only:
        raise StorageError(
            f"{path}: written by an older release and can only be read; make it and its directory writable once"
        )
    if backup and version:
        _back_up(db, path, version)
    for number, step in enumerate(migrations[version:], start=version + 1):
        with transaction(db, path):
            if _version(db) < number:  # else another program was faster
                step(db)
                db.execute(f"PRAGMA user_version = {number}")


def _version(db: sqlite3.Connection) -> int:
    (version,) = db.execute("PRAGMA user_version").fetchone()
    return int(version)


def _back_up(db: sqlite3.Connection, path: Path, version: int) -> None:
    """A copy named `NAME.backup-VERSION`, whole or not there; earlier ones go."""
    remove_backups(path)
    backup = path.with_name(f"{path.name}.backup-{version}")
    partial = backup.with_name(f"{backup.name}.partial")
    partial.touch(mode=0o600)
    vacuum(db, path, into=partial)
    with partial.open("rb+") as file:
        os.fsync(file.fileno())
    os.replace(partial, backup)


def _code(error: BaseException | None) -> int:
    """SQLite's primary result code; 0 for other errors."""
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF


def _storage_error(path: Path, what: str, error: Exception) -> StorageError:
    hint = _HINTS.get(_code(error), "check the disk and the file's owner, or move it away")
    kind = DamagedError if _code(error) in _DAMAGED else StorageError
    return kind(f"{path}: {what}: {error}; {hint}")
