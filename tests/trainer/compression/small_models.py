"""Small Keras models of the kinds that are converted, untrained but seeded, with inputs for them."""

from __future__ import annotations

import keras
import numpy as np
from keras import layers
from numpy.typing import NDArray

NUM_IDS = 200
LENGTH = 6


def two_inputs() -> keras.Model:
    """Its inputs' names are in the reverse of their order, and the converter sorts them; it has two outputs."""
    keras.utils.set_random_seed(0)
    numbers = keras.Input((4,), name="zeta")
    ids = keras.Input((3,), name="alpha", dtype="int32")
    embedded = layers.Flatten()(layers.Embedding(50, 8)(ids))
    joined = layers.Concatenate()([layers.Dense(6, "relu")(numbers), embedded])
    return keras.Model([numbers, ids], [layers.Dense(2)(joined), layers.Dense(3)(joined)])


def rows_of_two(num_rows: int, seed: int) -> tuple[NDArray[np.float32], NDArray[np.int32]]:
    rng = np.random.default_rng(seed)
    return rng.normal(size=(num_rows, 4)).astype(np.float32), rng.integers(0, 50, (num_rows, 3)).astype(np.int32)


def dense(*widths: int) -> keras.Model:
    """Widths from the input to the output."""
    keras.utils.set_random_seed(0)
    return keras.Sequential([keras.Input((widths[0],)), *(layers.Dense(width) for width in widths[1:])])


def convolutions() -> keras.Model:
    """A residual sum after BatchNormalization, a depthwise and a transposed convolution."""
    keras.utils.set_random_seed(0)
    image = keras.Input((6, 6, 3))
    first = layers.BatchNormalization()(layers.Conv2D(8, 3, padding="same", activation="relu")(image))
    second = layers.DepthwiseConv2D(3, padding="same")(first)
    wide = layers.Conv2DTranspose(5, 2)(layers.Add()([first, second]))
    return keras.Model(image, layers.Dense(7)(layers.Flatten()(wide)))


def reader() -> keras.Model:
    """An embedding with a mask, attention and layer normalization."""
    keras.utils.set_random_seed(0)
    ids = keras.Input((LENGTH,), dtype="int32", name="ids")
    table = layers.Embedding(NUM_IDS, 16, mask_zero=True, embeddings_initializer=keras.initializers.RandomNormal())
    embedded = table(ids)
    attended = layers.MultiHeadAttention(2, 8)(embedded, embedded)
    hidden = layers.LayerNormalization()(layers.Add()([embedded, attended]))
    return keras.Model(ids, layers.Dense(5)(layers.GlobalAveragePooling1D()(hidden)))


def gru() -> keras.Model:
    keras.utils.set_random_seed(0)
    ids = keras.Input((LENGTH,), dtype="int32", name="ids")
    return keras.Model(ids, layers.Dense(5)(layers.GRU(12)(layers.Embedding(NUM_IDS, 8)(ids))))


def ids_of(num_rows: int, seed: int = 0) -> NDArray[np.int32]:
    return np.random.default_rng(seed).integers(1, NUM_IDS, (num_rows, LENGTH)).astype(np.int32)


def normal(*shape: int, seed: int = 0) -> NDArray[np.float32]:
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)
