"""Adam with one learning rate for each group of weights: a head, its encoders and a table learn at different speeds."""

from __future__ import annotations

from collections.abc import Sequence

import keras
import tensorflow as tf


class RateGroups:
    """Groups of weights, each under an optimizer of its own."""

    def __init__(self, groups: Sequence[tuple[Sequence[tf.Variable], float]], steps: int, last: float) -> None:
        """Prepare the optimizers.

        Args:
            groups: Weights and the rate that they begin with; groups without weights are left out.
            steps: In which the rates fall linearly.
            last: What is left of a rate after them, as a share.
        """
        self._groups = [
            (list(weights), keras.optimizers.Adam(keras.optimizers.schedules.PolynomialDecay(rate, steps, rate * last)))
            for weights, rate in groups
            if weights
        ]
        for weights, optimizer in self._groups:
            optimizer.build(weights)
        self.weights = [weight for weights, _ in self._groups for weight in weights]

    def descend(self, tape: tf.GradientTape, loss: tf.Tensor) -> None:
        """One step down a loss; a weight that it does not depend on stays.

        Args:
            tape: Recorded the loss.
            loss: A scalar.
        """
        gradients = tape.gradient(loss, self.weights, unconnected_gradients=tf.UnconnectedGradients.ZERO)
        for weights, optimizer in self._groups:
            optimizer.apply([tf.convert_to_tensor(gradient) for gradient in gradients[: len(weights)]], weights)
            gradients = gradients[len(weights) :]
