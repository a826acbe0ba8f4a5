"""All baselines by name, run one after another on the same data."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from trainer.baselines import boosting, logistic, naml, nrms, simple
from trainer.baselines.baseline import Baseline, BaselineResult, Progress, baseline_data
from trainer.data.dataset import ClickDataset
from trainer.settings.seeds import Seeds

BASELINES: dict[str, Baseline] = {
    "random": simple.random_order,
    "popularity": simple.popularity,
    "decayed-popularity": simple.decayed_popularity,
    "category-affinity": simple.category_affinity,
    "text-mean": simple.text_mean,
    "text-nearest": simple.text_nearest,
    "logistic": logistic.logistic,
    "logistic-popularity": logistic.popular_logistic,
    "boosting": boosting.boosting,
    "boosting-popularity": boosting.popular_boosting,
    "nrms": nrms.nrms,
    "naml": naml.naml,
}


def run_baselines(
    dataset: ClickDataset,
    vectors: NDArray[np.float32],
    seed: int,
    names: Sequence[str],
    progress: Progress,
    encoder_parameters: int = 0,
) -> list[BaselineResult]:
    """Train and score some baselines.

    Args:
        dataset: A prepared log.
        vectors: (num_articles, dim) float32 from `text_vectors`.
        seed: Of whatever draws; any whole number.
        names: Of `BASELINES`, in the order wanted.
        progress: Takes one line when a baseline begins, and others from long ones.
        encoder_parameters: Of what made the text vectors; 0 leaves it out of the sizes.

    Raises:
        TrainingError: The training log has nothing to learn from.
        ValueError: No such baseline, or vectors of other articles.
    """
    unknown = [name for name in names if name not in BASELINES]
    if unknown:
        raise ValueError(f"baseline {unknown[0]!r}: no such one; choose from {', '.join(BASELINES)}")
    data = baseline_data(dataset, vectors, encoder_parameters)
    results = []
    for name in names:
        progress(f"{name}: begins")
        results.append(BASELINES[name](data, Seeds(seed).plain, progress))
    return results
