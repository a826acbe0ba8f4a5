"""Opening SQLite files: modes, schemas, other programs, and places that can only be read."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from edge_runtime.errors import Remedy, StorageError
from edge_runtime.storage import database
from edge_runtime.storage.database import one_look, open_database, private_directory, transaction


def create(db: sqlite3.Connection) -> None:
    db.execute("CREATE TABLE words (word TEXT)")


def add_length(db: sqlite3.Connection) -> None:
    db.execute("ALTER TABLE words ADD COLUMN length INTEGER")


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def put(path: Path, word: str) -> None:
    db = open_database(path, [create])
    with transaction(db, path):
        db.execute("INSERT INTO words VALUES (?)", (word,))
    db.close()


def test_one_look_sees_one_moment_until_it_writes_and_others_wait_for_its_end(tmp_path):
    path = tmp_path / "cache.db"
    mine, other = open_database(path, [create]), open_database(path, [create])
    other.execute("PRAGMA busy_timeout = 0")

    def words():
        with transaction(mine, path, write=False):
            return [word for (word,) in mine.execute("SELECT word FROM words")]

    def put_by(db, word):
        with transaction(db, path):
            db.execute("INSERT INTO words VALUES (?)", (word,))

    with one_look(mine):
        put_by(other, "rain")  # nobody has looked yet
        assert words() == ["rain"] and mine.in_transaction
        with pytest.raises(StorageError, match="locked"):
            put_by(other, "sun")
        assert words() == ["rain"]
        put_by(mine, "hail")
        assert not mine.in_transaction
        put_by(other, "snow")
        assert words() == ["rain", "hail", "snow"]
    assert not mine.in_transaction
    with pytest.raises(ZeroDivisionError), one_look(mine):
        words()
        raise ZeroDivisionError
    assert not mine.in_transaction
    put_by(other, "sun")
    assert words() == ["rain", "hail", "snow", "sun"]


def test_a_new_database_and_its_journal_are_the_owners_alone(tmp_path):
    put(tmp_path / "cache.db", "rain")
    assert mode_of(tmp_path / "cache.db") == 0o600
    assert mode_of(tmp_path / "cache.db-journal") == 0o600


def test_files_that_others_can_read_are_closed_to_them(tmp_path):
    put(tmp_path / "cache.db", "rain")
    for name in ("cache.db", "cache.db-journal"):
        (tmp_path / name).chmod(0o644)
    put(tmp_path / "cache.db", "sun")
    assert mode_of(tmp_path / "cache.db") == mode_of(tmp_path / "cache.db-journal") == 0o600


def test_to_open_a_file_that_is_there_is_no_write(tmp_path):
    put(tmp_path / "feeds.db", "rain")
    os.utime(tmp_path / "feeds.db", (1, 1))
    open_database(tmp_path / "feeds.db", [create]).close()
    assert (tmp_path / "feeds.db").stat().st_mtime == 1  # the fetch that was missed is known by it


def test_a_directory_is_closed_to_others_unless_it_holds_more_than_ours(tmp_path):
    assert mode_of(private_directory(tmp_path / "new")) == 0o700
    for name in ("ours", "shared"):
        (tmp_path / name).mkdir(mode=0o755)
        (tmp_path / name / "profile.db").touch()
    (tmp_path / "shared" / "letter.txt").touch()
    assert mode_of(private_directory(tmp_path / "ours")) == 0o700
    assert mode_of(private_directory(tmp_path / "shared")) == 0o755


def test_a_file_is_no_data_directory(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(StorageError, match="choose another data directory"):
        private_directory(tmp_path / "file")


def test_every_connection_is_set_to_be_safe(tmp_path):
    db = open_database(tmp_path / "cache.db", [create])

    def value(pragma: str) -> object:
        return db.execute(f"PRAGMA {pragma}").fetchone()[0]

    assert value("journal_mode") == "truncate"
    assert value("synchronous") == 2  # FULL
    assert (value("secure_delete"), value("foreign_keys"), value("trusted_schema")) == (1, 1, 0)
    assert value("busy_timeout") == 5000
    assert value("temp_store") == 2  # memory
    db.close()


def test_a_newer_schema_is_refused_and_left_as_it_is(tmp_path):
    path = tmp_path / "cache.db"
    open_database(path, [create, add_length]).close()
    before = path.read_bytes()
    with pytest.raises(StorageError, match=r"newer release \(schema 2, this one knows 1\); update edge-news"):
        open_database(path, [create])
    assert path.read_bytes() == before


def test_a_migration_that_fails_leaves_the_schema_before_it(tmp_path):
    path = tmp_path / "cache.db"
    put(path, "rain")

    def fails(db: sqlite3.Connection) -> None:
        db.execute("DELETE FROM words")
        db.execute("CREATE TABLE words (word TEXT)")

    with pytest.raises(StorageError):
        open_database(path, [create, fails])
    db = open_database(path, [create])
    assert db.execute("SELECT word FROM words").fetchall() == [("rain",)]
    db.close()


def test_a_copy_is_kept_before_a_migration_and_the_one_before_that_goes(tmp_path):
    path = tmp_path / "profile.db"
    put(path, "rain")
    (tmp_path / "profile.db.backup-0.partial").write_bytes(b"left by a killed process")
    open_database(path, [create, add_length], backup=True).close()
    copy = tmp_path / "profile.db.backup-1"
    assert {file.name for file in tmp_path.glob("*backup*")} == {copy.name}
    assert mode_of(copy) == 0o600
    db = open_database(copy, [create])
    assert db.execute("SELECT * FROM words").fetchall() == [("rain",)]
    db.close()
    open_database(path, [create, add_length], backup=True).close()
    assert copy.exists()


def test_processes_that_open_an_old_file_at_once_migrate_it_once(tmp_path):
    path = tmp_path / "cache.db"
    children = []
    for _ in range(4):
        if not (child := os.fork()):
            try:
                open_database(path, [create, add_length]).close()
                os._exit(0)
            finally:
                os._exit(1)
        children.append(child)
    assert [os.waitpid(child, 0)[1] for child in children] == [0] * 4
    db = open_database(path, [create, add_length])
    assert [row[1] for row in db.execute("PRAGMA table_info(words)")] == ["word", "length"]
    db.close()


def test_a_locked_database_is_a_typed_error_that_passes(tmp_path):
    path = tmp_path / "cache.db"
    put(path, "rain")
    db = open_database(path, [create])
    db.execute("PRAGMA busy_timeout = 50")
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    for write in (True, False):
        with pytest.raises(StorageError, match="another program"), transaction(db, path, write=write):
            db.execute("SELECT * FROM words").fetchall()
    other.execute("ROLLBACK")
    with transaction(db, path):
        db.execute("INSERT INTO words VALUES ('sun')")
    db.close()
    other.close()


def test_what_is_no_database_or_damaged_is_a_typed_error(tmp_path):
    (tmp_path / "text").write_bytes(b"no database" * 500)
    with pytest.raises(StorageError, match="no database"):
        open_database(tmp_path / "text", [create])
    assert (tmp_path / "text").read_bytes() == b"no database" * 500
    (tmp_path / "folder").mkdir()
    with pytest.raises(StorageError):
        open_database(tmp_path / "folder", [create])
    path = tmp_path / "cache.db"
    put(path, "rain")
    page_bytes = 4096
    path.write_bytes(path.read_bytes()[:page_bytes] + b"\xff" * (path.stat().st_size - page_bytes))
    with pytest.raises(StorageError, match="damaged"):
        put(path, "sun")


def test_an_error_of_another_kind_rolls_back_too(tmp_path):
    path = tmp_path / "cache.db"
    db = open_database(path, [create])
    with pytest.raises(ZeroDivisionError), transaction(db, path):
        db.execute("INSERT INTO words VALUES ('rain')")
        _ = 1 / 0
    assert db.execute("SELECT * FROM words").fetchall() == []
    db.close()


def test_a_file_that_cannot_be_written_is_opened_for_reading(tmp_path, monkeypatch):
    path = tmp_path / "cache.db"
    put(path, "rain")
    path.chmod(0o644)
    # Modes do not bind root, who may run the tests; the next test has a directory that nobody can write.
    monkeypatch.setattr(database.os, "access", lambda path, mode: not mode & os.W_OK)
    db = open_database(path, [create])
    assert db.execute("SELECT * FROM words").fetchall() == [("rain",)]
    with pytest.raises(StorageError, match="only be read"), transaction(db, path):
        db.execute("INSERT INTO words VALUES ('sun')")
    db.close()
    assert mode_of(path) == 0o644
    with pytest.raises(StorageError, match=f"older release; {Remedy.MAKE_WRITABLE}"):
        open_database(path, [create, add_length])
    private_directory(tmp_path, to_write=False)
    with pytest.raises(StorageError, match="not readable and writable"):
        private_directory(tmp_path)


READ_ONLY = """
import sys
from pathlib import Path
from edge_runtime.errors import StorageError
from edge_runtime.storage.articles import ArticleCache
from edge_runtime.storage.profile import ProfileStore
from edge_runtime.storage.database import private_directory

data = private_directory(Path(sys.argv[1]), to_write=False)
with_article, profile = ArticleCache(data / "cache.db"), ProfileStore(data / "profile.db")
print(with_article.count(), profile.picks())
try:
    profile.set_picks(["food"])
except StorageError as error:
    print(error)
"""


def test_a_read_only_file_system_can_be_read(tmp_path):
    if subprocess.run(["unshare", "-rm", "true"], capture_output=True).returncode:
        pytest.skip("unshare -rm is not permitted here")
    from edge_runtime.storage.articles import ArticleCache
    from edge_runtime.storage.profile import ProfileStore

    ArticleCache(tmp_path / "cache.db").close()
    profile = ProfileStore(tmp_path / "profile.db")
    profile.set_picks(["science"])
    profile.close()
    shell = 'mount --bind "$1" "$1" && mount -o remount,ro,bind "$1" && exec "$2" -c "$3" "$1"'
    command = ["unshare", "-rm", "sh", "-c", shell, "sh", str(tmp_path), sys.executable, READ_ONLY]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.stdout.splitlines()[0] == "0 ('science',)", done.stderr
    assert "only be read" in done.stdout
