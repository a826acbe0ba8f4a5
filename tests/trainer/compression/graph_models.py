"""Small models of each kind, with random weights: nothing in them is zero or one by its initializer."""

import keras
import numpy as np
from keras import layers


def with_random_weights(model: keras.Model, seed: int = 1) -> keras.Model:
    rng = np.random.default_rng(seed)
    for weight in model.weights:
        values = rng.normal(scale=0.5, size=weight.shape)
        weight.assign(np.abs(values) + 0.5 if weight.path.endswith("variance") else values)
    return model


def mlp() -> keras.Sequential:
    model = keras.Sequential(
        [
            keras.Input((6,)),
            layers.Dense(8, activation="relu", name="one"),
            layers.Dropout(0.5, name="dropout"),
            layers.Dense(5, activation="sigmoid", name="two"),
            layers.Dense(3, activation="softmax", name="classes"),
        ],
        name="mlp",
    )
    return with_random_weights(model)


def cnn() -> keras.Model:
    """A residual block: `one` and `three` are added, `two` lies between them."""
    images = keras.Input((6, 6, 2), name="images")
    start = layers.Conv2D(4, 3, padding="same", use_bias=False, name="one")(images)
    start = layers.ReLU()(layers.BatchNormalization(name="norm_one")(start))
    inner = layers.Conv2D(6, 3, padding="same", activation="relu", name="two")(start)
    inner = layers.Conv2D(4, 3, padding="same", name="three")(inner)
    inner = layers.BatchNormalization(name="norm_three", scale=False)(inner)
    joined = layers.MaxPooling2D()(layers.Add()([start, inner]))
    flat = layers.Flatten()(joined)
    return with_random_weights(keras.Model(images, layers.Dense(3, name="classes")(flat), name="cnn"))


def text() -> keras.Sequential:
    """Its input is float, as a `keras.Input` without a type is, and its mask is an operation that is no layer."""
    model = keras.Sequential(
        [
            keras.Input((7,)),
            layers.Embedding(20, 6, mask_zero=True, name="words"),
            layers.GlobalAveragePooling1D(),
            layers.Dense(4, activation="tanh", name="hidden"),
            layers.Dense(3, activation="softmax", name="classes"),
        ],
        name="text",
    )
    return with_random_weights(model)


def recurrent(layer: type[layers.Layer], **settings: bool) -> keras.Model:
    ids = keras.Input((None,), dtype="int32", name="ids")
    vectors = layers.Embedding(20, 4, mask_zero=True, name="words")(ids)
    states = layer(5, name="cells", **settings)(vectors)
    return with_random_weights(keras.Model(ids, layers.Dense(2, name="classes")(states), name="recurrent"))


def attention() -> keras.Model:
    ids = keras.Input((7,), dtype="int32", name="ids")
    vectors = layers.Embedding(20, 4, name="words")(ids)
    vectors = layers.Add()([vectors, layers.MultiHeadAttention(2, 2, name="attention")(vectors, vectors)])
    pooled = layers.GlobalAveragePooling1D()(layers.LayerNormalization(name="norm")(vectors))
    hidden = layers.Dense(6, activation="gelu", name="hidden")(pooled)
    return with_random_weights(keras.Model(ids, layers.Dense(2, name="classes")(hidden), name="attention"))


def outputs(model: keras.Model, inputs: np.ndarray) -> np.ndarray:
    return keras.ops.convert_to_numpy(model(inputs, training=False))
