"""How far scores can be read as probabilities: Platt scaling, reliability bins and the expected calibration error.

What is fitted is fitted on the earlier half of a log and judged on the later one, so nothing is known of the future.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from trainer.data.dataset import Impressions
from trainer.errors import LogError, TrainerError
from trainer.intervals import Interval
from trainer.measure.metrics import Floats

NUM_BINS = 10  # as in Naeini et al.


@dataclass(frozen=True, slots=True)
class PlattScaling:
    """Probability of a click = 1 / (1 + exp(-(slope * score + offset)))."""

    slope: float
    offset: float

    def probabilities(self, scores: Floats) -> Floats:
        """What the fitted line says of scores.

        Args:
            scores: (n,) float64.

        Returns:
            (n,) float64 in [0, 1].
        """
        return _logistic(self.slope * scores + self.offset)


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """Shown articles of like predicted probability."""

    predicted: float  # mean probability
    observed: float  # share that was clicked
    count: int


@dataclass(frozen=True, slots=True)
class Reliability:
    """How well scores of one log come true as probabilities, judged on its later half."""

    scaling: PlattScaling  # fitted on the earlier half
    bins: tuple[ReliabilityBin, ...]  # lowest probability first
    gaps: Floats  # (num_later, NUM_BINS): predicted minus observed clicks of each later impression in each bin
    sizes: NDArray[np.int64]  # (num_later,) shown articles

    @property
    def error(self) -> float:
        """Expected calibration error: the mean over shown articles of their bin's |predicted - observed|."""
        return float(np.abs(self.gaps.sum(axis=0)).sum() / self.sizes.sum())


def fit_platt(scores: Floats, clicked: NDArray[np.bool_]) -> PlattScaling:
    """Slope and offset of greatest likelihood (Platt 1999), by Newton's method (Lin, Lin and Weng 2007).

    As in Platt, the targets are (clicks + 1) / (clicks + 2) and 1 / (others + 2) instead of 1 and 0, so that there is
    a best answer even where a threshold divides clicks from others.

    Args:
        scores: (n,) finite, at least one.
        clicked: (n,) whether each was clicked.
    """
    clicks = int(np.count_nonzero(clicked))
    targets = np.where(clicked, (clicks + 1) / (clicks + 2), 1 / (len(clicked) - clicks + 2))
    centre, spread = float(scores.mean()), float(scores.std()) or 1.0
    inputs = np.stack([(scores - centre) / spread, np.ones(len(scores))])

    def loss(weights: Floats) -> float:
        logits = weights @ inputs
        return float(np.sum(np.logaddexp(0, logits) - targets * logits))

    rate = float(targets.mean())
    weights = np.array([0.0, math.log(rate / (1 - rate))])
    for _ in range(100):
        found = _logistic(weights @ inputs)
        # The ridge alone decides the slope of scores that are all equal: it stays 0.
        curvature = (inputs * (found * (1 - found))) @ inputs.T + 1e-9 * np.eye(2)
        step = np.linalg.solve(curvature, inputs @ (found - targets))
        while loss(weights - step) > loss(weights) and np.abs(step).max() > 1e-12:
            step /= 2
        weights = weights - step
        if np.abs(step).max() < 1e-9:
            break
    slope = float(weights[0]) / spread
    return PlattScaling(slope, float(weights[1]) - slope * centre)


def calibrate(scores: Floats, impressions: Impressions) -> Reliability:
    """Fit on the earlier half of the impressions and judge on the later half; one second never lies in both.

    Args:
        scores: (num_shown,) finite, aligned with `impressions.clicked`.
        impressions: A log; impressions without a click count too, unlike in the ranking metrics.

    Raises:
        LogError: All impressions are of one second, so there is no earlier half.
    """
    return calibrate_lists(scores, impressions.times, impressions.candidates.lengths(), impressions.clicked)


def calibrate_lists(
    scores: Floats, times: NDArray[np.int64], sizes: NDArray[np.int64], clicked: NDArray[np.bool_]
) -> Reliability:
    """As `calibrate`, of lists without their articles.

    Args:
        scores: (num_shown,) finite.
        times: (num_impressions,) seconds, ascending.
        sizes: (num_impressions,) shown articles.
        clicked: (num_shown,) whether each was clicked.

    Raises:
        LogError: See there.
    """
    first = int(np.searchsorted(times, times[len(times) // 2]))
    if first == 0:
        first = int(np.searchsorted(times, times[0], side="right"))
    if first == len(times):
        raise LogError(
            f"all {len(times)} impressions are of second {times[0]}: calibration is fitted on an earlier and judged on "
            "a later half; give a longer log"
        )
    cut = int(sizes[:first].sum())
    scaling = fit_platt(scores[:cut], clicked[:cut])
    predicted, clicked = scaling.probabilities(scores[cut:]), clicked[cut:]
    bin_of = mass_bins(predicted)
    sizes = sizes[first:]
    cell = np.repeat(np.arange(len(sizes)), sizes) * NUM_BINS + bin_of
    gaps = np.bincount(cell, predicted - clicked, len(sizes) * NUM_BINS).astype(np.float64).reshape(-1, NUM_BINS)
    return Reliability(scaling, _reliability_bins(predicted, clicked, bin_of), gaps, sizes)


def mass_bins(predicted: Floats) -> NDArray[np.int64]:
    """Bins of equal mass (Naeini, Cooper and Hauskrecht, AAAI 2015): 0 for the lowest tenth, 9 for the highest.

    Equal probabilities share the bin of their middle one, so the order of the rows does not matter; some bins may
    then be larger and others empty.

    Args:
        predicted: (n,) probabilities.

    Returns:
        (n,) int64 in [0, NUM_BINS).
    """
    values, member, counts = np.unique(predicted, return_inverse=True, return_counts=True)
    middle = np.cumsum(counts) - (counts + 1) / 2
    return (middle * NUM_BINS / len(predicted)).astype(np.int64)[member] if len(values) else np.zeros(0, np.int64)


def _reliability_bins(
    predicted: Floats, clicked: NDArray[np.bool_], bin_of: NDArray[np.int64]
) -> tuple[ReliabilityBin, ...]:
    members = [bin_of == number for number in range(NUM_BINS)]
    return tuple(
        ReliabilityBin(float(predicted[rows].mean()), float(clicked[rows].mean()), int(rows.sum()))
        for rows in members
        if rows.any()
    )


def error_difference(
    ours: Sequence[Reliability], theirs: Sequence[Reliability], seed: int = 0, resamples: int = 1000
) -> Interval:
    """Our mean calibration error minus theirs, with its 95 % interval by a paired bootstrap over later impressions.

    Scaling and bins are held fixed. Single errors get no interval: resampling adds noise to every bin and so raises
    them all; in the difference that cancels.

    Args:
        ours: One for each seed of a model.
        theirs: Of the same log.
        seed: Of the resampling.
        resamples: How many.
    """
    num_later = len(ours[0].sizes)
    rng = np.random.default_rng(seed)
    differences = np.empty(resamples)
    for number in range(resamples):
        weights = np.bincount(rng.integers(0, num_later, num_later), minlength=num_later).astype(float)
        differences[number] = _mean_error(ours, weights) - _mean_error(theirs, weights)
    low, high = np.quantile(differences, [0.025, 0.975])
    return Interval(mean_error(ours) - mean_error(theirs), float(low), float(high))


def mean_error(calibrations: Sequence[Reliability]) -> float:
    """Expected calibration error, mean over the seeds of a model."""
    return float(np.mean([calibration.error for calibration in calibrations]))


def _mean_error(calibrations: Sequence[Reliability], weights: Floats) -> float:
    return float(np.mean([np.abs(weights @ one.gaps).sum() / (weights @ one.sizes) for one in calibrations]))


def plot_reliability(path: Path, bins_by_name: Mapping[str, Sequence[ReliabilityBin]]) -> None:
    """Draw observed click rate over predicted probability, one line a model; the diagonal is perfect calibration.

    Args:
        path: A .png, .svg or .pdf to write.
        bins_by_name: Of each model.

    Raises:
        TrainerError: matplotlib is not installed, or the file cannot be written.
    """
    try:
        from matplotlib.figure import Figure  # without pyplot: no window, no global state
    except ImportError as error:
        raise TrainerError("a plot needs matplotlib; install edge-news[trainer]") from error
    figure = Figure(figsize=(5, 5), layout="constrained")
    axes = figure.add_subplot()
    most = max((max(one.predicted, one.observed) for bins in bins_by_name.values() for one in bins), default=1.0)
    axes.plot([0, most], [0, most], color="0.6", linestyle="--", label="perfect")
    for name, bins in bins_by_name.items():
        axes.plot([one.predicted for one in bins], [one.observed for one in bins], marker="o", label=name)
    axes.set(xlabel="predicted probability of a click", ylabel="share clicked", aspect="equal")
    axes.legend()
    try:
        figure.savefig(path, dpi=150)
    except (OSError, ValueError) as error:
        raise TrainerError(f"{path}: cannot be written ({error}); give a .png in a folder that is there") from error


def _logistic(logits: Floats) -> Floats:
    probabilities: Floats = np.exp(-np.logaddexp(0, -logits))
    return probabilities
