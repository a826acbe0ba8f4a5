"""How well some scores rank some impressions: metrics of each list, their means, and how they are said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trainer.data.dataset import Impressions
from trainer.intervals import Interval
from trainer.measure.metrics import METRICS, Floats, impression_metrics, summarize

# A new reader, one who has begun, a regular one, and one whom the model knows well.
HISTORY_GROUPS: dict[str, tuple[float, float]] = {"0": (0, 0), "1-5": (1, 5), "6-20": (6, 20), "21+": (21, np.inf)}


@dataclass(frozen=True, slots=True)
class Quality:
    """Means over the impressions that count, with intervals."""

    impressions: int
    auc: Interval
    mrr: Interval
    ndcg5: Interval
    ndcg10: Interval


def measure(scores: Floats, impressions: Impressions) -> dict[str, Floats]:
    """Every metric of every impression; see `impression_metrics`.

    Args:
        scores: (num_shown,) aligned with `impressions.clicked`.
        impressions: What was scored.

    Returns:
        By metric, (num_impressions,) float64; NaN where it has no meaning.
    """
    return impression_metrics(scores, impressions.clicked, impressions.candidates.offsets)


def summary(metrics: dict[str, Floats]) -> Quality:
    """Number of impressions that count, and mean with interval of each metric.

    Args:
        metrics: From `measure`.
    """
    return Quality(int(np.count_nonzero(~np.isnan(metrics["auc"]))), **summarize(metrics))


def history_groups(clicks: NDArray[np.int64]) -> dict[str, NDArray[np.bool_]]:
    """Which impressions came after so many clicks of their reader.

    Args:
        clicks: (num_impressions,) lengths of the histories.

    Returns:
        By the name of each of HISTORY_GROUPS, (num_impressions,) bool.
    """
    return {name: (clicks >= least) & (clicks <= most) for name, (least, most) in HISTORY_GROUPS.items()}


def summary_by_history(metrics: dict[str, Floats], clicks: NDArray[np.int64]) -> dict[str, Quality]:
    """`summary` of each history group; a group without an impression that counts is left out.

    Args:
        metrics: From `measure`.
        clicks: As for `history_groups`.
    """
    found = {name: summary(rows_of(metrics, rows)) for name, rows in history_groups(clicks).items()}
    return {name: facts for name, facts in found.items() if facts.impressions}


def rows_of(metrics: dict[str, Floats], rows: NDArray[np.bool_]) -> dict[str, Floats]:
    """The metrics of some impressions.

    Args:
        metrics: From `measure`.
        rows: (num_impressions,) True for those.

    Returns:
        By metric, (number of True,) values.
    """
    return {name: values[rows] for name, values in metrics.items()}


def joined(parts: Sequence[dict[str, Floats]]) -> dict[str, Floats]:
    """The metrics of impressions that were measured in parts, at least one.

    Args:
        parts: From `measure`, in order.
    """
    return {name: np.concatenate([metrics[name] for metrics in parts]) for name in parts[0]}


def metrics_line(found: Quality) -> str:
    """One line for a person: `auc 0.6512 [0.6401, 0.6620]  mrr ...`."""
    return intervals_line({name: getattr(found, name) for name in METRICS})


def intervals_line(found: Mapping[str, Interval]) -> str:
    """As `metrics_line`, for any figures with their intervals."""
    return "  ".join(f"{name} {_interval_text(interval)}" for name, interval in found.items())


def _interval_text(interval: Interval) -> str:
    return f"{interval.mean:.4f} [{interval.low:.4f}, {interval.high:.4f}]"
