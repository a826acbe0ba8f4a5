"""The figures of the rankers that are finished: means over readers with intervals, and differences in pairs."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.people.headlines import LABELS, SESSION_HOURS
from benchmarks.people.life import Measures
from benchmarks.people.people import KINDS
from benchmarks.people.study import ENGINE, StudySettings, rankers, read_results
from trainer.errors import ConfigError
from trainer.intervals import Interval, bootstrap

FROM_DAY = 2  # from 0: by then a ranker has something to go by
LAST_DAYS = 2
AFTER_OPENS = (3, 10, 30)  # checkpoints; each counts until the next one


@dataclass(frozen=True, slots=True)
class Row:
    """One ranker with readers of one kind and one kind of feed. Each reader counts once."""

    name: str
    kind: str
    labels: str
    share: Interval  # of the attainable, sessions from `FROM_DAY`
    last: Interval  # the same of the last days
    newest: Interval  # of the newest articles at the same moments
    found: float  # share of all liked articles that was opened in the end
    by_day: tuple[float, ...]
    after_opens: tuple[Interval, ...]  # share less that of the newest, after so many opens
    lines: float  # reasons, in all
    false: float
    disliked: float  # of a list, after the dislike
    disliked_newest: float
    to_engine: Interval | None = None  # the engine's share less this one's


@dataclass(frozen=True, slots=True)
class Figures:
    """All finished rankers."""

    rows: tuple[Row, ...]
    settings: StudySettings

    def of(self, kind: str | None = None, labels: str | None = None, name: str | None = None) -> list[Row]:
        """The rows of a kind of people, of feeds, and of a ranker."""
        return [
            row
            for row in self.rows
            if (kind is None or row.kind == kind)
            and (labels is None or row.labels == labels)
            and (name is None or row.name == name)
        ]


def figures(out: Path, settings: StudySettings, names: Sequence[str] | None = None) -> Figures:
    """Compute the figures of what has been lived.

    Raises:
        ConfigError: The engine has not lived yet, or a file cannot be read.
    """
    rows: list[Row] = []
    for labels in LABELS:
        engine = read_results(out, ENGINE, labels, settings)
        if engine is None:
            raise ConfigError(f"{out}: the engine has not lived with categories {labels}; run the study without --only")
        for name in rankers(out) if names is None else names:
            found = read_results(out, name, labels, settings)
            if found is None:
                continue
            for kind in KINDS:
                own = of_kind(*found, kind)
                if own:
                    rows.append(_row(name, kind, labels, own, of_kind(*engine, kind), settings.days))
    return Figures(tuple(rows), settings)


def of_kind(people: Sequence[str], found: Measures, kind: str) -> Measures:
    """What the readers of a kind did; nothing where there are none."""
    rows = [row for row, name in enumerate(people) if name.startswith(f"{kind} ")]
    return {name: values[rows] for name, values in found.items()} if rows else {}


def mean_over(values: np.ndarray) -> np.ndarray:
    """Means over the last axis without what is NaN; NaN where all is."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # of empty means
        means: np.ndarray = np.nanmean(values, axis=-1)
    return means


def after_opens(found: Measures) -> list[np.ndarray]:
    """For each of `AFTER_OPENS`, (num_readers,) mean of share less newest while so many articles had been opened.

    Sessions count from that number of opens until the next one; NaN for a reader who had none such.
    """
    gain, opens = found["share"] - found["newest"], found["opens"]
    ends = (*AFTER_OPENS[1:], np.inf)
    return [
        mean_over(np.where((opens >= begin) & (opens < end), gain, np.nan))
        for begin, end in zip(AFTER_OPENS, ends, strict=True)
    ]


def _row(name: str, kind: str, labels: str, found: Measures, engine: Measures, days: int) -> Row:
    per_day = len(SESSION_HOURS)
    share = mean_over(found["share"][:, FROM_DAY * per_day :])
    theirs = mean_over(engine["share"][:, FROM_DAY * per_day :])
    by_day = mean_over(mean_over(found["share"].reshape(-1, days, per_day)).T)
    return Row(
        name=name,
        kind=kind,
        labels=labels,
        share=bootstrap(share, seed=0),
        last=bootstrap(mean_over(found["share"][:, -LAST_DAYS * per_day :]), seed=0),
        newest=bootstrap(mean_over(found["newest"][:, FROM_DAY * per_day :]), seed=0),
        found=float(np.nanmean(found["found"][:, -1])) if np.isfinite(found["found"][:, -1]).any() else float("nan"),
        by_day=tuple(by_day.tolist()),
        after_opens=tuple(bootstrap(gain, seed=0) for gain in after_opens(found)),
        lines=float(np.nansum(found["lines"])),
        false=float(np.nansum(found["false"])),
        disliked=float(mean_over(found["disliked"].ravel())),
        disliked_newest=float(mean_over(found["disliked_newest"].ravel())),
        to_engine=None if name == ENGINE else bootstrap(theirs - share, seed=0),
    )
