"""A full or failing disk: a typed error, nothing lost, reading goes on, and writing too once there is space again."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from edge_runtime.errors import StorageError
from edge_runtime.storage.articles import ArticleCache
from edge_runtime.storage.database import is_disk_full
from edge_runtime.storage.profile import ProfileStore
from edge_runtime.storage.reserve import RESERVE_BYTES, keep_reserve, spend_reserve
from edge_runtime.types import Article, Event, Signal

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def article(number: int) -> Article:
    return Article(str(number), f"Title of {number}", "An abstract. " * 100)


def limit_pages(store: ProfileStore | ArticleCache, more: int) -> None:
    """Let SQLite say "full" after so many more pages."""
    (pages,) = store._db.execute("PRAGMA page_count").fetchone()
    store._db.execute(f"PRAGMA max_page_count = {pages + more}")


@pytest.mark.parametrize("more", range(8))
def test_a_batch_that_does_not_fit_leaves_nothing_of_it(tmp_path, more):
    profile = ProfileStore(tmp_path / "profile.db")
    profile.record(article(0), Signal.OPEN, NOW)
    before = profile.contents()
    limit_pages(profile, more)
    with pytest.raises(StorageError, match="disk is full: free some space") as raised:
        profile.record_all([Event(article(number), Signal.OPEN, NOW) for number in range(1, 50)])
    assert is_disk_full(raised.value)
    assert profile.contents() == before
    limit_pages(profile, 1_000)
    profile.record(article(1), Signal.LIKE, NOW)
    assert [event.number for event in profile.events()] == [1, 2]
    profile.close()


def test_the_reserve_is_filled_spent_and_filled_again(tmp_path):
    assert keep_reserve(tmp_path)
    assert (tmp_path / "reserve").stat().st_size == RESERVE_BYTES
    spend_reserve(tmp_path)
    spend_reserve(tmp_path)
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "reserve").write_bytes(b"cut")
    assert keep_reserve(tmp_path)
    assert (tmp_path / "reserve").stat().st_size == RESERVE_BYTES


def test_a_disk_without_space_for_the_reserve_keeps_none(tmp_path, monkeypatch):
    def fails(path: Path, data: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", fails)
    assert not keep_reserve(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_fails_says_to_start_again(tmp_path):
    path = tmp_path / "profile.db"
    profile = ProfileStore(path)
    profile.record(article(0), Signal.OPEN, NOW)
    profile.close()
    if not (child := os.fork()):
        code = 1
        try:
            profile = ProfileStore(path)
            # To SQLite, a write beyond a process's limit is an I/O error.
            resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size, resource.RLIM_INFINITY))
            try:
                profile.record_all([Event(article(number), Signal.OPEN, NOW) for number in range(1, 200)])
            except StorageError as error:
                is_said = "close this program, check the disk, and start it again" in str(error)
                code = 0 if is_said and not is_disk_full(error) else 2
        finally:
            os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    profile = ProfileStore(path)
    assert len(profile.events()) == 1
    profile.close()


ON_A_SMALL_DISK = """
import sys
from datetime import UTC, datetime
from pathlib import Path

from edge_runtime.errors import StorageError
from edge_runtime.storage.articles import ArticleCache
from edge_runtime.storage.profile import ProfileStore
from edge_runtime.storage.database import is_disk_full
from edge_runtime.types import Article, Signal

disk, now = Path(sys.argv[1]), datetime(2026, 11, 24, tzinfo=UTC)
cache, profile = ArticleCache(disk / "cache.db"), ProfileStore(disk / "profile.db")
kept, opened = 0, 0
(disk / "others").write_bytes(bytes(1_500_000))  # something else on the disk
try:
    while True:
        articles = [Article(str(number), "Title", "An abstract. " * 100) for number in range(kept, kept + 20)]
        cache.put(articles, [(bytes(64), 1.0)] * 20, "bundle", now)
        kept += 20
        profile.record(articles[0], Signal.OPEN, now)
        opened += 1
except StorageError as error:
    assert is_disk_full(error), error
with (disk / "filler").open("wb", buffering=0) as filler:  # what is left of it
    try:
        while True:
            filler.write(bytes(4096))
    except OSError:
        pass
for write in (lambda: cache.remove(["1"]), lambda: profile.record(Article("a", "t"), Signal.OPEN, now)):
    try:
        write()
        raise SystemExit("the disk is not full")
    except StorageError as error:
        assert is_disk_full(error), error

assert cache.count() == kept and len(cache.rows(64).titles) == kept
assert len(profile.events()) == opened

gone = cache.evict(["0"], max_articles=kept // 2)
assert len(gone) == kept - kept // 2 and cache.get(["0"])
profile.record(Article("a", "Title"), Signal.LIKE, now)
assert len(profile.events()) == opened + 1
for file in (cache, profile):
    assert file._db.execute("PRAGMA quick_check").fetchall() == [("ok",)]
print("recovered", kept, opened)
"""


@pytest.mark.usefixtures("slow")
def test_on_a_full_disk_nothing_is_lost_and_evicting_makes_space(tmp_path):
    if subprocess.run(["unshare", "-rm", "true"], capture_output=True).returncode:
        pytest.skip("unshare -rm is not permitted here")
    shell = 'mount -t tmpfs -o size=6m none "$1" && exec "$2" -c "$3" "$1"'
    command = ["unshare", "-rm", "sh", "-c", shell, "sh", str(tmp_path), sys.executable, ON_A_SMALL_DISK]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.stdout.startswith("recovered"), done.stderr
