"""Scores of weights, gathered while a model trains on its caller's own loss: no step has to know that loss.

An overlay that changes nothing sees the gradient of every weight on its way back, batch by batch.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import keras
import numpy as np
import tensorflow as tf

IMPORTANCES = ("magnitude", "taylor", "movement")

Change = Callable[[tf.Tensor], tf.Tensor]  # from gradient x weight, of a weight's shape, to what is added up


def squared_change(change: tf.Tensor) -> tf.Tensor:
    """First-order Taylor importance of single weights (Molchanov et al., CVPR 2019, equation 8).

    gradient x weight is about how much the loss changes when the weight becomes zero.
    """
    return tf.square(change)


def movement(change: tf.Tensor) -> tf.Tensor:
    """-gradient x weight (Sanh et al., Movement Pruning, NeurIPS 2020): weights that grow away from zero are kept."""
    return -change


class Watch:
    """Gathers scores of some weights; what the model computes stays as it is."""

    def __init__(self, shapes: Mapping[str, tuple[int, ...]], changes: Mapping[str, Change] | Change) -> None:
        """Begin at zero.

        Args:
            shapes: Of the scores, by the path of their weight.
            changes: What a batch adds to them, one for all or by path.
        """
        self._changes = changes if isinstance(changes, Mapping) else dict.fromkeys(shapes, changes)
        self._totals = {
            path: keras.Variable(np.zeros(shape, np.float32), trainable=False, name="score")
            for path, shape in shapes.items()
        }
        self.variables: Mapping[str, Sequence[keras.Variable]] = {path: (v,) for path, v in self._totals.items()}

    def value(self, path: str, weight: tf.Tensor) -> tf.Tensor:
        """The weight itself."""
        return self.watched(path, weight, weight)

    def watched(self, path: str, read: tf.Tensor, weight: tf.Tensor) -> tf.Tensor:
        """What is read, unchanged; its gradient is looked at on the way back.

        Args:
            path: Of the weight.
            read: What the layer reads, a mask's zeros among it.
            weight: What the gradient is multiplied by: a pruned weight counts by what it would change if it came back.
        """
        total, change, own = self._totals[path].value, self._changes[path], tf.stop_gradient(weight)

        @tf.custom_gradient
        def unchanged(x: tf.Tensor) -> tuple[tf.Tensor, Callable[[tf.Tensor], tf.Tensor]]:
            def back(gradient: tf.Tensor) -> tf.Tensor:
                gradient = tf.convert_to_tensor(gradient)
                total.assign_add(change(gradient * own))
                return gradient

            return tf.identity(x), back

        return unchanged(read)

    def penalty(self, path: str, weight: tf.Tensor) -> None:
        """Watching adds nothing to the loss."""

    def scores(self) -> dict[str, tf.Tensor]:
        """What was gathered so far, by path."""
        return {path: tf.convert_to_tensor(total.value) for path, total in self._totals.items()}

    def forget(self) -> None:
        """Begin anew."""
        for total in self._totals.values():
            total.assign(tf.zeros(total.shape))
