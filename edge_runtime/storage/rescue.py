"""Reading a database where SQLite would have to write first, such as after a power cut: from a copy in memory.

SQLite undoes a half-done write only in a file. So the copy is a file for a moment: in memory where the system has a
place for that, otherwise in the temporary directory, which may be on a disk. The notice says so then.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from edge_runtime.sentences import Sentence, msgid
from edge_runtime.storage.connection import Database, uri_of

_BESIDE = ("-journal", "-wal")
_SAID = msgid(
    "{file}: it can only be read, and not in place: it is read from a copy, without a write that was cut short"
)
_SAID_OF_DISK = msgid(
    "{file}: it can only be read, and not in place: it is read from a copy, without a write that was cut short; for a "
    "moment that copy was in {place}"
)
_UNREADABLE_IN_PLACE = (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN)


def needs_rescue(path: Path, error: sqlite3.Error) -> bool:
    """Whether SQLite could not read a file because it would have had to write first."""
    is_refused = error.sqlite_errorcode & 0xFF in _UNREADABLE_IN_PLACE
    return is_refused and any(_has_bytes(path.with_name(path.name + ending)) for ending in _BESIDE)


def rescued(path: Path) -> Database:
    """What a database holds after the half-done write was undone, in memory and not to be written; its notice says so.

    Raises:
        OSError: No place for the copy, or the files cannot be read.
        sqlite3.Error: The file is damaged.
    """
    failure = OSError("no place for a copy of it")
    for place, is_memory in _places():
        try:
            folder = Path(tempfile.mkdtemp(prefix="edge-news-", dir=place))
        except OSError as error:
            failure = error
            continue
        try:
            copy = folder / path.name
            shutil.copyfile(path, copy)
            for ending in _BESIDE:
                if _has_bytes(beside := path.with_name(path.name + ending)):
                    shutil.copyfile(beside, copy.with_name(copy.name + ending))
            db = _in_memory(copy)
            if is_memory:
                db.notices = (Sentence(_SAID, file=str(path)),)
            else:
                db.notices = (Sentence(_SAID_OF_DISK, file=str(path), place=place),)
            return db
        except OSError as error:
            failure = error
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    raise failure


def _in_memory(path: Path) -> Database:
    memory = sqlite3.connect(":memory:", isolation_level=None, factory=Database)
    try:
        # Nobody else has the copy, and it may lie where there are no locks either; a write-ahead log wants some.
        lock = "" if _has_bytes(path.with_name(f"{path.name}-wal")) else "&nolock=1"
        with closing(sqlite3.connect(uri_of(path, "rw") + lock, uri=True)) as copy:
            copy.execute("PRAGMA locking_mode=EXCLUSIVE")
            copy.execute("PRAGMA journal_mode=DELETE")  # what is in memory cannot have a write-ahead log
            ((verdict,), *_) = copy.execute("PRAGMA quick_check(1)")
            if verdict != "ok":
                raise OSError(f"a copy of it is not whole: {verdict}")
            copy.backup(memory)
        memory.execute("PRAGMA query_only=ON")
    except BaseException:
        memory.close()
        raise
    return memory


def _places() -> Iterator[tuple[str, bool]]:
    """Where a copy may lie for a moment, in a folder for its owner alone, and whether that is memory as a rule."""
    for place in (os.environ.get("XDG_RUNTIME_DIR", ""), "/dev/shm"):
        if os.path.isabs(place):
            yield place, True
    try:
        yield tempfile.gettempdir(), False
    except OSError:
        return


def _has_bytes(path: Path) -> bool:
    try:
        return path.stat().st_size > 0
    except OSError:
        return False
