"""Small images of digits and models that learn them in a second, for tests that train."""

import functools

import keras
import numpy as np
from keras import layers
from sklearn.datasets import load_digits

from trainer.compression.step import Candidate, Task
from trainer.compression.training import Training

ROWS = 200


@functools.cache
def digits() -> tuple[np.ndarray, np.ndarray]:
    """(200, 8, 8) images in [0, 1], and their digits."""
    found = load_digits()
    return (found.images[:ROWS] / 16).astype(np.float32), found.target[:ROWS]


def fit() -> dict[str, object]:
    images, labels = digits()
    return {"x": images, "y": labels, "batch_size": 16}


def compiled(model: keras.Model, loss: object = "sparse_categorical_crossentropy") -> keras.Model:
    model.compile(keras.optimizers.Adam(0.01), loss)
    return model


def mlp() -> keras.Model:
    keras.utils.set_random_seed(0)
    return compiled(
        keras.Sequential(
            [
                keras.Input((8, 8)),
                layers.Flatten(),
                layers.Dense(24, activation="relu", name="one"),
                layers.Dropout(0.1),
                layers.Dense(16, activation="relu", name="two"),
                layers.Dense(10, activation="softmax", name="classes"),
            ],
            name="mlp",
        )
    )


def cnn() -> keras.Model:
    """BatchNormalization twice, and a residual sum before a ReLU."""
    keras.utils.set_random_seed(0)
    images = keras.Input((8, 8))
    start = layers.Conv2D(8, 3, padding="same", use_bias=False, name="one")(layers.Reshape((8, 8, 1))(images))
    start = layers.ReLU()(layers.BatchNormalization(momentum=0.8, name="norm_one")(start))
    inner = layers.Conv2D(8, 3, padding="same", name="two")(start)
    inner = layers.BatchNormalization(momentum=0.8, name="norm_two")(inner)
    joined = layers.MaxPooling2D()(layers.ReLU()(layers.Add()([start, inner])))
    outputs = layers.Dense(10, activation="softmax", name="classes")(layers.Flatten()(joined))
    return compiled(keras.Model(images, outputs, name="cnn"))


@functools.cache
def trained() -> keras.Model:
    """The dense model after six epochs, the same one for every test: they only read it."""
    model = mlp()
    model.fit(**fit(), epochs=6, verbose=0)
    return model


def task(model: keras.Model, **settings: object) -> Task:
    return Task(Training(fit(), **settings), digits()[0][:64], model)


def candidate(model: keras.Model) -> Candidate:
    return Candidate(model)


def accuracy(predict: object) -> np.ndarray:
    """1 for each row that is right."""
    images, labels = digits()
    return (predict(images).argmax(axis=1) == labels).astype(float)
