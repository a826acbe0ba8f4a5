"""The figures of the policies that are finished: means over readers, paired differences, shares of the way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.ranking.knowledge import KNOWLEDGE, ORACLE
from benchmarks.ranking.policies import POLICIES
from benchmarks.ranking.study import EVERY, Measures, read_results
from benchmarks.ranking.world import WorldSettings
from trainer.errors import ConfigError
from trainer.intervals import Interval, bootstrap
from trainer.measure.metrics import Floats

FIRST = "time order"  # 0 % of the way; the oracle is 100 %
ENGINE = "engine"
OFF = "engine without "
MEASURES = ("clicks", "topics", "distance", "new_sources", "story_pairs")
RESAMPLES = 1000


@dataclass(frozen=True, slots=True)
class Row:
    """One policy. Each reader counts once, with the mean of all sessions."""

    name: str
    group: str  # policy, knowledge, engine or off
    means: dict[str, Interval]  # of MEASURES
    to_first: Interval  # difference in clicks
    to_engine: Interval | None  # difference in clicks, this one minus the engine
    way: Interval  # share of the way from time order to oracle
    by_day: Floats  # (days,) clicks a session, all sessions of a day counted alike


@dataclass(frozen=True, slots=True)
class Figures:
    """All finished policies, in the order of `EVERY`."""

    rows: tuple[Row, ...]
    readers: int
    days: int
    worlds: int
    sessions: int

    def of(self, *groups: str) -> list[Row]:
        """The rows of some groups."""
        return [row for row in self.rows if row.group in groups]


def figures(out: Path, worlds: Sequence[WorldSettings], names: Sequence[str] = tuple(EVERY)) -> Figures:
    """Compute the figures of the policies that have lived in every world.

    Raises:
        ConfigError: Time order or the oracle is missing, or a file cannot be read.
    """
    lives: dict[str, Measures] = {}
    for name in names:
        kept = [read_results(out, name, settings) for settings in worlds]
        finished = [one for one in kept if one is not None]
        if len(finished) == len(worlds):
            lives[name] = _one_after_another(finished, worlds)
    missing = {FIRST, ORACLE} - lives.keys()
    if missing:
        raise ConfigError(f"{out}: {', '.join(sorted(missing))} is not finished; run the study without --only")
    readers = {name: _of_readers(life) for name, life in lives.items()}
    rows = [
        Row(
            name=name,
            group=_group(name),
            means={measure: bootstrap(found[measure], seed=0) for measure in MEASURES},
            to_first=bootstrap(found["clicks"] - readers[FIRST]["clicks"], seed=0),
            to_engine=bootstrap(found["clicks"] - readers[ENGINE]["clicks"], seed=0) if ENGINE in readers else None,
            way=share_of_way(readers[FIRST]["clicks"], found["clicks"], readers[ORACLE]["clicks"]),
            by_day=_mean_by(lives[name]["day"], lives[name]["clicks"]),
        )
        for name, found in readers.items()
    ]
    return Figures(
        rows=tuple(rows),
        readers=sum(settings.readers for settings in worlds),
        days=worlds[0].days,
        worlds=len(worlds),
        sessions=len(lives[FIRST]["clicks"]),
    )


def share_of_way(first: Floats, found: Floats, last: Floats, seed: int = 0) -> Interval:
    """How far a policy gets from the first one's clicks to the last one's: 0 as the first, 1 as the last.

    Args:
        first, found, last: (num_readers,) clicks of the same readers.
        seed: Of the bootstrap, in which readers are drawn with all three.
    """
    rng = np.random.default_rng(seed)
    drawn = rng.integers(0, len(found), (RESAMPLES, len(found)))
    shares = (found - first)[drawn].mean(axis=1) / (last - first)[drawn].mean(axis=1)
    low, high = np.quantile(shares, [0.025, 0.975])
    return Interval(float((found - first).mean() / (last - first).mean()), float(low), float(high))


def _group(name: str) -> str:
    if name.startswith(OFF):
        return "off"
    if name == ENGINE:
        return "engine"
    return "policy" if name in POLICIES or name not in KNOWLEDGE else "knowledge"


def _one_after_another(lives: Sequence[Measures], worlds: Sequence[WorldSettings]) -> Measures:
    """Sessions of all worlds; a reader of the next world is another reader."""
    starts = np.cumsum([0, *(settings.readers for settings in worlds)])
    moved = [{**life, "reader": life["reader"] + start} for life, start in zip(lives, starts, strict=False)]
    return {name: np.concatenate([life[name] for life in moved]) for name in lives[0]}


def _of_readers(life: Measures) -> Measures:
    return {name: _mean_by(life["reader"], life[name]) for name in MEASURES}


def _mean_by(groups: Floats, values: Floats) -> Floats:
    """(num_groups,) means of the values of each group; NaN for one without any."""
    numbers = groups.astype(int)
    counts = np.bincount(numbers)
    with np.errstate(invalid="ignore"):
        means: Floats = np.bincount(numbers, values) / counts
    return means
