"""Programs that open the same files at the same moment: at the first start, after an update, over a damaged cache."""

from __future__ import annotations

import os
import random
import sqlite3
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from edge_runtime.storage.articles import open_cache
from edge_runtime.storage.database import open_database
from edge_runtime.storage.feeds import FeedStore
from edge_runtime.storage.profile import ProfileStore
from edge_runtime.storage.profile_schema import MIGRATIONS

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
PROGRAMS = 4
SEEDS = [0, *(pytest.param(seed, marks=pytest.mark.long) for seed in (1, 2, 3, 4))]

pytestmark = pytest.mark.usefixtures("slow")  # each starts several processes


def at_once(seed: int, *programs: Callable[[], int]) -> list[int]:
    """Exit statuses of programs that start within a few milliseconds, each a process of its own; 99 is an error."""
    starts = random.Random(seed)
    children = []
    for program in programs:
        wait_s = starts.choice([0, 0.001, 0.005, 0.02]) * starts.random()
        if not (child := os.fork()):
            status = 99
            try:
                time.sleep(wait_s)
                status = program()
            finally:
                os._exit(status)
        children.append(child)
    return [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]


def schema_of(path: Path) -> int:
    db = sqlite3.connect(path)
    assert db.execute("PRAGMA quick_check").fetchall() == [("ok",)]
    (version,) = db.execute("PRAGMA user_version").fetchone()
    db.close()
    return version


def use_all(data: Path, name: str) -> int:
    """What a program does: it opens everything, and keeps something in each."""
    cache, damaged = open_cache(data / "cache.db")
    profile, feeds = ProfileStore(data / "profile.db"), FeedStore(data / "feeds.db")
    profile.record_search(name, NOW)
    feeds.subscribe(f"https://{name}.example/feed", "", "", NOW)
    cache.set_checked(name, "engine")
    return int(damaged is not None)


@pytest.mark.parametrize("version", range(len(MIGRATIONS)))
@pytest.mark.parametrize("seed", SEEDS[:3])
def test_programs_that_find_a_new_or_an_old_profile_at_once_all_go_on(tmp_path, version, seed):
    path = tmp_path / "profile.db"
    if version:
        old = open_database(path, MIGRATIONS[:version])
        dwell = ", 0" if version >= 3 else ""
        old.execute(f"INSERT INTO events VALUES (1, 'a', 'Rain', '', '', '', '', '', NULL, 'open', 5{dwell})")
        old.close()
    programs = [lambda name=f"p{number}": use_all(tmp_path, name) for number in range(PROGRAMS)]
    assert at_once(10 * version + seed, *programs) == [0] * PROGRAMS
    profile = ProfileStore(path)
    assert sorted(search.query for search in profile.searches()) == [f"p{number}" for number in range(PROGRAMS)]
    assert [event.article.title for event in profile.events()] == ["Rain"] * bool(version)
    profile.close()
    assert schema_of(path) == len(MIGRATIONS)
    feeds = FeedStore(tmp_path / "feeds.db")
    assert len(feeds.feeds()) == PROGRAMS
    feeds.close()
    # A file that began empty has nothing to keep a copy of; of an old one the copy is what it was.
    copies = [copy.name for copy in tmp_path.glob("*backup*")]
    assert copies == ([f"profile.db.backup-{version}"] if version else [])
    assert all(schema_of(tmp_path / copy) == version for copy in copies)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_damaged_cache_is_put_aside_by_one_program_and_the_others_use_the_new_one(tmp_path, seed):
    (tmp_path / "cache.db").write_bytes(b"no database at all, but text\n" * 400)
    programs = [lambda name=f"p{number}": use_all(tmp_path, name) for number in range(PROGRAMS)]
    assert sorted(at_once(seed, *programs)) == [0] * (PROGRAMS - 1) + [1]
    assert (tmp_path / "cache.db.damaged").read_bytes().startswith(b"no database at all")
    cache, damaged = open_cache(tmp_path / "cache.db")
    assert damaged is None and all(cache.is_checked(f"p{number}", "engine") for number in range(PROGRAMS))
    cache.close()


def test_a_program_waits_for_one_that_updates_longer_than_for_one_that_writes(tmp_path, monkeypatch):
    monkeypatch.setattr("edge_runtime.storage.database.BUSY_TIMEOUT_S", 0.5)
    path = tmp_path / "words.db"

    def slow(db: sqlite3.Connection) -> None:
        time.sleep(1.5)
        db.execute("CREATE TABLE words (word TEXT)")

    def update() -> int:
        open_database(path, [slow]).close()
        return 0

    assert at_once(0, update, update, update) == [0, 0, 0]
