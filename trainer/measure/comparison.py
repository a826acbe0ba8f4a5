"""Two models on one log: accuracy by a paired bootstrap over impressions, by length of history, calibration, variety.

A model is one or several bundles or score files, one for each seed it was trained with. What is measured of an
impression is averaged over the seeds first, so that the interval is about the impressions. The seeds' own figures stand
beside it: no bootstrap over impressions tells how much another training would differ.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from trainer.data.dataset import Impressions
from trainer.data.progress import Bar
from trainer.errors import LogError
from trainer.intervals import Interval
from trainer.measure.calibration import (
    NUM_BINS,
    Reliability,
    ReliabilityBin,
    calibrate_lists,
    error_difference,
    mean_error,
)
from trainer.measure.evaluation import score_parts, uses_popularity
from trainer.measure.measured_log import MeasuredLog
from trainer.measure.metrics import Floats, paired_difference, summarize
from trainer.measure.quality import history_groups, joined, measure, rows_of
from trainer.measure.score_files import is_score_file, scored_parts
from trainer.measure.variety import Exposure, article_topics, list_variety

FEWEST_SEEDS = 3
_NAME, _CELL = 26, 26  # widths of the printed columns


@dataclass(frozen=True, slots=True)
class Compared:
    """One measure of A, of B, and of A minus B, impression by impression; each with a 95 % bootstrap interval."""

    a: Interval
    b: Interval
    difference: Interval


@dataclass(frozen=True, slots=True)
class HistoryGroup:
    """Impressions whose readers had clicked about equally often before."""

    impressions: int  # with a click and a shown article without one
    metrics: dict[str, Compared]


@dataclass(frozen=True, slots=True)
class CalibrationCompared:
    """Expected calibration errors on the later half of the log, fitted on the earlier half."""

    a: float
    b: float
    difference: Interval
    bins_a: tuple[tuple[ReliabilityBin, ...], ...]  # of each seed
    bins_b: tuple[tuple[ReliabilityBin, ...], ...]


@dataclass(frozen=True, slots=True)
class ExposureCompared:
    """A measure of all lists together: means over the seeds, without interval."""

    a: float
    b: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """All that is told of two models."""

    impressions: int  # with a click and a shown article without one
    seed_auc_a: tuple[float, ...]  # of each seed
    seed_auc_b: tuple[float, ...]
    metrics: dict[str, Compared]
    by_history: dict[str, HistoryGroup]  # groups without an impression that counts are left out
    calibration: CalibrationCompared
    lists: dict[str, Compared]  # see `variety.list_variety`; measures that no list is long enough for are left out
    exposure: dict[str, ExposureCompared]  # see `variety.Exposure`; likewise


def compare(
    a: Sequence[Floats],
    b: Sequence[Floats],
    impressions: Impressions,
    topics: NDArray[np.int64],
    vectors: NDArray[np.float32] | None = None,
) -> Comparison:
    """Measure two models alike.

    Args:
        a: For each seed (num_shown,) finite scores, aligned with `impressions.clicked`.
        b: Likewise; the number of seeds may differ.
        impressions: The log.
        topics: (num_articles,) from `variety.article_topics`.
        vectors: (num_articles, dim) for the similarity within a list, which is left out without them.

    Raises:
        LogError: The log has no impression with a click and an article passed over, or no two halves in time.
    """
    ours, theirs = ([judge([(impressions, scores)], topics, vectors) for scores in side] for side in (a, b))
    return compare_judged(ours, theirs)


@dataclass(frozen=True, slots=True)
class Judged:
    """What is measured of one seed of a model."""

    metrics: dict[str, Floats]  # of each impression
    lists: dict[str, Floats]  # likewise
    clicks: NDArray[np.int64]  # (num_impressions,) before each
    exposure: dict[str, float]
    calibration: Reliability


def judge(
    parts: Iterable[tuple[Impressions, Floats]], topics: NDArray[np.int64], vectors: NDArray[np.float32] | None = None
) -> Judged:
    """Measure one seed of a model.

    Args:
        parts: A log, oldest first, each part with its scores.
        topics: As for `compare`.
        vectors: Likewise.

    Raises:
        LogError: As `compare`.
    """
    exposure, first = Exposure(len(topics)), 0
    measured, mixed, labels, clicks = [], [], [], []
    for lists, scores in parts:
        measured.append(measure(scores, lists))
        mixed.append(list_variety(scores, lists, topics, vectors, first))
        exposure.add(scores, lists, first)
        labels.append((scores, lists.times, lists.candidates.lengths(), lists.clicked))
        clicks.append(lists.history.lengths())
        first += len(scores)
    metrics = joined(measured)
    if np.isnan(metrics["auc"]).all():
        raise LogError(
            f"none of {len(metrics['auc'])} impressions has both a click and an article passed over: there is nothing "
            "to compare on; give a longer log"
        )
    calibration = calibrate_lists(*map(np.concatenate, zip(*labels, strict=True)))
    return Judged(metrics, joined(mixed), np.concatenate(clicks), exposure.variety(), calibration)


def compare_judged(ours: Sequence[Judged], theirs: Sequence[Judged]) -> Comparison:
    """Compare two models, one or more seeds of each, on the same log."""
    mean_a, mean_b = (mean_over_seeds([seed.metrics for seed in side]) for side in (ours, theirs))
    counted = ~np.isnan(mean_a["auc"])
    groups = {name: rows & counted for name, rows in history_groups(ours[0].clicks).items()}
    of_a, of_b = ([seed.calibration for seed in side] for side in (ours, theirs))
    exposed = [_mean_exposure([seed.exposure for seed in side]) for side in (ours, theirs)]
    seed_auc = [tuple(float(np.nanmean(seed.metrics["auc"])) for seed in side) for side in (ours, theirs)]
    return Comparison(
        impressions=int(counted.sum()),
        seed_auc_a=seed_auc[0],
        seed_auc_b=seed_auc[1],
        metrics=_compared(mean_a, mean_b),
        by_history={
            name: HistoryGroup(int(rows.sum()), _compared(rows_of(mean_a, rows), rows_of(mean_b, rows)))
            for name, rows in groups.items()
            if rows.any()
        },
        calibration=CalibrationCompared(
            mean_error(of_a),
            mean_error(of_b),
            error_difference(of_a, of_b),
            tuple(calibration.bins for calibration in of_a),
            tuple(calibration.bins for calibration in of_b),
        ),
        lists=_compared(*(mean_over_seeds([seed.lists for seed in side]) for side in (ours, theirs))),
        exposure={
            name: ExposureCompared(value, exposed[1][name]) for name, value in exposed[0].items() if not np.isnan(value)
        },
    )


def mean_over_seeds(seeds: Sequence[dict[str, Floats]]) -> dict[str, Floats]:
    """Of each impression, the mean of what several trainings gave.

    Args:
        seeds: For each training, (num_impressions,) values of each metric; the same ones are NaN in all of them.

    Returns:
        By metric, (num_impressions,).
    """
    return {name: np.mean([metrics[name] for metrics in seeds], axis=0) for name in seeds[0]}


def compare_files(
    a: Sequence[Path], b: Sequence[Path], log: MeasuredLog, bar: Bar, vectors: NDArray[np.float32] | None = None
) -> list[Comparison]:
    """Compare bundles and score files.

    Args:
        a: One file for each seed.
        b: Likewise.
        log: From `open_log`.
        bar: Opens a progress bar.
        vectors: As for `compare`.

    Returns:
        By content alone; then, if a bundle weighs popularity, with the counts of the log before each impression. Score
        files and bundles that weigh none are the same in both.

    Raises:
        TrainerError: A score file does not fit the log.
        BundleError: A bundle cannot be used.
    """
    bundles = [path for path in (*a, *b) if not is_score_file(path)]
    topics, survey = article_topics(log.articles), log.survey()

    def judged(path: Path, *, counted: bool) -> Judged:
        if path not in bundles:
            parts = (lists for lists, _ in log.parts())
            return judge(scored_parts(path, parts, survey.impressions, survey.shown), topics, vectors)
        with bar(path.name, survey.impressions) as step:
            return judge(score_parts(path, log, survey, step, counted=counted), topics, vectors)

    def compared(*, counted: bool) -> Comparison:
        return compare_judged(*([judged(path, counted=counted) for path in side] for side in (a, b)))

    found = [compared(counted=False)]
    if any(map(uses_popularity, bundles)):
        found.append(compared(counted=True))
    return found


def reliability_lines(found: Comparison) -> dict[str, tuple[ReliabilityBin, ...]]:
    """The reliability bins by the name of their line in a plot: A and B, or A1, A2, ... with several seeds."""
    sides = (("A", found.calibration.bins_a), ("B", found.calibration.bins_b))
    return {
        f"{side}{number if len(seeds) > 1 else ''}": bins
        for side, seeds in sides
        for number, bins in enumerate(seeds, start=1)
    }


def comparison_text(found: Comparison) -> str:
    """The comparison for a person, in a fixed-width table."""
    lines = [f"{f'{found.impressions} impressions':{_NAME}}{'A':{_CELL}}{'B':{_CELL}}A - B"]
    lines += [_line(name, compared) for name, compared in found.metrics.items()]
    lines.append("AUC by clicks before")
    lines += [
        _line(f"  {name} ({group.impressions})", group.metrics["auc"]) for name, group in found.by_history.items()
    ]
    lines.append(f"calibration ({NUM_BINS} bins, fitted on the earlier half, judged on the later)")
    error = found.calibration
    lines.append(
        f"{'  expected error':{_NAME}}{error.a:<{_CELL}.4f}{error.b:<{_CELL}.4f}{_interval(error.difference, '+')}"
    )
    lines.append("variety")
    names = {"topics5": "  topics in the top 5", "similarity10": "  similarity in top 10"}
    lines += [_line(names[name], compared) for name, compared in found.lists.items()]
    names = {"coverage10": "  coverage of the top 10", "gini10": "  Gini of the top 10"}
    lines += [
        f"{names[name]:{_NAME}}{compared.a:<{_CELL}.4f}{compared.b:<{_CELL}.4f}{compared.a - compared.b:+.4f}"
        for name, compared in found.exposure.items()
    ]
    for side, values in (("A", found.seed_auc_a), ("B", found.seed_auc_b)):
        if len(values) > 1:
            each = ", ".join(f"{value:.4f}" for value in values)
            lines.append(f"AUC of {side} by seed: {each}")
    if min(len(found.seed_auc_a), len(found.seed_auc_b)) < FEWEST_SEEDS:
        lines.append(
            "The intervals are about these impressions, not about another training: "
            f"give {FEWEST_SEEDS} seeds a side, FILE,FILE,FILE."
        )
    return "\n".join(lines)


def _compared(a: dict[str, Floats], b: dict[str, Floats]) -> dict[str, Compared]:
    of_a, of_b, differences = summarize(a), summarize(b), paired_difference(a, b)
    return {
        name: Compared(of_a[name], of_b[name], differences[name]) for name in a if not np.isnan(differences[name].mean)
    }


def _mean_exposure(seeds: Sequence[dict[str, float]]) -> dict[str, float]:
    return {name: float(np.mean([found[name] for found in seeds])) for name in seeds[0]}


def _line(name: str, compared: Compared) -> str:
    a, b, difference = _interval(compared.a), _interval(compared.b), _interval(compared.difference, "+")
    return f"{name:{_NAME}}{a:{_CELL}}{b:{_CELL}}{difference}"


def _interval(interval: Interval, sign: str = "") -> str:
    return f"{interval.mean:{sign}.4f} [{interval.low:{sign}.4f}, {interval.high:{sign}.4f}]"
