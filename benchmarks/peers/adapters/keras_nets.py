"""The two models in Keras, 3 or 2, and how they are trained; the module is handed in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from numpy.typing import NDArray

from benchmarks.peers.budget import (
    BATCH,
    CLASSES,
    CONVOLUTIONS,
    DENSE,
    EPOCHS,
    EPSILON,
    MOMENTUM,
    RATE,
    SIDE,
    rate_of,
)


def build(keras: Any, model: str, layers: Mapping[str, Any] | None = None) -> Any:
    """A model with the names that weights are kept by.

    Args:
        keras: The module.
        model: Its name.
        layers: What stands in for Dense, Conv2D, Add, GlobalAveragePooling2D and MaxPooling2D, by that name.
    """
    own = {**vars(keras.layers), **(layers or {})}
    if model == "mlp":
        x = inputs = keras.Input((SIDE * SIDE,))
        for number, units in enumerate(DENSE, start=1):
            x = own["Dense"](units, name=f"dense{number}")(x)
            x = own["ReLU"](name=f"relu{number}")(x)
    else:
        x = inputs = keras.Input((SIDE, SIDE, 1))
        first, second, third = (
            lambda x, number=number, filters=filters: own["BatchNormalization"](
                momentum=MOMENTUM, epsilon=EPSILON, name=f"norm{number}"
            )(own["Conv2D"](filters, 3, padding="same", name=f"conv{number}")(x))
            for number, filters in enumerate(CONVOLUTIONS, start=1)
        )
        x = own["ReLU"](name="relu1")(first(x))
        x = own["ReLU"](name="relu2")(own["Add"](name="add")([x, second(x)]))
        x = own["MaxPooling2D"](2, name="pool")(x)
        x = own["ReLU"](name="relu3")(third(x))
        x = own["GlobalAveragePooling2D"](name="mean")(x)
    outputs = keras.layers.Softmax(name="softmax")(own["Dense"](CLASSES, name="out")(x))
    return keras.Model(inputs, outputs)


def compiled(keras: Any, model: Any) -> Any:
    """The model, ready to be trained."""
    model.compile(keras.optimizers.Adam(RATE), "sparse_categorical_crossentropy")
    return model


def fit(keras: Any, model: Any, data: Mapping[str, NDArray], seed: int, callbacks: Sequence[Any] = ()) -> None:
    """Train a compiled model for the epochs that all have."""
    keras.utils.set_random_seed(seed)
    falling = keras.callbacks.LearningRateScheduler(lambda epoch, _: rate_of(epoch))
    rows = {"x": data["train_x"], "y": data["train_y"]}
    model.fit(**rows, batch_size=BATCH, epochs=EPOCHS, verbose=0, callbacks=[falling, *callbacks])


def weights_of(model: Any) -> dict[str, NDArray]:
    """Weights by layer and name, as "conv1/kernel"."""
    return {f"{layer.name}/{_name(weight)}": weight.numpy() for layer in model.layers for weight in layer.weights}


def give_weights(model: Any, weights: Mapping[str, NDArray]) -> Any:
    """The model with the base's weights, layers and weights found by name; what a library adds stays as it is."""
    left = set(weights)
    for layer in model.layers:
        for weight in layer.weights:
            path = f"{layer.name}/{_name(weight)}"
            if path in left:
                weight.assign(weights[path])
                left.remove(path)
    if left:
        raise ValueError(f"the model has no {', '.join(sorted(left))}")
    return model


def _name(weight: Any) -> str:
    return str(weight.name).rpartition("/")[2].partition(":")[0].removeprefix("bn_")
