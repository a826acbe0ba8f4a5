"""Sparse variational dropout: weights get Gaussian noise whose size is learned, and those that drown in it are removed.

Molchanov, Ashukha and Vetrov, Variational Dropout Sparsifies Deep Neural Networks, ICML 2017. A weight's posterior is a
normal distribution around it with a standard deviation of its own; its prior, log-uniform, asks for as much noise as
the loss allows. alpha is variance over squared weight. The posterior also tells how exactly a weight has to be stored
(Louizos, Ullrich and Welling, Bayesian Compression for Deep Learning, NIPS 2017): `bits_needed`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from trainer.errors import CompressionError
from trainer.models.overlay import TABLE, Values, named_weights
from trainer.student_steps.learned_sparsity import check_layers, pace_of
from trainer.student_steps.prune_weights import remove_weights
from trainer.student_steps.step import fine_tune, fine_tuning
from trainer.training.distillation import steps_of
from trainer.training.student import Student
from trainer.training.student_data import StudentData

LOG_ALPHA_LIMIT = 10.0  # beyond, either way, the divergence has no slope any more
K1, K2, K3 = 0.63576, 1.87320, 1.48695  # of the divergence, equation 14 of the paper
START = -6.0  # log of variance over a layer's mean squared weight: noise of a twentieth
REACH = 24.0  # how far the log of a variance can go in a training
WARM_UP = 0.5  # of the steps, in which the weight of the divergence rises from 0
TINY = 1e-16  # added to squared weights, whose logarithm is taken

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class SparsifyVariational:
    """Train weights under noise of trained size, remove those with most noise, then fine-tune without it."""

    method: ClassVar[str] = "variational"
    divergence: float = 0.3  # loss of distillation for a nat of mean divergence of a weight from its prior
    threshold: float = 3.0  # of log alpha: above, a weight is removed; 3 is noise of 4.5 times the weight
    layers: tuple[str, ...] = (TABLE, "article/projection", "article/hidden_in", "article/hidden_out")
    epochs: float = 8.0  # under noise
    fine_tuning_epochs: float = 4.0  # of what is left

    def __call__(self, student: Student, data: StudentData) -> Student:
        """The student with zeros, and masks that keep them; masks that it came with are only extended."""
        self._check(student)
        trained = student.copy()
        noise = train_noise(trained, data, self.layers, self.divergence, self.epochs)
        log_alpha = noise.log_alpha(_values(trained))
        kept = {name: values.numpy() <= self.threshold for name, values in log_alpha.items()}
        sparse = remove_weights(trained, kept)
        for name in kept:
            if not sparse.masks[name].any():
                raise CompressionError(
                    f"{self.method}: divergence {self.divergence} left nothing of {name}; lower it, or raise threshold"
                )
        found = {"bits_needed": bits_needed(sparse, noise.sigmas())}
        fine_tune(sparse, data, self.fine_tuning_epochs, self.method)
        return replace(sparse, notes={**sparse.notes, self.method: found})

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


def divergence(log_alpha: tf.Tensor) -> tf.Tensor:
    """Kullback-Leibler divergence of a weight's posterior from the log-uniform prior, in nats (equation 14).

    An approximation, off by less than 0.01 anywhere; 0 is where alpha is infinite.

    Args:
        log_alpha: Of any shape.

    Returns:
        Numbers of the same shape.
    """
    return K1 - K1 * tf.sigmoid(K2 + K3 * log_alpha) + 0.5 * tf.math.softplus(-log_alpha)


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
            name: tf.Variable(
                np.full_like(array, (np.log(np.mean(np.square(array[kept[name]])) + TINY) + START) / self._number)
            )
            for name, array in arrays.items()
        }
        self.variables: Sequence[tf.Variable] = list(self._scaled.values())
        self.pace = pace / self._number
        self._weight, self._rise = weight, max(1, round(steps * WARM_UP))
        self._taken = tf.Variable(0.0, trainable=False)
        self._divergence = tf.constant(0.0)

    def log_alpha(self, weights: Values) -> Values:
        """Log of variance over squared weight, within `LOG_ALPHA_LIMIT`, by weight."""
        limit = LOG_ALPHA_LIMIT
        return {
            name: tf.clip_by_value(scaled * self._number - tf.math.log(tf.square(weights[name]) + TINY), -limit, limit)
            for name, scaled in self._scaled.items()
        }

    def values(self, weights: Values) -> Values:
        """The weights with noise of their trained size, new at each call."""
        self._taken.assign_add(1.0)
        total = [
            tf.reduce_sum(divergence(log_alpha) * self._kept[name])
            for name, log_alpha in self.log_alpha(weights).items()
        ]
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


def bits_needed(student: Student, sigmas: Mapping[str, Floats]) -> dict[str, int]:
    """Bits in which the posterior would hardly notice that weights are rounded.

    Weights are taken to be stored as signed codes -m ... m, m = 2^(bits - 1) - 1, times one scale for the whole array,
    its largest weight over m. Rounding is off by at most half a scale; that is to be at most the mean standard
    deviation of the weights that are left. A scale for each row, as a token table has, needs no more.

    Args:
        student: The weights that its masks leave are the means of the posterior.
        sigmas: Standard deviations, by the names of `named_weights`.

    Returns:
        By name: 0 if no weight is left, else at least 2, the shortest codes that have a sign and a zero.
    """
    weights = named_weights(student.model)
    bits: dict[str, int] = {}
    for name, sigma in sigmas.items():
        kept = student.masks.get(name, np.ones(sigma.shape, bool))
        if kept.any():
            steps = np.abs(weights[name].numpy()[kept]).max() / (2 * sigma[kept].mean())
            bits[name] = max(2, 1 + int(np.ceil(np.log2(1 + steps))))
        else:
            bits[name] = 0
    return bits


def _values(student: Student) -> Values:
    return {name: weight.value for name, weight in named_weights(student.model).items()}
