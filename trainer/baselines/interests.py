"""How close each shown article is to its reader's past clicks: by text vector, and by share of its topic."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trainer.data.dataset import Impressions

TEMPERATURE = 0.1  # of the log-mean-exp

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Similarities:
    """Cosine of each shown article to the past clicks, pooled in three ways; (num_shown,) each, 0 without a click."""

    mean: Floats
    top: Floats
    nearest: Floats  # log-mean-exp: between the two


def pooled_similarities(impressions: Impressions, vectors: NDArray[np.float32]) -> Similarities:
    """Compare every shown article with every past click.

    Args:
        impressions: Of either part.
        vectors: (num_articles, dim) float32, length 1.
    """
    mean, top, nearest = np.zeros((3, len(impressions.clicked)))
    for number in range(len(impressions)):
        history = impressions.history[number]
        begin, end = impressions.candidates.offsets[number : number + 2]
        if not len(history) or begin == end:
            continue
        similarity = (vectors[impressions.candidates[number]] @ vectors[history].T).astype(np.float64)
        highest = similarity.max(axis=1)
        mean[begin:end] = similarity.mean(axis=1)
        top[begin:end] = highest
        relative = np.exp((similarity - highest[:, None]) / TEMPERATURE).mean(axis=1)
        nearest[begin:end] = highest + TEMPERATURE * np.log(relative)
    return Similarities(mean, top, nearest)


def topic_shares(impressions: Impressions, topics: NDArray[np.int64]) -> Floats:
    """(num_shown,) share of the reader's past clicks that have the shown article's topic; 0 without a click."""
    shares = np.zeros(len(impressions.clicked))
    num_topics = int(topics.max(initial=0)) + 1
    for number in range(len(impressions)):
        history = impressions.history[number]
        begin, end = impressions.candidates.offsets[number : number + 2]
        read = np.bincount(topics[history], minlength=num_topics) / max(1, len(history))
        shares[begin:end] = read[topics[impressions.candidates[number]]]
    return shares
