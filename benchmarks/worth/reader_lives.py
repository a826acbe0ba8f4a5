"""Readers of the ranking benchmark with the whole engine: `Reader.feed`, `mark_shown` and `record`, on a disk.

Each lives three times with the same dice: ranked, newest first, and as the trial has it.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import numpy as np

from benchmarks.ranking.world import REPEAT_LOSS, K, World, WorldSettings
from edge_runtime import OrderChoice, Origin, Reader, Signal
from edge_runtime.worth.lists import OPEN_FOR_S
from edge_runtime.worth.trials import Stage
from trainer.data.corpus import load_corpus
from trainer.data.newsroom import DAY_S, START
from trainer.data.simulate import NOISE, examination

EVERY_NTH = 4  # headline of the corpus: some 120 candidates at any time
SESSIONS_A_DAY = 2.5
CLOCK_LOSS = 3.0  # logits a day, of a reader who reads by the clock
CLOCK_LEVEL = 0.0

Liking = Callable[[World, int, int, np.ndarray], np.ndarray]  # world, reader, time, rows -> logits above the threshold


def by_taste(world: World, reader: int, time_s: int, rows: np.ndarray) -> np.ndarray:
    """Topics, words, sources, quality and age, as in the ranking benchmark."""
    liking: np.ndarray = world.preference(reader, time_s, rows) - world.threshold
    return liking


def by_clock(world: World, reader: int, time_s: int, rows: np.ndarray) -> np.ndarray:
    """Only how new an article is."""
    liking: np.ndarray = CLOCK_LEVEL - CLOCK_LOSS * (time_s - world.published_s[rows]) / DAY_S
    return liking


def by_chance(world: World, reader: int, time_s: int, rows: np.ndarray) -> np.ndarray:
    """Nothing."""
    return np.full(len(rows), -1.5)


KINDS: dict[str, Liking] = {"topics and words": by_taste, "by the clock": by_clock, "at random": by_chance}


@dataclass(frozen=True, slots=True)
class ReaderLife:
    """What came of a reader's three lives."""

    kind: str
    lists: int
    opens: tuple[int, int, int]  # ranked, newest first, and with the trial
    choices: int  # of the first trial, when it was decided or at the end
    wins: int
    better_at: int | None  # opens
    back_at: int | None
    kept_bytes: int  # of the trial in the profile, at the most


def make_world(readers: int, days: int, seed: int) -> World:
    """A world of few readers who come often."""
    settings = WorldSettings(readers=readers, days=days, seed=seed, sessions_per_day=SESSIONS_A_DAY)
    return World(settings, load_corpus()[::EVERY_NTH])


def live(world: World, reader: int, kind: str) -> ReaderLife:
    """Let a reader live three times."""
    opens, seen = [], _Seen()
    for order in (OrderChoice.RANKED, OrderChoice.NEWEST, OrderChoice.AUTO):
        with tempfile.TemporaryDirectory() as folder, Reader.open(Path(folder)) as own:
            own.set_order(order, START)
            opens.append(_one_life(world, reader, KINDS[kind], own, seen if order is OrderChoice.AUTO else None))
    lists = int(np.count_nonzero(world.readers == reader))
    counts = (seen.choices, seen.wins, seen.better_at, seen.back_at, seen.kept_bytes)
    return ReaderLife(kind, lists, (opens[0], opens[1], opens[2]), *counts)


class _Seen:
    """What was seen of the trial on the way."""

    def __init__(self) -> None:
        self.choices = self.wins = self.kept_bytes = 0
        self.better_at: int | None = None
        self.back_at: int | None = None

    def look(self, own: Reader, now_s: int, opens: int) -> None:
        worth = own.worth(START + timedelta(seconds=now_s + OPEN_FOR_S))
        if worth.trial == 1:
            self.choices, self.wins = worth.choices, worth.wins
        if self.better_at is None and worth.stage is Stage.PROVEN:
            self.better_at = opens
        if self.back_at is None and worth.stage is Stage.NEWEST:
            self.back_at = opens
        self.kept_bytes = max(self.kept_bytes, kept_bytes(own))


def kept_bytes(own: Reader) -> int:
    """Bytes of the trial's rows, as SQLite lays records out: a byte of type for each value, and the value."""
    db = own._profile.store._db
    rows = [row for table in ("trial", "listed") for row in db.execute(f"SELECT * FROM {table}").fetchall()]
    return sum(2 + sum(1 + _size(value) for value in row) for row in rows)


def _size(value: object) -> int:
    match value:
        case int() as whole:
            bits = max(whole, ~whole).bit_length() + 1
            return 0 if whole in (0, 1) else next(size for size in (1, 2, 3, 4, 6, 8) if bits <= 8 * size)
        case float():
            return 8
        case str():
            return len(value.encode())
        case bytes():
            return len(value)
    return 0


def _one_life(world: World, reader: int, liking_of: Liking, own: Reader, seen: _Seen | None) -> int:
    """How many articles the reader opens in all."""
    own.pick_topics(world.welcomes[reader].topics)
    row_of = {article.article_id: row for row, article in enumerate(world.articles)}
    known_stories: set[int] = set()
    done = opens = 0
    for number in np.flatnonzero(world.readers == reader).tolist():
        now_s = int(world.times_s[number])
        now = START + timedelta(seconds=now_s)
        first, end = world.window(now_s)
        own.add(world.articles[max(done, first) : end], now)
        done = end
        feed = own.feed(now, K)
        own.mark_shown(feed, now)
        rows = np.array([row_of[one.article.article_id] for one in feed], np.int64)
        rng = np.random.default_rng([world.settings.seed, number])
        noise, dice = rng.normal(size=len(world.articles))[rows], rng.random(len(world.articles))[rows]
        liking, looked_at = liking_of(world, reader, now_s, rows), examination(len(rows))
        for place, story in enumerate(world.press.stories[rows].tolist()):
            if feed[place].is_read:
                continue
            own_liking = liking[place] - REPEAT_LOSS * (story in known_stories)
            if dice[place] < looked_at[place] / (1 + np.exp(-own_liking - NOISE * noise[place])):
                known_stories.add(story)
                opens += 1
                at = now + timedelta(seconds=30 * (place + 1))
                own.record(feed[place].article.article_id, Signal.OPEN, at, origin=Origin.FEED)
        if seen:
            seen.look(own, now_s, opens)
    return opens
