"""Which weights stay: the highest scores, in one layer or in all together, while the share of zeros rises."""

from __future__ import annotations

import numpy as np
import tensorflow as tf

SCOPES = ("global", "layer")

Values = dict[str, tf.Tensor]  # by the name of a weight


def keep_highest(scores: Values, sparsity: float | tf.Tensor, scope: str) -> Values:
    """The threshold: 0 for the lowest scores, `sparsity` of them, and 1 for the others.

    Args:
        scores: By layer.
        sparsity: In [0, 1]; round(sparsity * number of weights) become 0, of equal scores the first ones.
        scope: "layer" counts in each layer, "global" in all of them together.

    Returns:
        By layer, float32.
    """
    if scope == "layer":
        return {name: _highest(tf.reshape(part, [-1]), sparsity, part.shape) for name, part in scores.items()}
    flat = tf.concat([tf.reshape(part, [-1]) for part in scores.values()], axis=0)
    parts = tf.split(_highest(flat, sparsity, flat.shape), [int(np.prod(part.shape)) for part in scores.values()])
    return {name: tf.reshape(kept, scores[name].shape) for name, kept in zip(scores, parts, strict=True)}


def risen(sparsity: float, done: float | tf.Tensor) -> float | tf.Tensor:
    """The share of zeros on its way up (Zhu and Gupta, 2017, equation 1).

    Args:
        sparsity: In the end.
        done: In [0, 1], how much of the way is behind.
    """
    return sparsity * (1 - (1 - done) ** 3)


def _highest(flat: tf.Tensor, sparsity: float | tf.Tensor, shape: tf.TensorShape) -> tf.Tensor:
    zeros = tf.round(tf.convert_to_tensor(sparsity, tf.float64) * flat.shape[0])
    kept = tf.cast(tf.range(flat.shape[0], dtype=tf.float64) >= zeros, tf.float32)
    lowest_first = tf.argsort(flat)
    return tf.reshape(tf.scatter_nd(lowest_first[:, None], kept, flat.shape), shape)
