"""Weights of any model by their paths, as Keras names them: `dense/kernel`, `gru/gru_cell/recurrent_kernel`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

import keras
import numpy as np
from numpy.typing import NDArray

from trainer.errors import CompressionError

# Which weights a step works on: a pattern of paths, several, or a question about a path.
Filter = str | Sequence[str] | Callable[[str], bool]
# What is added to channels or scales them, whatever its shape: the bias of a GRU has two rows, that of attention one a
# head.
BY_CHANNEL = ("bias", "beta", "gamma", "alpha")
Masks = Mapping[str, NDArray[np.bool_]]  # by path, each of its weight's shape; False stays zero


@dataclass(frozen=True, slots=True)
class Owned:
    """A weight and the layer in whose `call` it is read."""

    variable: keras.Variable
    layer: keras.layers.Layer


def owned_weights(model: keras.Model) -> dict[str, Owned]:
    """All trainable weights of a model by path.

    The cell of a recurrent layer runs once for each time step, so its weights belong to the layer around it.

    Raises:
        CompressionError: Two weights have one path, so that a name would mean both.
    """
    owned: dict[str, Owned] = {}
    for layer in model._flatten_layers():
        inner = layer.cell._flatten_layers() if isinstance(layer, keras.layers.RNN) else [layer]
        for variable in [variable for part in inner for variable in part._trainable_variables]:
            if (known := owned.get(variable.path)) and known.variable is not variable:
                raise CompressionError(
                    f"two weights of {model.name} are called {variable.path}; give their layers names of their own"
                )
            owned.setdefault(variable.path, Owned(variable, layer))
    return owned


def arrays(model: keras.Model) -> dict[str, NDArray[np.float32]]:
    """Copies of all trainable weights by path."""
    return {path: np.array(owned.variable.numpy()) for path, owned in owned_weights(model).items()}


def select(model: keras.Model, layers: Filter, method: str) -> dict[str, Owned]:
    """Matrices, and tensors of more axes, whose paths pass a filter.

    Args:
        model: Its trainable weights are looked at.
        layers: A pattern as of file names (`*/kernel`), a list of them, or a function of the path.
        method: For the error.

    Raises:
        CompressionError: No weight passes.
    """
    matrices = {path: owned for path, owned in owned_weights(model).items() if is_matrix(owned.variable)}
    chosen = {path: owned for path, owned in matrices.items() if passes(path, layers)}
    if not chosen:
        known = ", ".join(matrices) or "none: every weight is a vector"
        raise CompressionError(f"{method}: no weight passes layers={layers!r}; choose among {known}")
    return chosen


def is_matrix(variable: keras.Variable) -> bool:
    """Whether a weight is multiplied with what comes in, rather than belonging to single channels."""
    return len(variable.shape) > 1 and variable.name not in BY_CHANNEL


def passes(path: str, layers: Filter) -> bool:
    """Whether a filter lets a path through."""
    if callable(layers):
        return bool(layers(path))
    return any(fnmatchcase(path, pattern) for pattern in ([layers] if isinstance(layers, str) else layers))
