"""How good a file is, by the caller's own measure, and what the difference to the original is worth.

A metric is asked about a file as it will run, never about the Keras model. One that gives a number for each row lets
candidate and original be compared row by row, which is far sharper than two means.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainer.errors import CompressionError
from trainer.intervals import Interval, bootstrap

Predict = Callable[..., Any]  # inputs, in the model's order and rows first, to outputs
Metric = Callable[[Predict], "float | NDArray[Any]"]  # higher is better; one number, or one for each row

CONFIDENCE = 0.95  # of the intervals that are reported
# Of those that a search goes by, one standard error either way. A wider one would refuse nearly every candidate that is
# measured on some hundred rows; the hold-out tells at the end whether the search was too lucky.
SEARCHED = 0.68


@dataclass(frozen=True, slots=True)
class Quality:
    """What a metric said of one file."""

    mean: float
    rows: NDArray[np.float64] | None = None  # (num_rows,) if the metric gives them


def quality(metric: Metric, predict: Predict, what: str) -> Quality:
    """Ask a metric.

    Args:
        metric: The caller's.
        predict: Runs a file.
        what: For the error.

    Raises:
        CompressionError: It gave something else than finite numbers.
    """
    found = np.asarray(metric(predict), np.float64)
    if not found.size or not np.isfinite(found).all():
        raise CompressionError(f"metric: gave {found} for {what}; it must give a finite number, or one for each row")
    return Quality(float(found.mean()), found.reshape(-1) if found.ndim else None)


def difference(one: Quality, other: Quality, seed: int, confidence: float = CONFIDENCE) -> Interval:
    """One less the other, with the paired interval of the mean; without rows there is no interval, only the mean.

    Args:
        one: Of a candidate.
        other: Of the original, on the same rows.
        seed: Of the resampling.
        confidence: Of the interval.

    Raises:
        CompressionError: They were measured on different numbers of rows.
    """
    if one.rows is None or other.rows is None:
        mean = one.mean - other.mean
        return Interval(mean, mean, mean)
    if len(one.rows) != len(other.rows):
        raise CompressionError(
            f"metric: gave {len(one.rows)} rows, and {len(other.rows)} of the original; it must ask about the same rows"
        )
    return bootstrap(one.rows - other.rows, seed, confidence=confidence)
