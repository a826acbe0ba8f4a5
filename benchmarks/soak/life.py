"""The days of one reader on the public API, with a simulated clock: sync, look, open, like, save, be notified."""

from __future__ import annotations

import gc
import os
import resource
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np

from benchmarks.soak.publishers import Publishers, old_articles, section_of, story_of
from edge_runtime import Reader, Signal, SyncOptions

START = datetime(2026, 11, 2, tzinfo=UTC)
SYNC_HOURS = 7, 12, 18
OPEN_RATE = {"sports": 0.5, "food": 0.4}  # of what is shown; 0.05 of the rest
_PAGE_BYTES = resource.getpagesize()


@dataclass(frozen=True, slots=True)
class SoakSettings:
    """How long a life and how much news."""

    days: int = 30
    feeds: int = 100
    cached_before: int = 20_000  # articles; as many as the cache takes, so that what grows afterwards is not the cache
    reopen: bool = False  # each morning, as a program does that a timer starts
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Day:
    """How things stand in the evening."""

    number: int  # from 1
    rss_bytes: int
    traced_bytes: int  # Python's own, numpy's among them; 0 if they are not traced
    open_files: int
    articles: int
    cache_bytes: int
    profile_bytes: int
    events: int
    notifications: int  # of this day
    outcomes: dict[str, int]  # how many of this day's fetches ended how
    lost: tuple[str, ...]  # saved articles that are not in the cache
    seen_twice: tuple[str, ...]  # stories of which a top 10 had two articles
    too_early: tuple[int, ...]  # feeds that were asked within `SyncOptions.min_interval_s`


@dataclass(slots=True)
class _Today:
    notifications: int = 0
    outcomes: dict[str, int] = field(default_factory=dict)
    seen_twice: list[str] = field(default_factory=list)


def live(data_dir: Path, settings: SoakSettings, tell: Callable[[Day], object] = lambda day: None) -> list[Day]:
    """Live for some days.

    Args:
        data_dir: An empty one.
        settings: The life.
        tell: Called each evening.
    """
    days = []
    saved: set[str] = set()
    rng = np.random.default_rng(settings.seed)
    with Reader.open(data_dir) as reader:  # another one: what filling takes stays with its process
        reader.add(old_articles(settings.cached_before, START), START - timedelta(days=3))
    reader = Reader.open(data_dir)
    try:
        with Publishers(settings.feeds, START) as publishers:
            for url in publishers.urls():
                reader.feeds.subscribe(url, "", "", START)
            for number in range(1, settings.days + 1):
                if settings.reopen:
                    reader.close()
                    reader = Reader.open(data_dir)
                today = _Today()
                for hour in SYNC_HOURS:
                    publishers.now = START + timedelta(days=number - 1, hours=hour)
                    _look_again(reader, publishers, today)
                    saved |= _read(reader, publishers.now, rng, today)
                days.append(_evening(reader, publishers, data_dir, number, today, saved))
                tell(days[-1])
    finally:
        reader.close()
    return days


def _look_again(reader: Reader, publishers: Publishers, today: _Today) -> None:
    """Sync, again five minutes later, and see what is worth a notification."""
    options = SyncOptions(allow_private=True)
    for _ in range(2):
        for outcome in reader.sync(publishers.now, options):
            today.outcomes[outcome.status] = today.outcomes.get(outcome.status, 0) + 1
            if outcome.error.endswith("please report this"):
                raise RuntimeError(outcome.error)
        publishers.now += timedelta(minutes=5)
    decision = reader.decide_pushes(publishers.now, UTC)
    reader.mark_sent(decision, publishers.now)
    today.notifications += len(decision.send) + bool(decision.digest)


def _read(reader: Reader, now: datetime, rng: np.random.Generator, today: _Today) -> set[str]:
    """Look at the feed and act on some of it; the ids of what was saved come back."""
    saved = set()
    feed = reader.feed(now, 20)
    stories = [story_of(scored.article) for scored in feed[:10]]
    today.seen_twice += {story for story in stories if stories.count(story) > 1}
    reader.mark_shown(feed, now)
    for scored in feed:
        name = scored.article.article_id
        section = section_of(scored.article)
        if scored.is_read or rng.random() >= OPEN_RATE.get(section, 0.05):
            continue
        reader.record(name, Signal.OPEN, now)
        reader.record(name, Signal.DWELL, now, dwell_s=float(rng.exponential(60)))
        if rng.random() < 0.2:
            reader.record(name, Signal.LIKE, now)
        if rng.random() < 0.2:
            reader.record(name, Signal.SAVE, now)
            saved.add(name)
    if feed:
        reader.record(feed[-1].article.article_id, Signal.HIDE, now)
        reader.explain(feed[0].article.article_id, now)
        reader.search(feed[0].article.title.split()[0], now)
    return saved


def _evening(
    reader: Reader, publishers: Publishers, data_dir: Path, number: int, today: _Today, saved: set[str]
) -> Day:
    info = reader.info()
    kept = {article.article_id for article in reader.latest()}
    least = timedelta(seconds=SyncOptions().min_interval_s)
    asked = publishers.asked.items()
    early = tuple(feed for feed, times in asked if any(b - a < least for a, b in pairwise(times)))
    publishers.asked.clear()
    gc.collect()
    return Day(
        number=number,
        rss_bytes=int(Path("/proc/self/statm").read_text().split()[1]) * _PAGE_BYTES,
        traced_bytes=tracemalloc.get_traced_memory()[0],
        open_files=len(os.listdir("/proc/self/fd")),
        articles=int(str(info["articles"])),
        cache_bytes=(data_dir / "cache.db").stat().st_size,
        profile_bytes=(data_dir / "profile.db").stat().st_size,
        events=int(str(info["events"])),
        notifications=today.notifications,
        outcomes=today.outcomes,
        lost=tuple(sorted(saved - kept)),
        seen_twice=tuple(today.seen_twice),
        too_early=early,
    )
