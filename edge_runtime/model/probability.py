"""How likely it is that the reader opens an article, from its score: the bundle's curve, bent by what this reader did.

Nothing here ranks: the probability never falls where the score rises, so the order stays the ranking's.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Doubles = NDArray[np.float64]

LEVEL_SPREAD = 1.0  # log-odds; two readers in three open between 1 / 2.7 and 2.7 times as readily as the bundle says
SLOPE_SPREAD = 0.5  # of the bundle's slope; how much more or less the score says about this reader than about others
ISOTONIC_PAIRS = 500  # with fewer, a curve of free shape learns the noise
KNOT_PAIRS = 100  # pairs that a knot of that curve stands for at least: ten unopened in a row prove no 0 %
LARGEST_LOG_ODDS = 30.0  # beyond it 1 - p is lost in double precision
NUM_BINS = 10
_NEWTON_STEPS = 50


@dataclass(frozen=True, slots=True)
class PlattPrior:
    """The bundle's curve, fitted on many readers: P(opened) = 1 / (1 + exp(-(slope * score + intercept))).

    Raises:
        ValueError: The slope is not above 0, or a number is not finite.
    """

    slope: float
    intercept: float

    def __post_init__(self) -> None:
        if not (0 < self.slope < math.inf and math.isfinite(self.intercept)):
            raise ValueError(f"{self}: give a finite intercept and a slope above 0, or a higher score would mean less")

    def log_odds(self, scores: Doubles) -> Doubles:
        """Log-odds of being opened, within +-LARGEST_LOG_ODDS, however large the scores are.

        Args:
            scores: (n,) float64.

        Returns:
            (n,) float64.
        """
        with np.errstate(over="ignore"):
            line = self.slope * scores + self.intercept
        return np.clip(line, -LARGEST_LOG_ODDS, LARGEST_LOG_ODDS)


@dataclass(frozen=True, slots=True)
class Calibration:
    """A curve from scores to probabilities; made by `fit`."""

    prior: PlattPrior
    centre: float  # mean of the prior's log-odds over the device's pairs; 0 without any
    shift: float  # log-odds that this reader has more than the prior at the centre
    steepness: float  # times the prior's slope; never below 0
    knots: Doubles  # (num_knots,) prior's log-odds, rising; empty with few pairs
    heights: Doubles  # (num_knots,) share opened at each knot, never falling
    trust: float  # weight of the heights against the Platt curve, in [0, 1)

    def probability(self, scores: ArrayLike) -> Doubles:
        """How likely articles are opened.

        Args:
            scores: (n,) of them, all finite.

        Returns:
            (n,) float64 above 0 and below 1, never falling where scores rise.

        Raises:
            ValueError: A score is not finite.
        """
        known = self.prior.log_odds(_finite(scores))
        platt = _platt(known, self.centre, self.shift, self.steepness)
        if not len(self.knots):
            return platt
        return (1 - self.trust) * platt + self.trust * np.interp(known, self.knots, self.heights)


def fit(scores: ArrayLike, opened: ArrayLike, prior: PlattPrior) -> Calibration:
    """Bend the bundle's curve to the reader: Platt scaling (1999) with a prior, isotonic regression where data allow.

    With x = the prior's log-odds of a score and c their mean, log-odds = c + shift + steepness * (x - c). Shift and
    steepness are the most probable ones under Gaussian priors around 0 and 1, with spreads LEVEL_SPREAD and
    SLOPE_SPREAD. Targets are smoothed as Platt's. The loss has one minimum, found by Newton's method. Without pairs the
    curve is the prior's. From ISOTONIC_PAIRS pairs on, isotonic regression over groups of KNOT_PAIRS neighbours counts
    with weight 1 - ISOTONIC_PAIRS / n.

    Args:
        scores: (n,) finite; as they were when the articles were shown, in any order; n may be 0.
        opened: (n,) whether each was opened, as booleans or 0 and 1.
        prior: The bundle's curve.

    Raises:
        ValueError: Lengths differ, a score is not finite, or `opened` holds something else.
    """
    values, outcomes = _finite(scores), np.asarray(opened)
    if outcomes.shape != values.shape:
        raise ValueError(f"{values.shape[0]} scores and an array {outcomes.shape} of opened: give one for each score")
    if not np.isin(outcomes, (0, 1)).all():  # NaN is neither
        raise ValueError("opened: give True or False, or 1 or 0, for each score")
    no_knots = np.zeros(0)
    if not len(values):
        return Calibration(prior, 0.0, 0.0, 1.0, no_knots, no_knots, 0.0)
    known, was_opened = prior.log_odds(values), outcomes.astype(bool)
    centre = float(known.mean())
    shift, steepness = _most_probable(known - centre, was_opened, centre)
    if len(values) < ISOTONIC_PAIRS:
        return Calibration(prior, centre, shift, steepness, no_knots, no_knots, 0.0)
    knots, heights = isotonic(_grouped(known), was_opened.astype(float))
    return Calibration(prior, centre, shift, steepness, knots, heights, 1 - ISOTONIC_PAIRS / len(values))


def _most_probable(offsets: Doubles, opened: NDArray[np.bool_], centre: float) -> tuple[float, float]:
    """Shift and steepness of the greatest posterior density; the steepness is held at 0 or above."""
    hits = int(np.count_nonzero(opened))
    # Platt's targets count two more examples of each kind, at 1/2. Where one article in ten is opened that would turn
    # an article passed over into a reason to send more, so they count at the bundle's probability instead.
    smoothing = 2 * _platt(offsets, 0.0, centre, 1.0)
    targets = np.where(opened, (hits + smoothing) / (hits + 2), smoothing / (len(opened) - hits + 2))
    inputs = np.stack([np.ones(len(offsets)), offsets])
    middle, precision = np.array([0.0, 1.0]), np.array([LEVEL_SPREAD, SLOPE_SPREAD]) ** -2

    def loss(weights: Doubles) -> float:
        logits = centre + weights @ inputs
        misfit = np.logaddexp(0, logits) - targets * logits
        return float(misfit.sum() + 0.5 * (precision * (weights - middle) ** 2).sum())

    def minimum(weights: Doubles, free: NDArray[np.intp]) -> Doubles:
        for _ in range(_NEWTON_STEPS):
            expected = _platt(offsets, 0.0, centre + weights[0], weights[1])
            gradient = inputs @ (expected - targets) + precision * (weights - middle)
            curvature = (inputs * (expected * (1 - expected))) @ inputs.T + np.diag(precision)
            step = np.zeros(2)
            step[free] = np.linalg.solve(curvature[np.ix_(free, free)], gradient[free])
            while loss(weights - step) > loss(weights) and np.abs(step).max() > 1e-12:
                step /= 2
            weights = weights - step
            if np.abs(step).max() < 1e-9:
                break
        return weights

    shift, steepness = minimum(middle, np.array([0, 1]))
    if steepness < 0:  # the reader opened what scored low: then the score says nothing, not the opposite
        shift, steepness = minimum(np.array([shift, 0.0]), np.array([0]))
    return float(shift), float(steepness)


def _grouped(inputs: Doubles) -> Doubles:
    """(n,) each input as the mean of its group: the sorted inputs are cut into n // KNOT_PAIRS groups of equal size.

    Else the lowest pairs, as a rule unopened, would be a block of their own. Its height of 0 would hold for every lower
    score, and as these are not sent for it, nothing could ever prove it wrong.
    """
    means = np.empty(len(inputs))
    for group in np.array_split(np.argsort(inputs, kind="stable"), len(inputs) // KNOT_PAIRS):
        means[group] = inputs[group].mean()
    return means


def isotonic(inputs: Doubles, targets: Doubles) -> tuple[Doubles, Doubles]:
    """The never-falling curve nearest to the targets in squares: pool adjacent violators (Ayer et al. 1955).

    Args:
        inputs: (n,) in any order, n > 0; equal ones share one height.
        targets: (n,).

    Returns:
        Knots and heights, at most 2n each: the first and last input of each pooled block and the block's mean.
    """
    places, member, counts = np.unique(inputs, return_inverse=True, return_counts=True)
    sums = np.bincount(member, targets)
    blocks: list[tuple[float, int, int, int]] = []  # sum, count, numbers of the first and the last
    for number, (total, count) in enumerate(zip(sums.tolist(), counts.tolist(), strict=True)):
        block = (total, count, number, number)
        while blocks and blocks[-1][0] * block[1] >= block[0] * blocks[-1][1]:  # the mean before is no lower
            before = blocks.pop()
            block = (before[0] + block[0], before[1] + block[1], before[2], number)
        blocks.append(block)
    knots = np.array([places[end] for block in blocks for end in block[2:]])
    heights = np.repeat([total / count for total, count, _, _ in blocks], 2)
    return knots, heights


def calibration_error(probabilities: ArrayLike, opened: ArrayLike) -> float:
    """Expected calibration error: mean |predicted - observed| over ten bins of equal mass (Naeini et al., AAAI 2015).

    Args:
        probabilities: (n,), n > 0; equal ones share a bin.
        opened: (n,) whether each was opened.

    Raises:
        ValueError: Nothing was given, or a probability is not finite.
    """
    predicted = _finite(probabilities)
    if not len(predicted):
        raise ValueError("no probability was given: an error needs at least one pair")
    _, member, counts = np.unique(predicted, return_inverse=True, return_counts=True)
    before = np.cumsum(counts) - counts
    bin_of = ((before + (counts - 1) / 2) * NUM_BINS / len(predicted)).astype(np.intp)[member]
    gaps = np.bincount(bin_of, predicted - np.asarray(opened, float))
    return float(np.abs(gaps).sum() / len(predicted))


def threshold_for(probabilities: ArrayLike, keep: float = 0.95) -> float:
    """The threshold that sends least and still keeps a share of the expected clicks.

    The expected clicks of a set are the sum of its probabilities, so the likeliest first is the smallest set for any
    share. As good as the calibration is, no better.

    Args:
        probabilities: (n,) of recent candidates, sent or not; n > 0, so some hundred of them for a steady answer.
        keep: In (0, 1].

    Raises:
        ValueError: No candidates, something that is no probability, or `keep` out of its range.
    """
    falling = -np.sort(-np.asarray(probabilities, np.float64))
    if not len(falling) or not ((falling >= 0) & (falling <= 1)).all() or not 0 < keep <= 1:
        raise ValueError(f"{len(falling)} probabilities, keep {keep}: give some from 0 to 1, and keep above 0, up to 1")
    clicks = np.cumsum(falling)
    return float(falling[np.searchsorted(clicks, keep * clicks[-1] * (1 - 1e-12))])


def _platt(offsets: Doubles, centre: float, shift: float, steepness: float) -> Doubles:
    logits = centre + shift + steepness * (offsets - centre)
    bounded = np.clip(logits, -LARGEST_LOG_ODDS, LARGEST_LOG_ODDS)
    probabilities: Doubles = 1 / (1 + np.exp(-bounded))
    return probabilities


def _finite(values: ArrayLike) -> Doubles:
    array = np.asarray(values, np.float64)
    if array.ndim != 1 or not np.isfinite(array).all():
        raise ValueError(f"scores, an array {array.shape}: give a flat array of finite numbers")
    return array
