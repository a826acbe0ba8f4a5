"""What a score means: how likely an article of it is to be opened, fitted to the log's lists (Platt 1999)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from edge_runtime.model.probability import PlattPrior

SLOPES = 0.05, 5.0  # a score that says nothing still has to rise


def fit_open_probability(scores: NDArray[np.float64], clicked: NDArray[np.bool_]) -> PlattPrior | None:
    """The most likely curve; a device starts from it and bends it to its reader.

    Args:
        scores: (num_shown,) of the content alone.
        clicked: (num_shown,) whether the reader opened the article.

    Returns:
        None if nothing was clicked, or everything.
    """
    if clicked.all() or not clicked.any():
        return None
    centre, rate = float(scores.mean()), float(clicked.mean())

    def loss(values: NDArray[np.float64]) -> float:
        logits = values[0] * (scores - centre) + values[1]
        return float(np.mean(np.logaddexp(0, logits) - clicked * logits))

    best = minimize(loss, [1.0, np.log(rate / (1 - rate))], bounds=[SLOPES, (None, None)], method="L-BFGS-B").x
    return PlattPrior(float(best[0]), float(best[1] - best[0] * centre))
