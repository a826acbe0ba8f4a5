"""Opening a SQLite file the safe way, with the newest schema, and writing to it all or nothing."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from edge_runtime.errors import Remedy, StorageError
from edge_runtime.sentences import Sentence, msgid
from edge_runtime.storage.connection import Database, uri_of
from edge_runtime.storage.migrate import Migration, migrate, remove_backups, schema_version
from edge_runtime.storage.rescue import needs_rescue, rescued
from edge_runtime.storage.sqlite_errors import is_disk_full, is_without_locks, storage_error

__all__ = [
    "Database",
    "changes_elsewhere",
    "is_disk_full",
    "one_look",
    "open_database",
    "private_directory",
    "put_aside",
    "remove_backups",
    "remove_put_aside",
    "state_of",
    "transaction",
    "vacuum",
    "vacuum_pages",
]

BUSY_TIMEOUT_S = 5.0  # how long to wait for another program that writes
UPDATE_TIMEOUT_S = 60.0  # the same for one that brings the schema up to date, with a copy of everything before
# Beginnings of names.
_OWN_NAMES = (
    *("cache.db", "profile.db", "feeds.db", "news.bundle", "reserve"),
    *("channels.json", "web.json", "apps.json", "accounts.json"),
)


def open_database(path: Path, migrations: Sequence[Migration], *, backup: bool = False) -> Database:
    """Open or create a database at its newest schema, readable by its owner alone.

    A file that is there but cannot be written is opened for reading; writing to it then raises StorageError. If its
    last write was cut short, what was before that write is read, and the connection's notices say so. Several
    programs may open a new or an old file at once: one of them brings it up to date, the others wait.

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
        db = _connect_to_read(path) if read_only else _connect_to_write(path)
    except (sqlite3.Error, OSError) as error:
        raise storage_error(path, Sentence("cannot be opened"), error) from error
    try:
        if schema_version(db, path, migrations) < len(migrations):
            if read_only:
                raise StorageError(
                    Sentence("{file}: written by an older release", file=str(path)), Remedy.MAKE_WRITABLE
                )
            db.execute(f"PRAGMA busy_timeout = {UPDATE_TIMEOUT_S * 1000:.0f}")
            with transaction(db, path):
                migrate(db, path, migrations, backup=backup)
            db.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_S * 1000:.0f}")
    except (sqlite3.Error, OSError) as error:
        db.close()
        raise storage_error(path, Sentence("cannot be used as a database"), error) from error
    except BaseException:
        db.close()
        raise
    return db


@contextmanager
def transaction(db: sqlite3.Connection, path: Path, *, write: bool = True) -> Iterator[None]:
    """All or nothing, on the disk when the block is left; SQLite's own errors come out as StorageError.

    Args:
        db: A connection of `open_database`; a block that writes ends what `one_look` has seen so far.
        path: Its file, for messages.
        write: False for a block that only reads, and sees one moment.

    Raises:
        StorageError: Disk full, database locked, damaged or only readable, or an I/O error. Nothing of the block was
            kept.
    """
    try:
        if db.in_transaction and not write:
            yield
            return
        if db.in_transaction:
            db.execute("COMMIT")
        db.execute("BEGIN IMMEDIATE" if write else "BEGIN")
        try:
            yield
            if write or not (isinstance(db, Database) and db.is_looking):
                db.execute("COMMIT")
        except BaseException:
            if db.in_transaction:
                db.execute("ROLLBACK")
            raise
    except sqlite3.Error as error:
        raise storage_error(path, Sentence("not written") if write else Sentence("not read"), error) from error


@contextmanager
def one_look(db: Database) -> Iterator[None]:
    """Blocks that read see one moment, that of the first of them, for as long as nothing is written.

    So a program that writes is waited for once, and not at each question: SQLite asks again after up to 100 ms. That
    program waits until the look is over, which has to be soon.
    """
    db.is_looking = True
    try:
        yield
    finally:
        db.is_looking = False
        if db.in_transaction:
            db.execute("COMMIT")


def changes_elsewhere(db: sqlite3.Connection, path: Path) -> int:
    """A number that is another one after a change that was not made by this connection, but by another process say.

    Raises:
        StorageError: As for `transaction`.
    """
    with transaction(db, path, write=False):
        (number,) = db.execute("PRAGMA data_version").fetchone()
    return int(number)


def state_of(db: sqlite3.Connection, path: Path) -> tuple[int, int]:
    """A number that is another one after any change by others, and one after any by this connection.

    Raises:
        StorageError: As for `transaction`.
    """
    return changes_elsewhere(db, path), db.total_changes


def vacuum(db: sqlite3.Connection, path: Path) -> None:
    """Write the file anew without what was deleted.

    Raises:
        StorageError: As for `transaction`.
    """
    try:
        db.execute("VACUUM")
    except sqlite3.Error as error:
        raise storage_error(path, Sentence("not written anew"), error) from error


def vacuum_pages(db: sqlite3.Connection, path: Path, most: int) -> None:
    """Give some of the file's free pages back to the disk; the file is one that was created by this release.

    Raises:
        StorageError: As for `transaction`.
    """
    try:
        db.executescript(f"PRAGMA incremental_vacuum({most})")  # `execute` stops after the first page
    except sqlite3.Error as error:
        raise storage_error(path, Sentence("not made smaller"), error) from error


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


def remove_put_aside(path: Path) -> None:
    """Delete a damaged database that was put aside, if there is one.

    Raises:
        StorageError: It cannot be deleted.
    """
    aside = path.with_name(f"{path.name}.damaged")
    for file in (aside, path.with_name(f"{aside.name}-journal")):
        if file.exists():
            try:
                file.unlink(missing_ok=True)
            except OSError as error:
                raise storage_error(file, Sentence("not deleted"), error) from error


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
        raise StorageError(
            Sentence("{file}: cannot be a data directory: {cause}", file=str(path), cause=str(error)),
            Remedy.CHOOSE_DIRECTORY,
        ) from error
    if not os.access(path, os.R_OK | os.X_OK | (os.W_OK if to_write else 0)):
        told = msgid("{file}: not readable and writable") if to_write else msgid("{file}: not readable")
        raise StorageError(Sentence(told, file=str(path)), Remedy.CHOOSE_DIRECTORY)
    return path


def _connect_to_write(path: Path) -> Database:
    """The file, created if it is not there, for its owner alone."""
    # Not where it is there: `touch` would give it the time of now, and units go by when feeds.db was last written.
    if not path.exists():
        path.touch(mode=0o600)
    files = (path, path.with_name(f"{path.name}-journal"))
    is_private = all([_close_to_others(file) for file in files])
    db = _connect(path, "rw")
    if not is_private:
        told = Sentence(
            "{file}: its file system keeps no rights, so others may read what is in it", file=str(path.parent)
        )
        db.notices = (told,)
    return db


def _connect_to_read(path: Path) -> Database:
    """The file as it is, or what can be read of it in a copy where SQLite itself would have to write or lock."""
    try:
        return _connect(path, "ro")
    except sqlite3.Error as error:
        if not (needs_rescue(path, error) or is_without_locks(path, error)):
            raise
        try:
            return rescued(path)
        except OSError as failure:
            raise error from failure


def _connect(path: Path, mode: str) -> Database:
    """A connection that is set to be safe.

    The schema is read here: whatever keeps the file from being read shows itself.
    """
    db = sqlite3.connect(uri_of(path, mode), uri=True, isolation_level=None, timeout=BUSY_TIMEOUT_S, factory=Database)
    try:
        for pragma in ("journal_mode=TRUNCATE", "synchronous=FULL", "secure_delete=ON", "trusted_schema=OFF"):
            db.execute(f"PRAGMA {pragma}")
        db.execute("PRAGMA foreign_keys=ON")
        db.execute("PRAGMA temp_store=MEMORY")  # no copy of what is private in another directory
        if db.execute("PRAGMA page_count").fetchone() == (0,):
            db.execute("PRAGMA auto_vacuum=INCREMENTAL")  # an old file keeps what it has until a VACUUM
    except BaseException:
        db.close()
        raise
    return db


def _close_to_others(path: Path) -> bool:
    """Take the rights of others away; whether they have none now."""
    try:
        state = path.stat()
    except FileNotFoundError:  # a journal that another program has just deleted
        return True
    mode = stat.S_IMODE(state.st_mode)
    if mode & 0o077 and state.st_uid == os.geteuid():
        # File systems without modes, such as FAT on a memory card or a network share, refuse each in its own way.
        try:
            path.chmod(mode & 0o700)
        except OSError:
            return False
    return True
