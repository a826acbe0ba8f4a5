"""Baselines that only count or compare: chance, popularity, category affinity, untrained text vectors."""

from __future__ import annotations

from time import perf_counter

import numpy as np

from trainer.baselines.baseline import FLOAT_BYTES, BaselineData, BaselineResult, Progress
from trainer.baselines.interests import Similarities, pooled_similarities, topic_shares
from trainer.baselines.rates import Floats, dev_rates

HALF_LIFE_S = 24 * 3600.0


def random_order(data: BaselineData, seed: int, progress: Progress) -> BaselineResult:
    """Scores drawn by chance: what any ranking has to beat."""
    return BaselineResult("random", np.random.default_rng(seed).random(len(data.dataset.dev.clicked)), 0, 0, 0.0)


def popularity(data: BaselineData, seed: int, progress: Progress) -> BaselineResult:
    """Click rate of the article so far: in the training part and, of the dev part, in strictly earlier seconds."""
    return _popularity("popularity", data, float("inf"))


def decayed_popularity(data: BaselineData, seed: int, progress: Progress) -> BaselineResult:
    """As `popularity`, older lists counting less."""
    return _popularity("decayed popularity", data, HALF_LIFE_S)


def category_affinity(data: BaselineData, seed: int, progress: Progress) -> BaselineResult:
    """Share of past clicks in the candidate's category; popularity breaks the many ties."""
    began = perf_counter()
    dev, rates = data.dataset.dev, dev_rates(data.dataset)
    taken_s = perf_counter() - began
    # Two different shares of one reader's n clicks differ by 1 / n at least.
    scores = topic_shares(dev, data.topics) + 1e-6 * rates
    parameters = _num_known(data)
    return BaselineResult("category affinity", scores, parameters, FLOAT_BYTES * parameters, taken_s)


def text_mean(data: BaselineData, seed: int, progress: Progress) -> BaselineResult:
    """Mean cosine of untrained text vectors to the past clicks."""
    return _untrained("text vectors, mean", data, _similarities(data).mean)


def text_nearest(data: BaselineData, seed: int, progress: Progress) -> BaselineResult:
    """Log-mean-exp of the same cosines, so that the nearest past clicks decide."""
    return _untrained("text vectors, log-mean-exp", data, _similarities(data).nearest)


def _popularity(name: str, data: BaselineData, half_life_s: float) -> BaselineResult:
    began = perf_counter()
    scores = dev_rates(data.dataset, half_life_s)
    parameters = _num_known(data)
    return BaselineResult(name, scores, parameters, FLOAT_BYTES * parameters, perf_counter() - began)


def _num_known(data: BaselineData) -> int:
    """Articles with a rate of their own, one number each."""
    known = np.zeros(len(data.dataset.articles), bool)
    for parts in data.dataset.in_time():
        for part in parts:
            known[part.candidates.values] = True
    return int(known.sum())


def _similarities(data: BaselineData) -> Similarities:
    return pooled_similarities(data.dataset.dev, data.vectors)


def _untrained(name: str, data: BaselineData, scores: Floats) -> BaselineResult:
    return BaselineResult(name, scores, 0, FLOAT_BYTES * data.encoder_parameters, 0.0)
