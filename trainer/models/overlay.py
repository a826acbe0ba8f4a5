"""What stands in for a model's weights while it trains: masks, gates, noise, rounding, code books.

`trainer.compression.overlay` does the same for any Keras model, weight by weight, in the layer that owns it. A student
has its own, because the click model reads its head outside that layer; and because one overlay here looks at several
weights in a step, and its numbers have a learning rate of their own.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from trainer.models.click_model import ClickModel

TABLE = "table"  # the token table, among the names of `named_weights`

Values = dict[str, tf.Tensor]  # weights by name, as the forward pass shall read them


class Overlay(Protocol):
    """Stands in for some weights while a model trains."""

    variables: Sequence[tf.Variable]  # numbers of its own that training sets, beside those of the model
    pace: float  # their learning rate, in those of the token table: 1.0 is as fast

    def values(self, weights: Values) -> Values:
        """What is read instead of some of the weights.

        Args:
            weights: All of `named_weights`, as overlays before this one left them.

        Returns:
            Those that change.
        """

    def penalty(self) -> tf.Tensor:
        """A scalar to be added to the loss."""


def named_weights(model: ClickModel) -> dict[str, keras.Variable]:
    """Every trainable weight of a student: `table`, `article/hidden_in`, `user/projection`, `head/prior`, ..."""
    named = {TABLE: model.text.table}
    for part, layer in (("article", model.article_encoder), ("user", model.user_encoder), ("head", model.head)):
        named |= {f"{part}/{weight.name}": weight for weight in layer.trainable_weights}
    return named


def weight_arrays(model: ClickModel) -> dict[str, NDArray[np.float32]]:
    """Copies of `named_weights` as numpy arrays, each of the weight's shape."""
    return {name: weight.numpy() for name, weight in named_weights(model).items()}


@contextlib.contextmanager
def overlaid(model: ClickModel, overlays: Sequence[Overlay]) -> Iterator[tf.Tensor]:
    """Within it the model computes with what the overlays give, the first one nearest to the weights.

    Yields:
        The sum of their penalties.
    """
    if not overlays:
        yield tf.constant(0.0)
        return
    variables = named_weights(model)
    weights: Values = {name: variable.value for name, variable in variables.items()}
    changed: Values = {}
    for overlay in overlays:
        changed |= overlay.values({**weights, **changed})
    with keras.StatelessScope(state_mapping=[(variables[name], value) for name, value in changed.items()]):
        yield tf.add_n([overlay.penalty() for overlay in overlays])


class Masks:
    """Pruned weights read as zero: their gradient is zero then, so that they also stay it."""

    variables: Sequence[tf.Variable] = ()
    pace = 1.0

    def __init__(self, masks: Mapping[str, NDArray[np.bool_]]) -> None:
        """Take masks by the names of `named_weights`; False is pruned."""
        self._masks = {name: tf.constant(mask, tf.float32) for name, mask in masks.items()}

    def values(self, weights: Values) -> Values:
        """The weights times their masks."""
        return {name: weights[name] * mask for name, mask in self._masks.items()}

    def penalty(self) -> tf.Tensor:
        """Always 0: masks add nothing to the loss."""
        return tf.constant(0.0)
