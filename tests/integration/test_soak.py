"""A reader's weeks with many feeds, some of them bad: nothing grows without end, is lost, or comes twice."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import tracemalloc
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import partialmethod
from pathlib import Path

import pytest

from benchmarks.soak.life import Day, SoakSettings, live
from edge_runtime import Reader
from edge_runtime.storage.articles import FEWER, ArticleCache
from edge_runtime.storage.limits import MAX_ARTICLES
from edge_runtime.storage.profile import ProfileLimits, ProfileStore

MEMORY_DISK = Path("/dev/shm")  # what is looked at here is what grows, not how long a disk takes for each commit
# What is lost each day adds up to more. The allocator's own pools differ by 5 MB from machine to machine.
MAX_GROWTH_BYTES = 8_000_000
FEW_ARTICLES, FEW_BYTES, FEW_EVENTS, FEW_SHOWN = 80, 160_000, 20, 30


@pytest.fixture(scope="module")
def scratch() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(dir=MEMORY_DISK if MEMORY_DISK.is_dir() else None) as directory:
        yield Path(directory)


@pytest.fixture(scope="module")
def days(scratch, slow) -> list[Day]:
    """Five days with twenty feeds."""
    return live(scratch / "five days", SoakSettings(days=5, feeds=20, cached_before=100))


@pytest.fixture(scope="module")
def days_with_little_room(scratch, slow) -> list[Day]:
    """Three days with small bounds; the program starts anew each morning."""
    with pytest.MonkeyPatch.context() as patch:
        bounded = partialmethod(ArticleCache.evict, max_articles=FEW_ARTICLES, max_bytes=FEW_BYTES)
        patch.setattr(ArticleCache, "evict", bounded)
        few = ProfileLimits(events=FEW_EVENTS, shown=FEW_SHOWN)
        patch.setattr(ProfileStore, "__init__", partialmethod(ProfileStore.__init__, limits=few))
        tracemalloc.start()
        try:
            settings = SoakSettings(days=3, feeds=8, cached_before=FEW_ARTICLES + 40, seed=1, reopen=True)
            return live(scratch / "little room", settings)
        finally:
            tracemalloc.stop()


def must_hold(days: Sequence[Day], warm_up: int) -> None:
    """What holds of every life."""
    warm, last = days[warm_up - 1], days[-1]
    later = days[(warm_up + len(days)) // 2 :]
    assert min(day.rss_bytes for day in later) - warm.rss_bytes < MAX_GROWTH_BYTES
    assert last.open_files <= warm.open_files
    for day in days:
        assert not day.lost and not day.seen_twice and not day.too_early
        assert day.articles <= 20_000 and day.cache_bytes <= 50_000_000
        assert day.notifications <= 5  # as `PushSettings` says


def test_five_days_with_twenty_feeds(days):
    must_hold(days, warm_up=2)
    assert days[-1].events > days[0].events > 0


def test_the_feeds_of_these_days_were_bad_enough(days):
    outcomes = sum((Counter(day.outcomes) for day in days), Counter())
    assert set(outcomes) == {"new", "unchanged", "too early", "told to wait", "failed", "gone"}


def test_a_small_cache_stays_small_and_keeps_what_was_saved(days_with_little_room):
    must_hold(days_with_little_room, warm_up=2)
    for day in days_with_little_room:
        assert day.articles <= FEW_ARTICLES
        assert day.cache_bytes <= FEW_BYTES
    growth = days_with_little_room[-1].traced_bytes - days_with_little_room[1].traced_bytes
    assert growth < MAX_GROWTH_BYTES


def test_a_small_profile_forgets_the_oldest_but_nothing_that_was_saved(days_with_little_room, scratch):
    with Reader.open(scratch / "little room") as reader:
        saved = reader.saved()
        document = reader.export_profile()
        assert saved and {article.article_id for article in saved} <= {a.article_id for a in reader.latest()}
    assert sum(event["signal"] != "save" for event in document["events"]) == FEW_EVENTS
    assert len(document["shown"]) == FEW_SHOWN


@pytest.mark.usefixtures("long")
def test_thirty_days_with_a_hundred_feeds_and_a_full_cache(scratch):
    command = [sys.executable, "-m", "benchmarks.soak", "--json", "--scratch", str(scratch)]
    # glibc would keep large arrays that were freed, in numbers that depend on the weather.
    done = subprocess.run(
        command,
        env=os.environ | {"MALLOC_MMAP_THRESHOLD_": "131072"},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    days = [Day(**day) for day in json.loads(done.stdout)]
    assert len(days) == 30 and MAX_ARTICLES * FEWER <= days[0].articles <= MAX_ARTICLES
    # Copies of what lists taught are made until the profile has as many lists as it keeps.
    must_hold(days, warm_up=10)
