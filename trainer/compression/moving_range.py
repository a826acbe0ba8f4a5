"""Where activations lie, as a training's batches tell."""

from __future__ import annotations

import keras
import tensorflow as tf

SMOOTHING = 0.01  # what a batch counts in a moving average, once there were a hundred


class MovingRange:
    """Rounds numbers to int8 between the least and the greatest of a batch, averaged over batches."""

    def __init__(self, fixed: tuple[float, float] | None = None) -> None:
        """Begin with the first batch, or with limits that do not move."""
        self._moves = fixed is None
        self.limits = keras.Variable(fixed or [0.0, 0.0], trainable=False, name="limits")  # zero is always within
        self.seen = keras.Variable(0.0, trainable=False, name="seen")  # batches

    def round(self, x: tf.Tensor) -> tf.Tensor:
        """Take a batch into the range, and round its numbers; what lies beyond is at its end.

        Args:
            x: Of any shape.

        Returns:
            Numbers of the same shape.
        """
        seen = self.seen.value.assign_add(1.0)
        if not self._moves:
            limits = self.limits.value
            return tf.quantization.fake_quant_with_min_max_vars(x, limits[0], limits[1])
        found = tf.stack([tf.minimum(tf.reduce_min(x), 0.0), tf.maximum(tf.reduce_max(x), 0.0)])
        part = tf.maximum(1.0 / seen, SMOOTHING)
        limits = self.limits.value.assign_add(part * (tf.stop_gradient(found) - self.limits.value))
        return tf.quantization.fake_quant_with_min_max_vars(x, limits[0], limits[1])
