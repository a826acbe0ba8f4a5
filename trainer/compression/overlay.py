"""What stands in for a model's weights while it trains: masks, gates, noise, rounding.

Pruning, L0 regularisation, variational dropout and training with quantization all train some function of a weight
instead of the weight. Here that function is an overlay beside the model. The layer that owns a weight reads what the
overlay gives; gradients flow through it to the weight. No layer is replaced, so `fit`, a `train_step` of one's own and
any loop over the model keep working.

Keras looks up `layer.call` at each call, so an attribute of that name on the layer stands before its class's method.
In it a `keras.StatelessScope` gives weights other values. What a layer keeps itself there, such as the averages of
BatchNormalization, is written back.
"""

from __future__ import annotations

import contextlib
import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Protocol

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from trainer.compression.weights import Owned, owned_weights
from trainer.errors import CompressionError


class Overlay(Protocol):
    """Stands in for some weights while a model trains."""

    variables: Mapping[str, Sequence[keras.Variable]]  # numbers of its own, by the path of the weight they belong to

    def value(self, path: str, weight: tf.Tensor) -> tf.Tensor:
        """What is read instead of a weight.

        Args:
            path: One of the keys of `variables`; other weights are not asked about.
            weight: As overlays before this one left it.
        """

    def penalty(self, path: str, weight: tf.Tensor) -> tf.Tensor | None:
        """A scalar that is added to the loss; None for nothing."""


@contextlib.contextmanager
def overlaid(model: keras.Model, overlays: Sequence[Overlay]) -> Iterator[None]:
    """Within it the model computes with what the overlays give, the first one nearest to the weights.

    Numbers of the overlays are among the model's trainable weights meanwhile, and penalties among its losses.

    Raises:
        CompressionError: An overlay names a weight that the model has not.
    """
    weights = owned_weights(model)
    by_layer: dict[int, tuple[keras.layers.Layer, dict[str, Owned]]] = {}
    for path in dict.fromkeys(path for overlay in overlays for path in overlay.variables):
        if path not in weights:
            raise CompressionError(f"{model.name} has no weight {path}; known are {', '.join(weights)}")
        owned = weights[path]
        by_layer.setdefault(id(owned.layer), (owned.layer, {}))[1][path] = owned
    with contextlib.ExitStack() as undo:
        undo.callback(forget_functions, model)
        for layer, owned_here in by_layer.values():
            extra = [v for overlay in overlays for path in owned_here for v in overlay.variables.get(path, ())]
            undo.enter_context(tracked(layer, extra))
            undo.enter_context(patched(layer, _overlaid_call(layer, owned_here, overlays)))
        forget_functions(model)
        yield


@contextlib.contextmanager
def patched(layer: keras.layers.Layer, call: Callable[..., Any]) -> Iterator[None]:
    """Within it a layer's `call` is another function; earlier ones come back afterwards."""
    before = layer.__dict__.get("call")
    # Keras looks for `training` and `mask` among the arguments.
    call.__signature__ = inspect.signature(layer.call)  # type: ignore[attr-defined]
    layer.call = call
    try:
        yield
    finally:
        if before is None:
            del layer.call
        else:
            layer.call = before


def forget_functions(model: keras.Model) -> None:
    """Let `fit`, `evaluate` and `predict` trace the model anew, for its layers compute something else now.

    Losses of its last call go too: they may be symbols of a function that is no more.
    """
    model.train_function = model.test_function = model.predict_function = None
    model._clear_losses()


def baked(model: keras.Model, overlays: Sequence[Overlay]) -> dict[str, NDArray[np.float32]]:
    """The weights as overlays give them, by path; the model keeps its own."""
    found: dict[str, NDArray[np.float32]] = {}
    for path, owned in owned_weights(model).items():
        if any(path in overlay.variables for overlay in overlays):
            found[path] = np.array(_laid_over(path, owned.variable, overlays))
    return found


def assign(model: keras.Model, values: Mapping[str, NDArray[np.float32]]) -> None:
    """Set weights by path."""
    weights = owned_weights(model)
    for path, value in values.items():
        weights[path].variable.assign(value)


def _laid_over(path: str, variable: keras.Variable, overlays: Sequence[Overlay]) -> tf.Tensor:
    value = tf.convert_to_tensor(variable.value)
    for overlay in overlays:
        if path in overlay.variables:
            value = overlay.value(path, value)
    return value


def _penalties(owned: Mapping[str, Owned], overlays: Sequence[Overlay]) -> list[tf.Tensor]:
    found = []
    for path, weight in owned.items():
        for overlay in overlays:
            if path in overlay.variables:
                found.append(overlay.penalty(path, tf.convert_to_tensor(weight.variable.value)))
    return [penalty for penalty in found if penalty is not None]


def _overlaid_call(
    layer: keras.layers.Layer, owned: Mapping[str, Owned], overlays: Sequence[Overlay]
) -> Callable[..., Any]:
    inner = layer.call
    ours = {id(weight.variable) for weight in owned.values()}

    def call(*args: Any, **kwargs: Any) -> Any:
        read = {id(weight.variable): _laid_over(path, weight.variable, overlays) for path, weight in owned.items()}
        # All variables of the layer: those that are not named would be read from outside this scope alone.
        state = [(variable, read.get(id(variable), variable.value)) for variable in layer.variables]
        with keras.StatelessScope(state_mapping=state, collect_losses=True) as scope:
            given = {id(variable): scope.get_current_value(variable) for variable in layer.variables}
            outputs = inner(*args, **kwargs)
        for variable in layer.non_trainable_variables:  # averages of BatchNormalization, seeds of Dropout
            value = scope.get_current_value(variable)
            if id(variable) not in ours and value is not given[id(variable)]:
                variable.assign(value)
        for loss in [*scope.losses, *_penalties(owned, overlays)]:
            layer.add_loss(loss)
        return outputs

    return call


@contextlib.contextmanager
def tracked(layer: keras.layers.Layer, variables: Sequence[keras.Variable]) -> Iterator[None]:
    """Variables among a layer's own, as Keras does it when it adds low-rank factors to a built layer."""
    layer._tracker.unlock()
    for variable in variables:
        layer._track_variable(variable)
    layer._tracker.lock()
    try:
        yield
    finally:
        layer._tracker.unlock()
        for variable in variables:
            layer._untrack_variable(variable)
        layer._tracker.lock()
