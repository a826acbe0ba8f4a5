"""Sparse variational dropout: weights get Gaussian noise whose size is learned, and those that drown in it are removed.

Molchanov, Ashukha and Vetrov, ICML 2017; the formulas are in `trainer.compression.posterior`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from trainer.compression.overlay import assign, baked
from trainer.compression.pace import Pace
from trainer.compression.posterior import REACH, WARM_UP, bits_needed, divergence, log_alpha, start_of
from trainer.compression.rebuild import cloned
from trainer.compression.step import Candidate, Task, check_rounds, kept_of
from trainer.compression.training import FixedMasks
from trainer.compression.weights import Filter, Masks, arrays, select
from trainer.errors import CompressionError
from trainer.settings.ranges import Finite, Positive, Rounds

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class SparsifyVariational:
    """Train weights under noise of trained size, remove those with most noise, then train on without it."""

    method: ClassVar[str] = "variational"
    divergence: Positive = 0.3  # loss for a nat of mean divergence of a weight from its prior
    threshold: Finite = 3.0  # of log alpha: above, a weight is removed; 3 is noise of 4.5 times the weight
    layers: Filter = "*"  # which matrices, by path
    epochs: Rounds = 8  # rounds under noise
    fine_tuning_epochs: Rounds = 4  # rounds of what is left

    def __call__(self, candidate: Candidate, task: Task) -> Candidate:
        """The candidate with zeros, and masks that keep them; masks that it came with are only extended."""
        self._check()
        training, model = task.trainer(self.method), cloned(candidate.model)
        weights = {p: owned.variable.numpy() for p, owned in select(model, self.layers, self.method).items()}
        before = {path: kept_of(candidate.masks, path, weight.shape) for path, weight in weights.items()}
        noise = Noise(weights, before, self.divergence)
        others = {path: mask for path, mask in candidate.masks.items() if path not in before}
        pace = noise.pace.between(model, self.epochs, noise.set_weight)
        training.rounds(model, self.epochs, self.method, [noise], others, pace)
        trained, sigmas = arrays(model), noise.sigmas()
        masks = {}
        for path, sigma in sigmas.items():
            alpha = log_alpha(2 * np.log(sigma), trained[path]).numpy()
            masks[path] = before[path] & (alpha <= self.threshold)
            if not masks[path].any():
                raise CompressionError(
                    f"{self.method}: divergence {self.divergence} left nothing of {path}; lower it, or raise threshold"
                )
        bits = {path: bits_needed(trained[path], sigma, masks[path]) for path, sigma in sigmas.items()}
        every = {**candidate.masks, **masks}
        assign(model, baked(model, [FixedMasks(masks)]))
        training.rounds(model, self.fine_tuning_epochs, f"{self.method}: without noise", masks=every)
        notes = {**candidate.notes, self.method: {"bits_needed": bits}}
        return replace(candidate, model=model, masks=every, notes=notes)

    def _check(self) -> None:
        if not self.divergence > 0:
            raise CompressionError(
                f"{self.method}: divergence is {self.divergence}; give more than 0, in the loss's own unit"
            )
        check_rounds(self.method, "epochs", self.epochs, least=2)
        check_rounds(self.method, "fine_tuning_epochs", self.fine_tuning_epochs)


class Noise:
    """Weights read as weight + standard deviation x normal noise, new at each call.

    The noise is on the weights themselves (additive reparametrisation), one draw for a whole batch: what a layer does
    with them stays the layer's own affair.
    """

    def __init__(self, weights: Mapping[str, Floats], kept: Masks, weight: float) -> None:
        """Begin with little noise.

        Args:
            weights: As they are, by path.
            kept: By path; pruned weights have no noise, and do not count.
            weight: Of the mean divergence, in the end.
        """
        self._kept = {path: mask.astype(np.float32) for path, mask in kept.items()}
        self._number, self._final = sum(int(mask.sum()) for mask in kept.values()), weight
        self._weight = keras.Variable(0.0, trainable=False, name="divergence_weight")
        self.pace, self._first = Pace(REACH), next(iter(weights))
        self._numbers = {
            path: self.pace.number(np.full_like(array, start_of(array, kept[path])), "log_variance")
            for path, array in weights.items()
        }
        self.variables: Mapping[str, Sequence[keras.Variable]] = {
            path: (*number.variables, self._weight) for path, number in self._numbers.items()
        }

    def value(self, path: str, weight: tf.Tensor) -> tf.Tensor:
        """The weight with noise of its trained size."""
        if path == self._first:
            self.pace.step()
        half = self._numbers[path].value() / 2
        return weight + tf.exp(half) * tf.random.normal(half.shape) * self._kept[path]

    def penalty(self, path: str, weight: tf.Tensor) -> tf.Tensor:
        """What a weight's divergence from the prior adds to the loss."""
        alpha = log_alpha(self._numbers[path].value(), weight)
        return self._weight.value * tf.reduce_sum(divergence(alpha) * self._kept[path]) / self._number

    def set_weight(self, done: float) -> None:
        """Let the weight of the divergence rise.

        Args:
            done: In [0, 1], how much of the training is behind.
        """
        self._weight.assign(self._final * min(done / WARM_UP, 1.0))

    def sigmas(self) -> dict[str, Floats]:
        """Standard deviations of the posterior, by path; each array has the weight's shape."""
        return {path: np.exp(number.value().numpy() / 2) for path, number in self._numbers.items()}
