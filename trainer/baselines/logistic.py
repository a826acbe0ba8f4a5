"""A logistic mix of the candidate's features: the conditional logit of choice (McFadden, 1974)."""

from __future__ import annotations

from time import perf_counter

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from trainer.baselines.baseline import FLOAT_BYTES, BaselineData, BaselineResult, Progress, comparable, whole_train
from trainer.baselines.features import INTEREST, Features, candidate_features
from trainer.data.dataset import Impressions

RIDGE = 1e-3  # times half the squared weights, beside the mean loss of a click

Floats = NDArray[np.float64]


def logistic(data: BaselineData, seed: int, progress: Progress) -> BaselineResult:
    """Logistic regression without popularity: what a device can know."""
    return _logistic("logistic", data, with_popularity=False)


def popular_logistic(data: BaselineData, seed: int, progress: Progress) -> BaselineResult:
    """Logistic regression with the rates that a server counts."""
    return _logistic("logistic with popularity", data, with_popularity=True)


def _logistic(name: str, data: BaselineData, *, with_popularity: bool) -> BaselineResult:
    train, dev = whole_train(data.dataset), data.dataset.dev
    began = perf_counter()
    design = _design(candidate_features(data, train, [], with_popularity=with_popularity))
    weights = _fit(design, train)
    taken_s = perf_counter() - began
    scores = _design(candidate_features(data, dev, [train], with_popularity=with_popularity)) @ weights
    size_bytes = FLOAT_BYTES * (data.encoder_parameters + len(weights))
    return BaselineResult(name, scores, len(weights), size_bytes, taken_s)


def _design(features: Features) -> Floats:
    """The features, and those of interest again times the history's length: with more clicks they tell more."""
    columns = [features.names.index(name) for name in INTEREST]
    length = features.values[:, [features.names.index("history length")]]
    return np.concatenate([features.values, features.values[:, columns] * length], axis=1)


def _fit(design: Floats, impressions: Impressions) -> Floats:
    """Weights (num_columns,) that make the clicks likeliest, each among all that its impression showed."""
    usable = comparable(impressions)
    sizes = impressions.candidates.lengths()
    number = np.unique(np.repeat(np.arange(len(sizes)), sizes)[usable], return_inverse=True)[1]
    begins = np.flatnonzero(np.diff(number, prepend=-1))
    clicked = impressions.clicked[usable].astype(np.float64)
    clicks = np.add.reduceat(clicked, begins)

    def within(values: Floats) -> Floats:
        """Less its impression's mean: nothing else of a feature matters."""
        means = np.add.reduceat(values, begins) / np.bincount(number)[:, None]
        return values - means[number]

    inside = within(design[usable])
    spread = np.maximum(inside.std(axis=0), 1e-9)
    scaled = np.where(inside.std(axis=0) > 1e-9, inside / spread, 0.0)

    def loss(weights: Floats) -> tuple[float, Floats]:
        scores = scaled @ weights
        highest = np.maximum.reduceat(scores, begins)
        grown = np.exp(scores - highest[number])
        total = np.add.reduceat(grown, begins)
        chosen = clicked @ scores - clicks @ (highest + np.log(total))
        expected = grown * (clicks / total)[number]
        slope = scaled.T @ (clicked - expected)
        num_clicks = clicks.sum()
        return -chosen / num_clicks + RIDGE / 2 * weights @ weights, -slope / num_clicks + RIDGE * weights

    found = minimize(loss, np.zeros(design.shape[1]), jac=True, method="L-BFGS-B")
    weights: Floats = found.x / spread
    return weights
