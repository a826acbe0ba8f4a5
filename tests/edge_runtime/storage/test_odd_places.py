"""Data directories in places that are not as others: read-only with a half-done write, without locks or rights, with
names that are no text."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from edge_runtime.errors import StorageError
from edge_runtime.storage import database
from edge_runtime.storage.database import open_database, private_directory
from edge_runtime.storage.feeds import FeedStore
from edge_runtime.storage.profile import ProfileStore
from edge_runtime.storage.profile_file import export_profile
from edge_runtime.storage.profile_schema import MIGRATIONS

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)

# A write that is too large for SQLite's memory is partly in the file when the power goes.
CUT_SHORT = """
import os, sqlite3, sys
db = sqlite3.connect(sys.argv[1], isolation_level=None)
for pragma in ("journal_mode=TRUNCATE", "cache_size=1", "cache_spill=1"):
    db.execute(f"PRAGMA {pragma}")
db.execute("BEGIN IMMEDIATE")
db.execute("DELETE FROM searches")
db.execute("CREATE TABLE junk (x)")
db.executemany("INSERT INTO junk VALUES (?)", [("y" * 3000,)] * 400)
os._exit(9)
"""


def half_written(path: Path) -> None:
    """A profile with one search, and a write that was cut short."""
    profile = ProfileStore(path)
    profile.record_search("rain", NOW)
    profile.close()
    assert subprocess.run([sys.executable, "-c", CUT_SHORT, str(path)]).returncode == 9
    assert path.with_name("profile.db-journal").stat().st_size > 0


def test_a_half_done_write_in_a_place_that_can_only_be_read_is_undone_in_a_copy(tmp_path, monkeypatch):
    path = tmp_path / "profile.db"
    half_written(path)
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    places = tmp_path.parent / "memory"
    places.mkdir(exist_ok=True)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(places))
    monkeypatch.setattr(database.os, "access", lambda path, mode: not mode & os.W_OK)
    profile = ProfileStore(path)
    assert [search["query"] for search in export_profile(profile)["searches"]] == ["rain"]
    (notice,) = profile.notices
    assert notice.endswith("without a write that was cut short") and str(path) in notice
    for write in (lambda: profile.record_search("sun", NOW), profile.erase, lambda: profile.set_setting("a", 1)):
        with pytest.raises(StorageError, match="only be read"):
            write()
    assert [search.query for search in profile.searches()] == ["rain"]
    profile.close()
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == before
    assert list(places.iterdir()) == []


def test_a_copy_that_was_in_the_temporary_directory_is_told(tmp_path, monkeypatch):
    half_written(tmp_path / "profile.db")
    disk = tmp_path / "disk"
    disk.mkdir()
    make = tempfile.mkdtemp

    def no_memory(prefix: str, dir: str) -> str:
        if dir != str(disk):
            raise OSError(errno.ENOSPC, "No space left on device")
        return make(prefix=prefix, dir=dir)

    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "runtime"))
    monkeypatch.setattr("tempfile.tempdir", str(disk))
    monkeypatch.setattr("tempfile.mkdtemp", no_memory)
    monkeypatch.setattr(database.os, "access", lambda path, mode: not mode & os.W_OK)
    profile = ProfileStore(tmp_path / "profile.db")
    assert [search.query for search in profile.searches()] == ["rain"]
    (notice,) = profile.notices
    assert notice.endswith(f"cut short; for a moment that copy was in {disk}")
    profile.close()
    assert list(disk.iterdir()) == []


def test_without_a_place_for_the_copy_the_error_is_typed(tmp_path, monkeypatch):
    half_written(tmp_path / "profile.db")
    monkeypatch.setattr(database.os, "access", lambda path, mode: not mode & os.W_OK)

    def full(**_: object) -> str:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("tempfile.mkdtemp", full)
    with pytest.raises(StorageError, match="only be read"):
        ProfileStore(tmp_path / "profile.db")


IN_A_LOG = """
import os, sqlite3, sys
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute("PRAGMA journal_mode=WAL")
db.execute("INSERT INTO searches (query, at) VALUES ('sun', 5)")
os._exit(9)
"""
READ = """
import sys
from pathlib import Path
from edge_runtime.storage.profile import ProfileStore
profile = ProfileStore(Path(sys.argv[1]))
print([search.query for search in profile.searches()], len(profile.notices))
"""


def test_what_another_program_left_in_a_write_ahead_log_is_read_on_a_read_only_file_system(tmp_path):
    if subprocess.run(["unshare", "-rm", "true"], capture_output=True).returncode:
        pytest.skip("unshare -rm is not permitted here")
    path = tmp_path / "profile.db"
    profile = ProfileStore(path)
    profile.record_search("rain", NOW)
    profile.close()
    assert subprocess.run([sys.executable, "-c", IN_A_LOG, str(path)]).returncode == 9
    path.with_name("profile.db-shm").unlink()
    shell = 'mount --bind "$1" "$1" && mount -o remount,ro,bind "$1" && exec "$2" -c "$3" "$1/profile.db"'
    command = ["unshare", "-rm", "sh", "-c", shell, "sh", str(tmp_path), sys.executable, READ]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.stdout == "['sun', 'rain'] 1\n", done.stderr


def test_what_can_be_written_again_is_mended_in_place(tmp_path):
    half_written(tmp_path / "profile.db")
    profile = ProfileStore(tmp_path / "profile.db")
    assert [search.query for search in profile.searches()] == ["rain"] and profile.notices == ()
    profile.close()


WITHOUT_LOCKS = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
static int answer(const char *name, int fd, int command, void *argument) {
  if (command == F_SETLK || command == F_SETLKW || command == F_GETLK) {
    errno = atoi(getenv("LOCK_ERROR"));
    return -1;
  }
  return ((int (*)(int, int, ...))dlsym(RTLD_NEXT, name))(fd, command, argument);
}
#define ANSWER(name) int name(int fd, int command, ...) { va_list rest; va_start(rest, command); \
  void *argument = va_arg(rest, void *); va_end(rest); return answer(#name, fd, command, argument); }
ANSWER(fcntl)
ANSWER(fcntl64)
"""
OPEN = """
import sys
from pathlib import Path
from edge_runtime.errors import StorageError
from edge_runtime.storage import database
database.BUSY_TIMEOUT_S = 0.05
if len(sys.argv) > 2:
    database.os.access = lambda path, mode: not mode & database.os.W_OK
from edge_runtime.storage.profile import ProfileStore
try:
    profile = ProfileStore(Path(sys.argv[1]))
    print([search.query for search in profile.searches()], *profile.notices)
except StorageError as error:
    print(error)
"""


@pytest.mark.usefixtures("slow")
@pytest.mark.parametrize("error", [errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS])
def test_a_file_system_without_locks_is_told_and_what_can_only_be_read_is_read(tmp_path, error):
    if not shutil.which("gcc"):
        pytest.skip("gcc is not installed: the file system without locks is made of a small C library")
    library = tmp_path / "without_locks.so"
    made = ["gcc", "-shared", "-fPIC", "-x", "c", "-", "-o", str(library), "-ldl"]
    subprocess.run(made, input=WITHOUT_LOCKS, text=True, check=True)
    path = tmp_path / "data" / "profile.db"
    path.parent.mkdir()
    profile = ProfileStore(path)
    profile.record_search("rain", NOW)
    profile.close()

    def opened(*more: str) -> str:
        environment = {**os.environ, "LD_PRELOAD": str(library), "LOCK_ERROR": str(error)}
        command = [sys.executable, "-c", OPEN, str(path), *more]
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60).stdout

    said = opened()
    assert "offers no locks" in said and "disk of this device" in said
    assert "another program is" not in said and "disk failed" not in said
    assert opened("only to read").startswith("['rain'] ")


@pytest.mark.parametrize(
    "error", [errno.EPERM, errno.EACCES, errno.EOPNOTSUPP, errno.ENOSYS, errno.EROFS, errno.EINVAL]
)
def test_a_file_system_without_rights_is_used_and_told_once(tmp_path, monkeypatch, error):
    data = tmp_path / "data"
    data.mkdir(mode=0o755)
    for name in ("profile.db", "profile.db-journal"):
        (data / name).touch(mode=0o644)
        (data / name).chmod(0o644)
    data.chmod(0o755)

    def refused(path: Path, mode: int) -> None:
        raise OSError(error, os.strerror(error))

    monkeypatch.setattr(Path, "chmod", refused)
    assert private_directory(data) == data
    profile = ProfileStore(data / "profile.db")
    profile.record_search("rain", NOW)
    (notice,) = profile.notices
    assert str(data) in notice and "rights" in notice
    profile.close()


def test_a_name_that_is_no_text_is_a_name_like_others(tmp_path):
    data = private_directory(tmp_path / os.fsdecode(b"caf\xe9 ?#%41&mode=ro"))
    open_database(data / "profile.db", MIGRATIONS[:-1]).close()
    backup = f"profile.db.backup-{len(MIGRATIONS) - 1}"
    profile, feeds = ProfileStore(data / "profile.db"), FeedStore(data / "feeds.db")
    profile.record_search("rain", NOW)
    assert sorted(os.listdir(os.fsencode(data))) == sorted(
        [b"feeds.db", b"feeds.db-journal", b"profile.db", b"profile.db-journal", os.fsencode(backup)]
    )
    profile.erase()
    profile.close()
    feeds.close()
    assert not (data / backup).exists()
