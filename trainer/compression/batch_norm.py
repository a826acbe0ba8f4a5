"""Moving averages of batch normalization, estimated anew.

A cut model's averages are those of the old one. At momentum 0.99 a hundred steps still keep a third of them, so a short
training after a cut leaves them wrong: a network of convolutions lost 8 points of accuracy by that alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import keras
from keras.layers import BatchNormalization


def refresh_batch_norm(model: keras.Model, batches: Iterable[Any]) -> None:
    """Set the moving averages to the plain mean over some batches, in place; nothing else changes.

    Dropout and its like stay off, and layers that are not trainable keep their averages: they run on them in training.

    Args:
        model: Any; it is changed.
        batches: Inputs of the model, each a batch as large as in training: a variance within small ones is too small.
    """
    norms = [layer for layer in model._flatten_layers() if isinstance(layer, BatchNormalization) and layer.trainable]
    with ExitStack() as stack:
        for norm in norms:
            stack.enter_context(_in_training(norm))
        for number, batch in enumerate(batches):
            for norm in norms:
                # Average n of a sequence is 1 / n of the new and the rest of the old.
                norm.momentum = number / (number + 1)
            model(batch, training=False)


@contextmanager
def _in_training(norm: BatchNormalization) -> Iterator[None]:
    """The layer normalizes by its batch and moves its averages, whatever the model around it does."""
    inner: Callable[..., Any] = norm.call
    before, momentum = norm.__dict__.get("call"), norm.momentum

    def call(inputs: Any, **named: Any) -> Any:
        return inner(inputs, **(named | {"training": True}))

    norm.call = call
    try:
        yield
    finally:
        norm.momentum = momentum
        if before is None:
            del norm.call
        else:
            norm.call = before
