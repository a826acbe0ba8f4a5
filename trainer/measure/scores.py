"""Scores of whole impressions by a Keras click model; finished bundles are scored in `evaluation`."""

from __future__ import annotations

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from trainer.data.batches import article_ages, padded_histories
from trainer.data.dataset import Impressions
from trainer.models.click_model import ClickModel

_BATCH = 64


def all_vectors(model: ClickModel) -> NDArray[np.float32]:
    """Vectors of every article of the dataset.

    Returns:
        (num_articles, dim) float32, each of length 1.
    """
    encode = tf.function(model.article_vectors, reduce_retracing=True)
    rows = np.arange(len(model.topics), dtype=np.int32)
    return np.concatenate([encode(tf.constant(part)).numpy() for part in np.array_split(rows, len(rows) // 4096 + 1)])


def score_impressions(
    model: ClickModel, impressions: Impressions, published_s: NDArray[np.float64], history_length: int
) -> NDArray[np.float64]:
    """Scores of all shown articles, impression after impression.

    Args:
        model: A trained click model.
        impressions: To be scored; their candidates may be of any number.
        published_s: (num_articles,) seconds UTC, NaN where unknown.
        history_length: Past clicks that count.

    Returns:
        (num_shown,) float64, aligned with `impressions.clicked`.
    """
    vectors = tf.constant(all_vectors(model))

    @tf.function(reduce_retracing=True)
    def score(candidates: tf.Tensor, history: tf.Tensor, ages_s: tf.Tensor) -> tf.Tensor:
        wanted, clicks = tf.gather(vectors, candidates), tf.gather(vectors, tf.maximum(history, 0))
        return model.score(wanted, tf.gather(model.topics, candidates), clicks, history, ages_s, use_prior=True)

    lengths = np.diff(impressions.candidates.offsets)
    scores = np.empty(len(impressions.clicked), np.float64)
    # Impressions of like length together: little padding.
    for numbers in np.array_split(np.argsort(lengths, kind="stable"), len(lengths) // _BATCH + 1):
        if not len(numbers):
            continue
        candidates = np.zeros((len(numbers), max(1, lengths[numbers].max())), np.int32)
        for row, number in zip(candidates, numbers, strict=True):
            row[: lengths[number]] = impressions.candidates[number]
        history = padded_histories([impressions.history[n] for n in numbers], history_length)
        ages_s = article_ages(candidates, impressions.times[numbers], published_s)
        found = score(tf.constant(candidates), tf.constant(history), tf.constant(ages_s)).numpy()
        for row, number in zip(found, numbers, strict=True):
            begin = impressions.candidates.offsets[number]
            scores[begin : begin + lengths[number]] = row[: lengths[number]]
    return scores
