"""What co-clicks are worth beside the content's score, fitted to clicks that the factorisation did not see."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from edge_runtime.model.warm_articles import WarmArticles, co_click_similarity, warm_articles
from trainer.data.dataset import Impressions
from trainer.fits.co_clicks import click_matrix, factorize_clicks
from trainer.fits.popularity import SCALE, list_loss
from trainer.settings.config import CoClickSettings

EARLIER = 0.7  # of the impressions, by time, are factorised for the fit
WEIGHT = (0.0, 20.0)
NEW_NUMBERS = 2  # weight and usual similarity: what they have to gain in log-likelihood


def fit_co_clicks(
    scores: NDArray[np.float64],
    impressions: Impressions,
    article_ids: Sequence[str],
    history_length: int,
    settings: CoClickSettings,
    seed: int,
) -> WarmArticles | None:
    """Factorise the earlier part of a log, fit the weight to the later clicks, then factorise all of it.

    The weight is the most likely one by the softmax of each later click over its list. As in `fit_popularity` the
    content's score is scaled along, because on the log that it was trained on it is too sure of itself. The usual
    similarity, which scores 0, is the mean over the later lists: to be warm is no merit in itself.

    Args:
        scores: (num_shown,) of the content alone.
        impressions: The training part of a log.
        article_ids: (num_articles,) ids of the articles that the impressions name; an id may come several times, as
            that of an article with texts in two languages.
        history_length: Past clicks of a reader that count.
        settings: Of the factorisation.
        seed: Of its start.

    Returns:
        None where co-clicks are switched off, or where the later clicks do not speak for them: their likelihood gains
        less than by chance (Akaike 1974).
    """
    if not settings.dim or not len(impressions):
        return None
    distinct, numbers = np.unique(np.array(article_ids, np.str_), return_inverse=True)
    is_later = impressions.times >= impressions.times[int(len(impressions) * EARLIER)]
    warm, vectors = factorize_clicks(click_matrix(impressions, ~is_later, numbers), settings, seed)
    rows = np.zeros((len(distinct), settings.dim), np.float32)
    rows[warm] = vectors
    similarities = _similarities(impressions, np.flatnonzero(is_later), rows[numbers], history_length)
    weight, usual, gained = _fit_weight(scores, similarities, impressions, is_later)
    if gained <= NEW_NUMBERS:
        return None
    warm, vectors = factorize_clicks(click_matrix(impressions, np.ones_like(is_later), numbers), settings, seed)
    return warm_articles(distinct[warm].tolist(), vectors, weight, usual, settings.bits)


def _similarities(
    impressions: Impressions, measured: NDArray[np.int64], vectors: NDArray[np.float32], history_length: int
) -> NDArray[np.float64]:
    """(num_shown,) of the measured impressions as a device would find them; NaN elsewhere and where unknown."""
    found = np.full(len(impressions.clicked), np.nan)
    for number in measured:
        begin, end = impressions.candidates.offsets[number : number + 2]
        clicks = vectors[impressions.history[number][-history_length:]]
        found[begin:end] = co_click_similarity(clicks, vectors[impressions.candidates[number]])
    return found


def _fit_weight(
    scores: NDArray[np.float64],
    similarities: NDArray[np.float64],
    impressions: Impressions,
    counted: NDArray[np.bool_],
) -> tuple[float, float, float]:
    """Weight beside an unscaled score, usual similarity, and the gain in log-likelihood; zeros if nothing is known."""
    is_useful = np.repeat(impressions.comparable() & counted, impressions.candidates.lengths())
    is_known = is_useful & ~np.isnan(similarities)
    num_clicks = int((impressions.clicked & is_useful).sum())
    if not is_known.any() or not num_clicks:
        return 0.0, 0.0, 0.0
    usual = float(similarities[is_known].mean())
    above = np.where(is_known, similarities - usual, 0.0)

    def loss(values: NDArray[np.float64]) -> float:
        scale, weight = values
        return list_loss(scale * scores + weight * above, impressions, is_useful)

    without = minimize(loss, [1.0, 0.0], bounds=[SCALE, (0.0, 0.0)], method="L-BFGS-B").fun
    best = minimize(loss, [1.0, 1.0], bounds=[SCALE, WEIGHT], method="L-BFGS-B")
    return float(best.x[1] / best.x[0]), usual, num_clicks * (without - best.fun)
