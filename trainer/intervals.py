"""How far a mean over rows can be trusted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean over rows, such as impressions, with its bootstrap interval."""

    mean: float
    low: float
    high: float


def bootstrap(values: NDArray[np.float64], seed: int, resamples: int = 1000, confidence: float = 0.95) -> Interval:
    """Mean and percentile interval over rows (Efron, 1979); NaN entries are left out.

    Args:
        values: (num_rows,) one metric, or the paired difference of two models.
        seed: Of the resampling.
        resamples: How many.
        confidence: Share of the means of resamples that lie within.

    Returns:
        The mean with its interval; NaN if no entry is left.
    """
    values = values[~np.isnan(values)]
    if not len(values):
        return Interval(float("nan"), float("nan"), float("nan"))
    rng = np.random.default_rng(seed)
    means = np.array([values[rng.integers(0, len(values), len(values))].mean() for _ in range(resamples)])
    low, high = np.quantile(means, [(1 - confidence) / 2, (1 + confidence) / 2])
    return Interval(float(values.mean()), float(low), float(high))
