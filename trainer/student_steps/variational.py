"""Sparse variational dropout: weights get Gaussian noise whose size is learned, and those that drown in it are removed.

Molchanov, Ashukha and Vetrov, ICML 2017; the formulas are in `trainer.compression.posterior`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from trainer.compression.posterior import (
    LOG_ALPHA_LIMIT,
    REACH,
    WARM_UP,
    bits_needed,
    divergence,
    log_alpha,
    start_of,
)
from trainer.errors import CompressionError
from trainer.models.overlay import TABLE, Values, named_weights, weight_arrays
from trainer.settings.ranges import Epochs, Finite, Positive
from trainer.student_steps.learned_sparsity import check_layers, pace_of
from trainer.student_steps.prune_weights import remove_weights
from trainer.student_steps.step import fine_tune, fine_tuning
from trainer.training.distillation import steps_of
from trainer.training.student import Student
from trainer.training.student_data import StudentData

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class SparsifyVariational:
    """Train weights under noise of trained size, remove those with most noise, then fine-tune without it."""

    method: ClassVar[str] = "variational"
    divergence: Positive = 0.3  # loss of distillation for a nat of mean divergence of a weight from its prior
    threshold: Finite = 3.0  # of log alpha: above, a weight is removed; 3 is noise of 4.5 times the weight
    layers: tuple[str, ...] = (TABLE, "article/projection", "article/hidden_in", "article/hidden_out")
    epochs: Epochs = 8.0  # under noise
    fine_tuning_epochs: Epochs = 4.0  # of what is left

    def __call__(self, student: Student, data: StudentData) -> Student:
        """The student with zeros, and masks that keep them; masks that it came with are only extended."""
        self._check(student)
        trained = student.copy()
        noise = train_noise(trained, data, self.layers, self.divergence, self.epochs)
        log_alphas = noise.log_alpha(_values(trained))
        kept = {name: values.numpy() <= self.threshold for name, values in log_alphas.items()}
        sparse = remove_weights(trained, kept)
        for name in kept:
            if not sparse.masks[name].any():
                raise CompressionError(
                    f"{self.method}: divergence {self.divergence} left nothing of {name}; lower it, or raise threshold"
                )
        means = weight_arrays(sparse.model)
        bits = {name: bits_needed(means[name], sigma, sparse.masks[name]) for name, sigma in noise.sigmas().items()}
        fine_tune(sparse, data, self.fine_tuning_epochs, self.method)
        return replace(sparse, notes={**sparse.notes, self.method: {"bits_needed": bits}})

    def _check(self, student: Student) -> None:
        if not self.divergence > 0:
            raise CompressionError(
                f"{self.method}: divergence is {self.divergence}; give more than 0, in the loss's own unit"
            )
        if not -LOG_ALPHA_LIMIT < self.threshold < LOG_ALPHA_LIMIT:
            raise CompressionError(
                f"{self.method}: threshold is {self.threshold}; log alpha is only known between {-LOG_ALPHA_LIMIT} and "
                f"{LOG_ALPHA_LIMIT}"
            )
        if self.epochs <= 0 or self.fine_tuning_epochs < 0:
            given = f"{self.epochs} and {self.fine_tuning_epochs}"
            raise CompressionError(
                f"{self.method}: epochs and fine_tuning_epochs are {given}; give above 0, and 0 or more"
            )
        check_layers(self.method, self.layers, student)


class Noise:
    """Weights read as weight + standard deviation x normal noise, new in every step.

    The noise is on the weights themselves (additive reparametrisation), one draw for a whole batch: what a layer does
    with them stays the layer's own affair.
    """

    def __init__(self, student: Student, layers: Sequence[str], weight: float, steps: int, pace: float) -> None:
        """Begin with little noise.

        Args:
            student: Weights that its masks prune have no noise, and do not count.
            layers: Names of weights that get noise.
            weight: Of the mean divergence, in the end.
            steps: That will be taken; the weight rises in the first `WARM_UP` of them.
            pace: At which the log variances learn; see `Overlay`.
        """
        weights = named_weights(student.model)
        arrays = {name: weights[name].numpy() for name in layers}
        kept = {name: student.masks.get(name, np.ones(array.shape, bool)) for name, array in arrays.items()}
        self._kept = {name: tf.constant(mask, tf.float32) for name, mask in kept.items()}
        self._number = sum(int(mask.sum()) for mask in kept.values())
        # One weight of many has a gradient below Adam's epsilon: the log variance is trained over their number.
        self._scaled = {
            name: tf.Variable(np.full_like(array, start_of(array, kept[name]) / self._number))
            for name, array in arrays.items()
        }
        self.variables: Sequence[tf.Variable] = list(self._scaled.values())
        self.pace = pace / self._number
        self._weight, self._rise = weight, max(1, round(steps * WARM_UP))
        self._taken = tf.Variable(0.0, trainable=False)
        self._divergence = tf.constant(0.0)

    def log_alpha(self, weights: Values) -> Values:
        """Log of variance over squared weight, within `LOG_ALPHA_LIMIT`, by weight."""
        return {name: log_alpha(scaled * self._number, weights[name]) for name, scaled in self._scaled.items()}

    def values(self, weights: Values) -> Values:
        """The weights with noise of their trained size, new at each call."""
        self._taken.assign_add(1.0)
        total = [tf.reduce_sum(divergence(alpha) * self._kept[name]) for name, alpha in self.log_alpha(weights).items()]
        self._divergence = tf.add_n(total) / self._number  # for `penalty`, which is not given the weights
        return {
            name: weights[name]
            + tf.exp(scaled * (self._number / 2)) * tf.random.normal(scaled.shape) * self._kept[name]
            for name, scaled in self._scaled.items()
        }

    def penalty(self) -> tf.Tensor:
        """What is added to the loss, a scalar: the mean divergence at its present weight."""
        return self._weight * tf.minimum(self._taken / self._rise, 1.0) * self._divergence

    def sigmas(self) -> dict[str, Floats]:
        """Standard deviations of the posterior, by weight; each array has the weight's shape."""
        return {name: np.exp(scaled.numpy() * (self._number / 2)) for name, scaled in self._scaled.items()}


def train_noise(student: Student, data: StudentData, layers: Sequence[str], weight: float, epochs: float) -> Noise:
    """Train a student's weights, in place, under noise of a trained size.

    Args:
        student: Its weights are the means of the posterior afterwards.
        data: What to learn from.
        layers: Names of weights that get noise.
        weight: Of the mean divergence of a weight from its prior.
        epochs: Over the titles.

    Raises:
        TrainingError: The loss is not finite.
    """
    settings = fine_tuning(data, epochs)
    noise = Noise(student, layers, weight, steps_of(len(data.rows), settings), pace_of(REACH, data, epochs))
    fine_tune(student, data, epochs, SparsifyVariational.method, [noise], clicks=False)
    return noise


def _values(student: Student) -> Values:
    return {name: weight.value for name, weight in named_weights(student.model).items()}
