"""SQLite's errors as ours: what is wrong and what mends it, told apart by the extended code."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from edge_runtime.errors import DamagedError, Remedy, StorageError
from edge_runtime.sentences import Sentence, msgid
from edge_runtime.storage.locks import has_locks

# By name where the primary code says too little, else by primary code.
_BY_NAME = {
    "SQLITE_READONLY_DBMOVED": Remedy.START_AGAIN,
    "SQLITE_IOERR_DELETE_NOENT": Remedy.START_AGAIN,
    "SQLITE_IOERR_NOMEM": Remedy.CLOSE_PROGRAMS,
}
_BY_CODE = {
    sqlite3.SQLITE_FULL: Remedy.FREE_SPACE,
    sqlite3.SQLITE_BUSY: Remedy.WAIT,
    sqlite3.SQLITE_READONLY: Remedy.MAKE_WRITABLE,
    sqlite3.SQLITE_NOMEM: Remedy.CLOSE_PROGRAMS,
    # A failed sync marks pages as written that are not (Rebello et al., ATC 2020): nothing is tried again here.
    sqlite3.SQLITE_IOERR: Remedy.CHECK_DISK,
    sqlite3.SQLITE_CORRUPT: Remedy.MOVE_AWAY,
    sqlite3.SQLITE_NOTADB: Remedy.MOVE_AWAY,
}
_SAID = {
    sqlite3.SQLITE_CORRUPT: msgid("{file}: {what}: the file is damaged ({cause})"),
    sqlite3.SQLITE_NOTADB: msgid("{file}: {what}: it is no database ({cause})"),
}
_SAID_OTHERWISE = msgid("{file}: {what}: {cause}")
# A file system without locks answers with ENOLCK, which SQLite takes for a lock that another program holds, or with
# another error, which it gives as one of these.
_LOCK_FAILURES = ("SQLITE_IOERR_LOCK", "SQLITE_IOERR_RDLOCK", "SQLITE_IOERR_UNLOCK", "SQLITE_IOERR_CHECKRESERVEDLOCK")


def error_code(error: BaseException | None) -> int:
    """SQLite's primary result code; 0 for other errors."""
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF


def is_disk_full(error: StorageError) -> bool:
    """Whether a full disk was the cause."""
    return error_code(error.__cause__) == sqlite3.SQLITE_FULL


def is_without_locks(path: Path, error: Exception) -> bool:
    """Whether an error came because the file system has no locks."""
    if getattr(error, "sqlite_errorname", "") in _LOCK_FAILURES:
        return True
    return error_code(error) in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_PROTOCOL) and not has_locks(path.parent)


def storage_error(path: Path, what: str, error: Exception) -> StorageError:
    """An error of SQLite or of the system about a database as one that says what mends it.

    Args:
        path: The database.
        what: What could not be done.
        error: What came of trying.
    """
    if is_without_locks(path, error):
        said = Sentence(
            "{file}: {what}: its file system offers no locks, as some network shares, and without them two programs "
            "would damage it",
            file=str(path),
            what=what,
        )
        return StorageError(said, Remedy.LOCAL_DISK)
    code = error_code(error)
    remedy = _BY_NAME.get(getattr(error, "sqlite_errorname", "")) or _BY_CODE.get(code, Remedy.CHECK_RIGHTS)
    kind = DamagedError if code in _SAID else StorageError
    template = _SAID.get(code, _SAID_OTHERWISE)
    return kind(Sentence(template, file=str(path), what=what, cause=str(error)), remedy)
