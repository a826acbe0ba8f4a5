"""Ranking metrics an impression, with MIND's definitions, and bootstrap intervals over impressions.

AUC, MRR and nDCG are those of MIND's evaluation script (Wu et al., ACL 2020), except for ties. Candidates of equal
score count as the average over all their orders. So a constant score gets 0.5 AUC, and not whatever the sort happens to
do.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from trainer.intervals import Interval, bootstrap

METRICS = ("auc", "mrr", "ndcg5", "ndcg10")

Floats = NDArray[np.float64]


def impression_metrics(scores: Floats, clicked: NDArray[np.bool_], offsets: NDArray[np.int64]) -> dict[str, Floats]:
    """Every metric of every impression that has both a click and a shown article without one.

    Args:
        scores: (num_shown,) finite scores, all impressions' candidates one after another.
        clicked: (num_shown,) whether each was clicked.
        offsets: (num_impressions + 1,) where each impression begins.

    Returns:
        By metric name (num_impressions,) float64, NaN for impressions without click or without non-click.

    Raises:
        ValueError: A score is not finite.
    """
    if not np.isfinite(scores).all():
        raise ValueError("a score is not finite: the model that gave it is broken")
    sizes = np.diff(offsets)
    impression = np.repeat(np.arange(len(sizes)), sizes)
    order = np.lexsort((-scores, impression))
    score, hit = scores[order], clicked[order].astype(float)
    position = np.arange(len(order), dtype=np.float64) - np.repeat(offsets[:-1], sizes) + 1  # 1 = first

    # Ties: each member of a run of equal scores gets the run's mean gain.
    first = np.ones(len(order), bool)
    first[1:] = (score[1:] != score[:-1]) | (impression[1:] != impression[:-1])
    run = np.cumsum(first) - 1
    run_size = np.bincount(run)

    def tied(values: Floats) -> Floats:
        in_each: Floats = (np.bincount(run, values) / run_size)[run]
        return in_each

    def per_impression(values: Floats) -> Floats:
        return np.bincount(impression, values, minlength=len(sizes)).astype(np.float64)

    discount: Floats = 1 / np.log2(position + 1)
    clicks = per_impression(hit)
    others = sizes - clicks
    valid = (clicks > 0) & (others > 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        rank_sum = per_impression(hit * tied(position))
        # Mann-Whitney U from the mean positions of the clicked, counted from the top.
        found = {"auc": 1 - (rank_sum - clicks * (clicks + 1) / 2) / (clicks * others)}
        found["mrr"] = per_impression(hit * tied(1 / position)) / clicks
        for name, k in (("ndcg5", 5), ("ndcg10", 10)):
            ideal = np.concatenate([[0.0], np.cumsum(1 / np.log2(np.arange(k) + 2))])
            gained = per_impression(hit * tied(np.where(position <= k, discount, 0.0)))
            found[name] = gained / ideal[np.minimum(clicks, k).astype(int)]
    return {name: np.where(valid, found[name], np.nan) for name in METRICS}


def summarize(metrics: dict[str, Floats], seed: int = 0) -> dict[str, Interval]:
    """Mean with interval of every metric; see `bootstrap`.

    Args:
        metrics: By name, (num_impressions,) values.
        seed: Of the resampling.
    """
    return {name: bootstrap(values, seed) for name, values in metrics.items()}


def paired_difference(ours: dict[str, Floats], theirs: dict[str, Floats], seed: int = 0) -> dict[str, Interval]:
    """Ours minus theirs, impression by impression, with the interval of the mean difference.

    Args:
        ours: By metric, (num_impressions,) values.
        theirs: The same of the other model, on the same impressions.
        seed: Of the resampling.
    """
    return {name: bootstrap(ours[name] - theirs[name], seed) for name in ours}
