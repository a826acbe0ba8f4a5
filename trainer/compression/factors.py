"""Layers as two thinner ones, from a truncated singular value decomposition of their kernels.

Two layers, not a product inside one: a converter would multiply the factors out again, and nothing would be saved.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import keras
import numpy as np
from keras import layers
from numpy.typing import NDArray

from trainer.compression.graph import functional
from trainer.compression.rebuild import copy_of, rebuilt
from trainer.compression.same_outputs import require_same_outputs
from trainer.compression.singular_values import truncated_factors
from trainer.errors import CompressionError

Floats = NDArray[np.float32]

CONVOLUTIONS = (layers.Conv1D, layers.Conv2D, layers.Conv3D)
CAN_BE_FACTORED = (layers.Dense, layers.Embedding, *CONVOLUTIONS)


def factored(model: keras.Model, ranks: Mapping[str, int]) -> keras.Model:
    """The model with some layers as two, compiled like the one given; the outputs are those of the truncated kernels.

    A Dense or convolution becomes `NAME_in`, which has no bias, and NAME, which is Dense or a convolution of size 1. An
    Embedding becomes a narrower one of its own name and a Dense without bias, `NAME_out`.

    Args:
        model: Keeps its weights.
        ranks: By name of a layer, at least 1 and at most the smaller side of its kernel as a matrix.

    Raises:
        CompressionError: A layer is unknown or of another kind, or a rank is out of range.
    """
    replaced: dict[str, Sequence[layers.Layer]] = {}
    factors: dict[str, Sequence[Floats]] = {}
    products: dict[str, Sequence[Floats]] = {}
    taken = {layer.name for layer in functional(model).layers}
    for name, rank in ranks.items():
        layer = _checked(model, name)
        matrix, *bias = layer.get_weights()
        left, right = truncated_factors(matrix.reshape(-1, matrix.shape[-1]), _checked_rank(model, name, matrix, rank))
        first, second = _thin_pair(layer, rank, taken)
        taken |= {first.name, second.name}
        replaced[name] = [first, second]
        ones = (1,) * (matrix.ndim - 2)
        factors[first.name] = [left.reshape(*matrix.shape[:-1], rank)]
        factors[second.name] = [right.reshape(*ones, *right.shape), *bias]
        products[name] = [(left @ right).reshape(matrix.shape), *bias]
    made = rebuilt(model, replaced, factors)
    require_same_outputs(made, rebuilt(model, weights=products), f"factoring {', '.join(ranks)}")
    return made


def _checked(model: keras.Model, name: str) -> layers.Layer:
    """The layer of a name, if it can be factored."""
    by_name = {layer.name: layer for layer in functional(model).layers}
    if name not in by_name:
        can = [layer.name for layer in by_name.values() if type(layer) in CAN_BE_FACTORED]
        raise CompressionError(f"{model.name}: there is no layer {name!r}; name some of {', '.join(can) or 'none'}")
    layer = by_name[name]
    # An own subclass may do anything in its `call`.
    if type(layer) not in CAN_BE_FACTORED:
        raise CompressionError(
            f"{model.name}: {name} is a {type(layer).__name__}; only Dense, Embedding, Conv1D, Conv2D and Conv3D are "
            "factored: leave it out"
        )
    if getattr(layer, "groups", 1) > 1:
        raise CompressionError(f"{model.name}: {name} is a grouped convolution, which has no one matrix: leave it out")
    if layer.quantization_mode is not None or layer.lora_enabled:
        raise CompressionError(f"{model.name}: {name} is quantised or has low-rank adapters; factor before that")
    if _constraint(layer) is not None:
        raise CompressionError(
            f"{model.name}: {name} has a constraint on its kernel, which says nothing of two factors; "
            "leave it out, or build the layer without"
        )
    return layer


def _constraint(layer: layers.Layer) -> object:
    return layer.embeddings_constraint if isinstance(layer, layers.Embedding) else layer.kernel_constraint


def _checked_rank(model: keras.Model, name: str, matrix: Floats, rank: int) -> int:
    most = min(matrix.size // matrix.shape[-1], matrix.shape[-1])
    if not 1 <= rank <= most:
        raise CompressionError(f"{model.name}: rank {rank} of {name}; give 1 to {most}")
    return rank


def _thin_pair(layer: layers.Layer, rank: int, taken: set[str]) -> tuple[layers.Layer, layers.Layer]:
    if isinstance(layer, layers.Embedding):
        back = layers.Dense(
            layer.output_dim, use_bias=False, name=_free_name(layer.name + "_out", taken), dtype=layer.dtype_policy
        )
        return copy_of(layer, output_dim=rank), back
    size = "units" if isinstance(layer, layers.Dense) else "filters"
    plain = {"use_bias": False, "activation": "linear", "activity_regularizer": None}
    thin = copy_of(layer, name=_free_name(layer.name + "_in", taken), **{size: rank}, **plain)
    if isinstance(layer, layers.Dense):
        return thin, copy_of(layer)
    return thin, copy_of(layer, kernel_size=1, strides=1, dilation_rate=1, padding="valid")


def _free_name(name: str, taken: set[str]) -> str:
    """The name, longer by its own end while a layer has it: a factored layer may be factored again."""
    end = name[name.rindex("_") :]
    while name in taken:
        name += end
    return name
