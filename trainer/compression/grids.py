"""The grids on which a .tflite file holds weights: symmetric codes, with one scale for what the file gives one scale.

Dense, convolutions     one scale for each output channel
EinsumDense, attention  one for each entry of the axes that are in the output
Embedding               one for the whole table in 8 bits, because GATHER has no other; one for each row in 4 bits,
                        but for a narrow table, which has 8 bits and one scale in such a file too
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import keras
import tensorflow as tf

from trainer.compression.table_lookup import form_of
from trainer.compression.weights import Owned

BITS = (8, 4)

DEPTHWISE = (keras.layers.DepthwiseConv1D, keras.layers.DepthwiseConv2D)
SEPARABLE = (keras.layers.SeparableConv1D, keras.layers.SeparableConv2D)
TRANSPOSED = (keras.layers.Conv1DTranspose, keras.layers.Conv2DTranspose, keras.layers.Conv3DTranspose)


def round_to_grid(weight: tf.Tensor, bits: int, axes: Sequence[int]) -> tf.Tensor:
    """A weight on its grid: 2^(bits - 1) - 1 steps to the largest number that shares its scale.

    Args:
        weight: Of any shape.
        bits: Of a code.
        axes: Over which numbers share a scale.

    Returns:
        Numbers of the same shape; where all that share a scale are zero they stay it.
    """
    scales = tf.reduce_max(tf.abs(weight), axis=list(axes), keepdims=True) / (2 ** (bits - 1) - 1)
    return tf.round(tf.math.divide_no_nan(weight, scales)) * scales


def shared_axes(owned: Owned, bits: int) -> tuple[int, ...]:
    """Over which axes of a weight numbers share a scale in the file.

    Args:
        owned: The weight and its layer.
        bits: Of a code.
    """
    layer, rank = owned.layer, len(owned.variable.shape)
    every = range(rank)
    if isinstance(layer, keras.layers.Embedding):
        return tuple(every) if bits_of(owned, bits) == 8 else (1,)
    if isinstance(layer, DEPTHWISE) or (isinstance(layer, SEPARABLE) and owned.variable is layer.depthwise_kernel):
        return tuple(every[:-2])
    if isinstance(layer, TRANSPOSED):
        return (*every[:-2], rank - 1)
    if isinstance(layer, keras.layers.EinsumDense):
        _, read = layer.equation.split("->")[0].split(",")
        made = layer.equation.split("->")[1]
        return tuple(axis for axis, name in enumerate(read) if name not in made)
    return tuple(every[:-1])


def bits_of(owned: Owned, bits: int) -> int:
    """Bits of a weight's codes, in a file of so many bits.

    Args:
        owned: The weight and its layer.
        bits: Of a code elsewhere.
    """
    if isinstance(owned.layer, keras.layers.Embedding):
        return form_of(owned.variable.shape[-1], bits, "row")[0]
    return bits


class Rounding:
    """Weights read as they will lie in the file; their gradient is that of the weights themselves."""

    def __init__(self, weights: Mapping[str, Owned], bits: int) -> None:
        """Take the weights that are rounded, by path, and the bits of a code."""
        self._bits = {path: bits_of(owned, bits) for path, owned in weights.items()}
        self._axes = {path: shared_axes(owned, bits) for path, owned in weights.items()}
        self.variables: Mapping[str, Sequence[keras.Variable]] = {path: () for path in weights}

    def value(self, path: str, weight: tf.Tensor) -> tf.Tensor:
        """The rounded weight."""
        rounded = round_to_grid(weight, self._bits[path], self._axes[path])
        return weight + tf.stop_gradient(rounded - weight)

    def penalty(self, path: str, weight: tf.Tensor) -> None:
        """Rounding adds nothing to the loss."""
