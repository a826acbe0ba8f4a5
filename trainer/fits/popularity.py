"""What a publisher's counts are worth beside the content's score: three numbers, fitted to the clicks of the log."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from edge_runtime.model.head import PopularityHead
from trainer.data.dataset import Impressions
from trainer.data.popularity import Counts, check_causal

# Bounds. A content score that is worth nothing must not blow up the weight beside it: parts stay comparable.
SCALE, WEIGHT, TRUST = (0.25, 4.0), (0.0, 2.0), (1.0, 10_000.0)
NEW_NUMBERS = 2  # weight and trust: what they have to gain in log-likelihood


def fit_popularity(scores: NDArray[np.float64], counts: Counts, impressions: Impressions) -> PopularityHead | None:
    """The most likely weight and trust, by the softmax of each click over its list.

    The content's score is scaled along, because on the log that it was trained on it is too sure of itself; the
    weight is the one beside an unscaled score.

    Args:
        scores: (num_shown,) of the content alone.
        counts: Of the same shown articles, before each list.
        impressions: The log.

    Returns:
        None where the log does not speak for counts: its likelihood gains less by them than by chance (Akaike 1974).

    Raises:
        LogError: A count knows the future.
    """
    check_causal(counts, impressions)
    usual_rate = float(impressions.clicked.mean())
    is_useful = np.repeat(impressions.comparable(), impressions.candidates.lengths())
    if not counts.shown.any() or not (impressions.clicked & is_useful).any():
        return None

    def loss(values: NDArray[np.float64]) -> float:
        scale, weight, log_trust = values
        trust = np.exp(log_trust)
        rate = (counts.clicked + trust * usual_rate) / (counts.shown + trust)
        return list_loss(scale * scores + weight * np.log(rate / usual_rate), impressions, is_useful)

    bounds = [SCALE, WEIGHT, tuple(np.log(TRUST))]
    best = minimize(loss, [1.0, 0.5, np.log(30.0)], bounds=bounds, method="L-BFGS-B").x
    scale, weight, log_trust = best
    num_clicks = int((impressions.clicked & is_useful).sum())
    gained = num_clicks * (loss(np.array([scale, 0.0, log_trust])) - loss(best))
    if gained <= NEW_NUMBERS:
        return None
    return PopularityHead(float(weight / scale), usual_rate, float(np.exp(log_trust)))


def list_loss(scores: NDArray[np.float64], impressions: Impressions, counted: NDArray[np.bool_]) -> float:
    """Mean negative log-likelihood of the counted clicks, each a softmax over its whole list."""
    starts, lengths = impressions.candidates.offsets[:-1], impressions.candidates.lengths()
    peak = np.repeat(np.maximum.reduceat(scores, starts), lengths)
    total = np.log(np.add.reduceat(np.exp(scores - peak), starts))
    likelihood = scores - peak - np.repeat(total, lengths)
    return -float(likelihood[impressions.clicked & counted].mean())
