"""What the page shows, table by table; `figures` computes it, `page` and `plots` put it into words and pictures."""

from __future__ import annotations

from dataclasses import dataclass

from trainer.intervals import Interval
from trainer.measure.calibration import ReliabilityBin


@dataclass(frozen=True, slots=True)
class Row:
    """A model's line in a table."""

    name: str
    title: str
    group: str  # of its variant, or "teacher model", "stage", "baseline"
    metrics: dict[str, Interval]
    difference: dict[str, Interval]  # to what the table compares with
    seed_auc: tuple[float, ...]
    by_history: dict[str, Interval]  # AUC
    size_bytes: float | None = None  # mean over the seeds, all that ranking needs; None where it is of no matter
    parameters: float | None = None
    training_s: float | None = None
    uses_counts: bool = False  # of what was shown and clicked before each list


@dataclass(frozen=True, slots=True)
class LanguageRow:
    """A bundle, the language of the titles it is given, and the lists it is measured on."""

    title: str
    titles: str
    impressions: int
    size_bytes: float
    metrics: dict[str, Interval]
    difference: dict[str, Interval] | None  # to the base on the same lists; None for the base


@dataclass(frozen=True, slots=True)
class Mix:
    """Calibration and variety of a model; differences are the base's figure minus its own, None for the base."""

    name: str
    title: str
    error: float  # expected calibration error
    error_difference: Interval | None
    lists: dict[str, Interval]
    list_differences: dict[str, Interval]
    exposure: dict[str, float]
    bins: tuple[tuple[ReliabilityBin, ...], ...]  # of each seed


@dataclass(frozen=True, slots=True)
class Cost:
    """What a step of making the base took, mean over the seeds, and the most memory its process held."""

    step: str
    seconds: float
    peak_mib: float | None  # None: see the run as a whole


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything from which the tables of the page are written."""

    train_impressions: int
    dev_impressions: int  # with a click and an article passed over
    articles: int
    history_impressions: dict[str, int]
    seeds: int
    rows: tuple[Row, ...]  # of the main table
    teachers: tuple[Row, ...]  # ablations, compared with the teacher of one training
    students: tuple[Row, ...]  # ablations, compared with the base
    with_counts: tuple[Row, ...]  # ranked with counts; bundles are compared with themselves by content alone
    languages: tuple[LanguageRow, ...]
    mixes: tuple[Mix, ...]
    costs: tuple[Cost, ...]
