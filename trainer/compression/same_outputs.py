"""The test that a rebuilt model asks of itself: the same outputs as another model on a random batch."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np

from trainer.compression.graph import functional, nodes
from trainer.errors import CompressionError

TOLERANCE = 1e-4  # largest difference, as a share of the largest output
ROUNDED = {"float16": 1e-2, "bfloat16": 6e-2}  # the same where layers compute in these: eight of their smallest steps
ROWS = 4  # of a random batch, where the model takes any number
LENGTH = 32  # of an axis that may have any length; five times halved it is still there


def require_same_outputs(model: keras.Model, other: keras.Model, doing: str) -> None:
    """Run both on one random batch.

    Args:
        model: The one that was made.
        other: What it must equal; of the same inputs.
        doing: What was done, for the message.

    Raises:
        CompressionError: An output differs by more than a share of the largest output, or is no number.
    """
    batch = random_batch(other)
    allowed = max(ROUNDED.get(layer.compute_dtype, TOLERANCE) for layer in other._flatten_layers())
    outputs = zip(_outputs(model, batch), _outputs(other, batch), functional(other).output_names, strict=True)
    for made, wanted, name in outputs:
        if not np.all(np.isfinite(wanted)):
            raise CompressionError(
                f"{other.name}: {name} puts out what is no number on a random batch, so nothing can be checked; "
                "look for NaN and infinity in the model's weights"
            )
        # So that a model whose outputs are all next to zero is held to something.
        largest = max(float(np.abs(wanted).max(initial=0)), 1e-6)
        difference = float(np.abs(made - wanted).max(initial=0)) / largest
        if not difference <= allowed:
            raise CompressionError(
                f"{other.name}: {doing} moved {name} by {difference:.1e} of its largest output, where {allowed:.0e} "
                "is allowed; leave out the layers named last, and report this: it is a fault of the library"
            )


def random_batch(model: keras.Model) -> Any:
    """A few rows in the model's own structure of inputs, the same at each call: numbers, or rows of its tables."""
    graph = functional(model)
    rng = np.random.default_rng(0)
    tables = [layer for layer in model._flatten_layers() if isinstance(layer, keras.layers.Embedding)]
    every = min((table.input_dim for table in tables), default=2)
    rows: dict[int, int] = {}  # by id of an input that a table reads, whatever type it is declared as
    for node in nodes(graph):
        if isinstance(node.operation, keras.layers.Embedding):
            for tensor in node.input_tensors:
                rows[id(tensor)] = min(node.operation.input_dim, rows.get(id(tensor), node.operation.input_dim))
    batch = []
    for tensor in graph.inputs:
        shape = [size or (ROWS if axis == 0 else LENGTH) for axis, size in enumerate(tensor.shape)]
        counts = id(tensor) in rows or not keras.backend.is_float_dtype(tensor.dtype)
        numbers = rng.integers(0, rows.get(id(tensor), every), shape) if counts else rng.standard_normal(shape)
        batch.append(keras.ops.convert_to_tensor(numbers, tensor.dtype))
    return keras.tree.pack_sequence_as(graph._inputs_struct, batch)


def _outputs(model: keras.Model, batch: Any) -> list[np.ndarray]:
    return [
        keras.ops.convert_to_numpy(keras.ops.cast(output, "float32"))
        for output in keras.tree.flatten(model(batch, training=False))
    ]
