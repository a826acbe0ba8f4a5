"""Unstructured pruning: single weights become zero and stay it, in four steps.

    importance    a score of every weight (`IMPORTANCES`)
    threshold     which scores are high enough, in one layer or in all of them together (`thresholds.keep_highest`)
    removal       the others become zero, for good (`remove_weights`)
    fine-tuning   what is left learns to do without them (`trainer.student_steps.step.fine_tune`)

The share of zeros rises while the student learns, fast at first (Zhu and Gupta, 2017): the first three steps come again
and again during the fourth (`RisingMasks`), until the masks are final. Zeros make a bundle no smaller by themselves,
only its compressed download, and no faster; cutting units, dimensions or tokens does both.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Annotated, ClassVar, Protocol

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from trainer.compression.step import check_share
from trainer.compression.thresholds import SCOPES, keep_highest, risen
from trainer.errors import CompressionError
from trainer.models.overlay import TABLE, Values, named_weights
from trainer.settings.ranges import Choice, Epochs, Share
from trainer.student_steps.step import fine_tune, fine_tuning
from trainer.student_steps.taylor import squared_changes
from trainer.training.distillation import steps_of
from trainer.training.student import Student
from trainer.training.student_data import StudentData

RISING = 2 / 3  # of the steps of distillation: from then on the masks are final
UPDATES = 20  # of the masks until then


@dataclass(frozen=True, slots=True)
class PruneWeights:
    """Set a share of the weights to zero while the student learns to do without."""

    method: ClassVar[str] = "prune-weights"
    sparsity: Share = 0.5  # share of the layers' weights that are zero afterwards, those pruned earlier among them
    importance: Annotated[str, Choice(IMPORTANCES)] = "magnitude"
    scope: Annotated[str, Choice(SCOPES)] = "global"  # one threshold for all layers, or one for each
    layers: tuple[str, ...] = (TABLE, "article/projection", "article/hidden_in", "article/hidden_out")
    epochs: Epochs = 4.0  # of fine-tuning; 0 removes all at once

    def __call__(self, student: Student, data: StudentData) -> Student:
        """The student with zeros, and masks that keep them; masks that it came with are only extended."""
        self._check(student)
        pruned = student.copy()
        importance = IMPORTANCES[self.importance](student, data, self.layers)
        steps = steps_of(len(data.rows), fine_tuning(data, self.epochs)) if self.epochs else 1
        masks = RisingMasks(student, self.layers, importance, self.sparsity, self.scope, steps)
        if self.epochs:
            fine_tune(pruned, data, self.epochs, self.method, [masks])
        else:
            masks.values(_values(student))
        return remove_weights(pruned, masks.final())

    def _check(self, student: Student) -> None:
        check_share(self.method, "sparsity", self.sparsity)
        for name, value, known in (("importance", self.importance, IMPORTANCES), ("scope", self.scope, SCOPES)):
            if value not in known:
                raise CompressionError(f"{self.method}: {name} is {value!r}; choose {', '.join(known)}")
        present = list(named_weights(student.model))
        missing = [name for name in self.layers if name not in present]
        if missing or not self.layers:
            wrong = f"the student has no {missing[0]}" if missing else "no layer is named"
            raise CompressionError(f"{self.method}: {wrong}; layers can be {', '.join(present)}")
        if self.epochs < 0 or (self.importance == "movement" and not self.epochs):
            raise CompressionError(
                f"{self.method}: epochs is {self.epochs}; give 0 or more, and above 0 for movement, which is only seen "
                "in fine-tuning"
            )


class Importance(Protocol):
    """Scores of weights: the highest are kept."""

    trained: Mapping[str, tf.Variable]  # scores that training sets, by layer; empty if it sets none

    def scores(self, weights: Values, read: Values) -> Values:
        """Scores of the layers to be pruned, each of its weight's shape; asked for when the masks are renewed.

        Args:
            weights: The student's weights as they are at the time.
            read: As the student reads them, with the masks so far.
        """


class Magnitude:
    """|weight|, as it is at the time (Han et al., NIPS 2015)."""

    trained: Mapping[str, tf.Variable] = MappingProxyType({})

    def __init__(self, student: Student, data: StudentData, layers: Sequence[str]) -> None:
        """Score some layers; a weight's size needs no data."""
        self._layers = layers

    def scores(self, weights: Values, read: Values) -> Values:
        """The absolute value of each weight."""
        return {name: tf.abs(weights[name]) for name in self._layers}


class Taylor:
    """Sum over batches of (gradient x weight)^2, anew whenever the masks are (Molchanov et al., CVPR 2019).

    The gradient is the mean of a batch of titles. Every renewal goes through all titles once: a rare token's row has no
    gradient in most of the batches since the last one.
    """

    trained: Mapping[str, tf.Variable] = MappingProxyType({})

    def __init__(self, student: Student, data: StudentData, layers: Sequence[str]) -> None:
        """Score some layers by the titles that training may read."""
        self._model, self._data, self._layers = student.model, data, layers

    def scores(self, weights: Values, read: Values) -> Values:
        """The squared changes of the loss, at the weights that are read."""
        scored = {name: tf.stop_gradient(weights[name]) for name in self._layers}
        return squared_changes(self._model, self._data.targets, self._data.rows, scored, read)


class Movement:
    """-gradient x weight, gathered during fine-tuning: weights that grow are kept (Sanh et al., NeurIPS 2020).

    The gradient is that of the masked weight and reaches the score straight through the mask. It is gathered by the
    optimizer of the fine-tuning, as in the paper.
    """

    def __init__(self, student: Student, data: StudentData, layers: Sequence[str]) -> None:
        """Begin with equal scores for the weights of some layers."""
        weights = named_weights(student.model)
        self.trained: Mapping[str, tf.Variable] = {name: tf.Variable(tf.zeros(weights[name].shape)) for name in layers}

    def scores(self, weights: Values, read: Values) -> Values:
        """What was gathered so far."""
        return {name: tf.convert_to_tensor(scores) for name, scores in self.trained.items()}


IMPORTANCES: dict[str, Callable[[Student, StudentData, Sequence[str]], Importance]] = {
    "magnitude": Magnitude,
    "taylor": Taylor,
    "movement": Movement,
}


class RisingMasks:
    """Masks made anew again and again while the share of zeros rises from 0, then left as they are.

    The share rises as `trainer.compression.thresholds.risen` has it.
    """

    pace = 1.0

    def __init__(
        self,
        student: Student,
        layers: Sequence[str],
        importance: Importance,
        sparsity: float,
        scope: str,
        steps: int,
    ) -> None:
        """Begin with nothing pruned but what was before.

        Args:
            student: Its masks are kept; what they prune counts among the zeros.
            layers: Names of the weights to be pruned.
            importance: Gives the scores.
            sparsity: In the end.
            scope: One of `SCOPES`.
            steps: Of distillation that will be taken, at least 1; the masks are final after `RISING` of them.
        """
        self._importance, self._sparsity, self._scope = importance, sparsity, scope
        self._every = max(1, int(steps * RISING) // UPDATES)
        self._rise = max(1, int(steps * RISING) // self._every) * self._every
        self._taken = tf.Variable(0, trainable=False)
        weights = named_weights(student.model)
        before = {name: student.masks.get(name, np.ones(weights[name].shape, bool)) for name in layers}
        self._before = {name: tf.constant(mask) for name, mask in before.items()}
        self._masks = {name: tf.Variable(mask.astype(np.float32), trainable=False) for name, mask in before.items()}
        self.variables: Sequence[tf.Variable] = list(importance.trained.values())

    def values(self, weights: Values) -> Values:
        """The masked weights; scores that are trained get the gradient as if they were the mask."""
        taken = self._taken.assign_add(1)
        due = tf.logical_and(taken <= self._rise, taken % self._every == 0)
        tf.cond(due, lambda: self._renew(weights, taken), lambda: taken)
        read: Values = {}
        for name, mask in self._masks.items():
            kept = tf.convert_to_tensor(mask)
            if name in self._importance.trained:
                scores = tf.convert_to_tensor(self._importance.trained[name])
                kept += scores - tf.stop_gradient(scores)
            read[name] = weights[name] * kept
        return read

    def penalty(self) -> tf.Tensor:
        """Always 0: masks add nothing to the loss."""
        return tf.constant(0.0)

    def final(self) -> dict[str, NDArray[np.bool_]]:
        """The masks as they are now, by weight; each array has the weight's shape, False is pruned."""
        return {name: mask.numpy() > 0 for name, mask in self._masks.items()}

    def _renew(self, weights: Values, taken: tf.Tensor) -> tf.Tensor:
        masked = {name: weights[name] * mask for name, mask in self._masks.items()}
        scores = self._importance.scores(weights, {**weights, **masked})
        share = risen(self._sparsity, tf.cast(taken, tf.float64) / self._rise)
        # What was pruned before is the lowest of all, so that it comes first and is never counted twice.
        ranked = {name: tf.where(self._before[name], part, -np.inf) for name, part in scores.items()}
        for name, kept in keep_highest(ranked, share, self._scope).items():
            self._masks[name].assign(kept * tf.cast(self._before[name], tf.float32))
        return taken


def remove_weights(student: Student, masks: Mapping[str, NDArray[np.bool_]]) -> Student:
    """A student without the weights that masks prune, and without those that its own masks do.

    Args:
        student: The one given keeps its weights.
        masks: By the name of a weight, an array of its shape; False is pruned.
    """
    pruned = student.copy()
    weights = named_weights(pruned.model)
    both = {name: mask & student.masks.get(name, True) for name, mask in masks.items()}
    for name, mask in both.items():
        weights[name].assign(weights[name].numpy() * mask)
    return replace(pruned, masks={**student.masks, **both})


def _values(student: Student) -> Values:
    return {name: weight.value for name, weight in named_weights(student.model).items()}
