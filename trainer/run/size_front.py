"""The front that a bundle carries: bytes and ranking of every size that its run has measured anyway."""

from __future__ import annotations

import math
from collections.abc import Sequence

from edge_runtime.model.front import Front, FrontPoint
from trainer.intervals import Interval
from trainer.run.facts import StepFacts

MOST_OTHERS = 5
POINT_BYTES = 60  # at most, for names of at most 20 letters; all else of a front takes less than two of them


def size_front(steps: Sequence[StepFacts], seed: int, others: Sequence[FrontPoint] = ()) -> Front | None:
    """The front of a run.

    Args:
        steps: Of its recipe, the student before the first one first; the bundle holds what the last one left.
        seed: Of the run.
        others: Sizes that were measured beside it, on the same lists and with the same seed.

    Returns:
        None if there is nothing to compare, or the log was too small to measure on.
    """
    found = [size_point(step.method, step.left.measured.bytes, step.left.measured.quality.ndcg10) for step in steps]
    points = [*others[:MOST_OTHERS], *found]
    if len(points) < 2 or not all(math.isfinite(point.mean) for point in points):
        return None
    impressions = steps[-1].left.measured.quality.impressions
    return Front("ndcg10", impressions, seed, len(points) - 1, tuple(points))


def size_point(name: str, size_bytes: int, ndcg10: Interval) -> FrontPoint:
    """A point with as many digits as its interval has use for."""
    return FrontPoint(name, size_bytes, *(round(value, 4) for value in (ndcg10.mean, ndcg10.low, ndcg10.high)))
