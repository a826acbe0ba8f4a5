"""Unstructured pruning: single weights become zero and stay it, in four steps.

    importance    a score of every weight (`trainer.compression.importance`)
    threshold     which scores are high enough, in one layer or in all of them together (`thresholds.keep_highest`)
    removal       the others become zero, for good
    training      what is left learns to do without them

The share of zeros rises from round to round, fast at first (Zhu and Gupta, 2017). Zeros make a .tflite file no smaller
by themselves, only its compressed download, and no faster; cutting channels does both.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from trainer.compression.importance import IMPORTANCES, Watch, movement, squared_change
from trainer.compression.overlay import assign, baked
from trainer.compression.rebuild import cloned
from trainer.compression.step import Candidate, Task, check_share, kept_of
from trainer.compression.thresholds import SCOPES, Values, keep_highest, risen
from trainer.compression.training import FixedMasks
from trainer.compression.weights import Filter, Masks, select
from trainer.errors import CompressionError
from trainer.settings.ranges import Rounds, Share

RISING = 2 / 3  # of the rounds: from then on the masks are final


@dataclass(frozen=True, slots=True)
class Prune:
    """Set a share of the weights to zero while the model learns to do without."""

    method: ClassVar[str] = "prune"
    sparsity: Share = 0.5  # share of the layers' weights that are zero afterwards, those pruned earlier among them
    importance: str = "magnitude"  # one of `IMPORTANCES`
    scope: str = "global"  # one of `SCOPES`: one threshold for all layers, or one for each
    layers: Filter = "*"  # which matrices, by path
    epochs: Rounds = 6  # rounds of training; 0 removes all at once

    def __call__(self, candidate: Candidate, task: Task) -> Candidate:
        """The candidate with zeros, and masks that keep them; masks that it came with are only extended."""
        self._check()
        model = cloned(candidate.model)
        chosen = select(model, self.layers, self.method)
        shapes = {path: tuple(owned.variable.shape) for path, owned in chosen.items()}
        rising = RisingMasks({path: kept_of(candidate.masks, path, shape) for path, shape in shapes.items()}, self)
        # Scores that are gathered in training are not there before the first round.
        first, last = int(rising.gathers), max(1, round(self.epochs * RISING))

        def between(done: int) -> None:
            if first <= done < first + last:
                weights = {path: owned.variable.value for path, owned in chosen.items()}
                rising.renew(weights, (done - first + 1) / last)

        if self.epochs:
            others = {path: mask for path, mask in candidate.masks.items() if path not in shapes}
            task.trainer(self.method).rounds(model, self.epochs, self.method, [rising], others, between)
        else:
            between(0)
        masks = rising.masks()
        assign(model, baked(model, [FixedMasks(masks)]))
        return replace(candidate, model=model, masks={**candidate.masks, **masks})

    def _check(self) -> None:
        check_share(self.method, "sparsity", self.sparsity)
        for name, value, known in (("importance", self.importance, IMPORTANCES), ("scope", self.scope, SCOPES)):
            if value not in known:
                raise CompressionError(f"{self.method}: {name} is {value!r}; choose {', '.join(known)}")
        if self.epochs < 0 or (self.importance != "magnitude" and self.epochs < 2):
            raise CompressionError(
                f"{self.method}: epochs is {self.epochs}; give 0 or more, and 2 or more for {self.importance}, which "
                "is seen in training alone"
            )


class RisingMasks:
    """Masks made anew between rounds while the share of zeros rises from 0, then left as they are."""

    def __init__(self, before: Masks, settings: Prune) -> None:
        """Begin with nothing pruned but what was before.

        Args:
            before: By path; what they prune counts among the zeros.
            settings: Sparsity in the end, importance and scope.
        """
        self._before, self._settings = before, settings
        self._kept = {
            path: keras.Variable(mask.astype(np.float32), trainable=False, name="mask") for path, mask in before.items()
        }
        self.gathers = settings.importance != "magnitude"
        change = squared_change if settings.importance == "taylor" else movement
        self._watch = Watch({path: mask.shape for path, mask in before.items()}, change)
        seen = self._watch.variables if self.gathers else {}
        self.variables: Mapping[str, Sequence[keras.Variable]] = {
            path: (kept, *seen.get(path, ())) for path, kept in self._kept.items()
        }

    def value(self, path: str, weight: tf.Tensor) -> tf.Tensor:
        """The masked weight."""
        masked = weight * self._kept[path].value
        return self._watch.watched(path, masked, weight) if self.gathers else masked

    def penalty(self, path: str, weight: tf.Tensor) -> None:
        """Masks add nothing to the loss."""

    def renew(self, weights: Values, done: float) -> None:
        """Make the masks anew.

        Args:
            weights: As they are now, by path.
            done: In [0, 1], how much of the way to the sparsity is behind.
        """
        scores = self._watch.scores() if self.gathers else sizes(weights, self._settings.scope)
        # What was pruned before is the lowest of all, so that it comes first and is never counted twice.
        ranked = {path: tf.where(self._before[path], scores[path], -np.inf) for path in self._before}
        for path, kept in keep_highest(ranked, risen(self._settings.sparsity, done), self._settings.scope).items():
            self._kept[path].assign(kept * self._before[path].astype(np.float32))
        if self._settings.importance == "taylor":
            self._watch.forget()

    def masks(self) -> dict[str, NDArray[np.bool_]]:
        """The masks as they are now, by path; False is pruned."""
        return {path: kept.numpy() > 0 for path, kept in self._kept.items()}


def sizes(weights: Values, scope: str) -> Values:
    """Magnitude (Han et al., NIPS 2015); for one threshold over all layers, the layer-adaptive one.

    That is LAMP (Lee et al., ICLR 2021): the square of a weight, divided by the sum of all squares in its layer that
    are no smaller. It does not depend on a layer's scale, so an embedding is not pruned first and whole. The largest
    weight of each layer has 1, so a small layer that all must pass through stays open. Measured: with weights in units
    of their layer's root mean square, a small convolutional net with 90 % zeros was right in 0.30 of rows, so in 0.95.

    Args:
        weights: By path.
        scope: One of `SCOPES`.

    Returns:
        By path, each of its weight's shape.
    """
    if scope == "layer":
        return {path: tf.abs(weight) for path, weight in weights.items()}
    return {path: _adaptive(tf.square(weight)) for path, weight in weights.items()}


def _adaptive(squares: tf.Tensor) -> tf.Tensor:
    # Sums of many small numbers; in float32 a larger weight could come out lower.
    flat = tf.cast(tf.reshape(squares, [-1]), tf.float64)
    lowest_first = tf.argsort(flat)
    ordered = tf.gather(flat, lowest_first)
    shares = tf.math.divide_no_nan(ordered, tf.cumsum(ordered, reverse=True))
    return tf.reshape(tf.scatter_nd(lowest_first[:, None], shares, flat.shape), squares.shape)
