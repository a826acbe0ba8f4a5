import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers
from numpy.testing import assert_allclose, assert_array_equal

from tests.trainer.compression.graph_models import with_random_weights
from trainer.compression.gates import Fixed
from trainer.compression.overlay import assign, baked, overlaid, patched
from trainer.compression.rebuild import cloned
from trainer.compression.training import FixedMasks
from trainer.compression.weights import arrays, select
from trainer.errors import CompressionError

IDS = np.random.default_rng(0).integers(0, 20, (4, 6))
IMAGES = np.random.default_rng(0).normal(size=(4, 6, 6, 2)).astype(np.float32)


def of(inputs: keras.KerasTensor, *chain: layers.Layer) -> keras.Model:
    x = inputs
    for layer in chain:
        x = layer(x, x) if isinstance(layer, layers.MultiHeadAttention) else layer(x)
    return with_random_weights(keras.Model(inputs, layers.Dense(3)(x)))


def text(*chain: layers.Layer) -> keras.Model:
    return of(keras.Input((6,), dtype="int32"), layers.Embedding(20, 4, mask_zero=True), *chain)


def image(*chain: layers.Layer) -> keras.Model:
    return of(keras.Input((6, 6, 2)), *chain, layers.Flatten())


KINDS = {
    "dense": lambda: image(layers.Flatten(), layers.Dense(5, activation="relu")),
    "convolutions": lambda: image(
        layers.Conv2D(4, 3),
        layers.BatchNormalization(),
        layers.DepthwiseConv2D(2),
        layers.SeparableConv2D(3, 2),
        layers.Conv2DTranspose(2, 2),
    ),
    "einsum": lambda: image(layers.EinsumDense("abcd,de->abce", (6, 6, 5), bias_axes="e")),
    "attention": lambda: text(layers.MultiHeadAttention(2, 3), layers.LayerNormalization(), layers.Flatten()),
    "gru": lambda: text(layers.GRU(3, reset_after=False)),
    "lstm": lambda: text(layers.Bidirectional(layers.LSTM(3))),
    "cells": lambda: text(layers.RNN([layers.SimpleRNNCell(3), layers.GRUCell(2)])),
    "times": lambda: text(layers.TimeDistributed(layers.Dense(4)), layers.GlobalAveragePooling1D()),
}


def batch_of(model: keras.Model) -> np.ndarray:
    return IDS if len(model.inputs[0].shape) == 2 else IMAGES


def random_masks(model: keras.Model) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(2)
    return {path: rng.random(owned.variable.shape) < 0.6 for path, owned in select(model, "*", "test").items()}


def gradients(model: keras.Model, inputs: np.ndarray) -> list[np.ndarray]:
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(tf.square(model(inputs, training=False)))
    return [np.array(tf.convert_to_tensor(g)) for g in tape.gradient(loss, model.trainable_variables)]


@pytest.mark.parametrize("kind", KINDS)
def test_masks_over_any_layer_equal_masked_weights(kind):
    model = KINDS[kind]()
    inputs, masks = batch_of(model), random_masks(model)
    before = model.get_weights()
    plain = cloned(model)
    assign(plain, baked(plain, [FixedMasks(masks)]))
    expected = dict(zip((v.path for v in plain.trainable_variables), gradients(plain, inputs), strict=True))
    with overlaid(model, [FixedMasks(masks)]):
        assert_allclose(model(inputs), plain(inputs), atol=1e-6)
        found = gradients(model, inputs)
    for variable, gradient in zip(model.trainable_variables, found, strict=True):
        wanted = expected[variable.path] * masks.get(variable.path, 1)
        assert_allclose(gradient, wanted, atol=1e-4 * max(1.0, np.abs(wanted).max()), err_msg=variable.path)
    for weight, old in zip(model.get_weights(), before, strict=True):
        assert_array_equal(weight, old)


def test_what_training_moves_and_what_it_does_not():
    images = keras.Input((6, 6, 2))
    hidden = layers.Conv2D(4, 3, name="conv")(images)
    hidden = layers.Dropout(0.5, name="drop")(layers.BatchNormalization(momentum=0.5, name="norm")(hidden))
    model = keras.Model(images, layers.Dense(3, name="classes")(layers.Flatten()(hidden)))
    model.compile("sgd", "mse")
    masks = random_masks(model)
    weights, averages = arrays(model), np.array(model.get_layer("norm").moving_mean)
    seed = np.array(model.get_layer("drop").seed_generator.state)
    # The norm is overlaid too, so that what it keeps is written back from inside the overlay.
    ones = Fixed({"norm/gamma": np.ones(4, np.float32)})
    with overlaid(model, [FixedMasks(masks), ones]):
        model.fit(IMAGES, np.ones((4, 3)), epochs=2, batch_size=2, verbose=0)
    trained = arrays(model)
    for path, mask in masks.items():
        assert_array_equal(trained[path][~mask], weights[path][~mask])
        assert np.all(trained[path][mask] != weights[path][mask])
    assert np.all(np.array(model.get_layer("norm").moving_mean) != averages)
    assert np.array(model.get_layer("drop").seed_generator.state)[1] > seed[1]


def test_dropout_under_an_overlay_draws_anew_at_each_call():
    model = text(layers.LSTM(3, dropout=0.5))
    with overlaid(model, [FixedMasks(random_masks(model))]):
        first, second = model(IDS, training=True), model(IDS, training=True)
    assert not np.array_equal(first, second)


class Priced(Fixed):
    """Twice each weight, at a price, with a number of its own."""

    def __init__(self, path: str, shape: tuple[int, ...]) -> None:
        super().__init__({path: np.full(shape, 2.0, np.float32)})
        self.variables = {path: (keras.Variable(1.0, name="own"),)}

    def penalty(self, path: str, weight: tf.Tensor) -> tf.Tensor:
        return tf.reduce_sum(tf.square(weight))


def small() -> keras.Model:
    model = keras.Sequential([keras.Input((2,)), layers.Dense(2, name="d", activity_regularizer="l2")], name="m")
    model.layers[0].set_weights([np.array([[1.0, 2.0], [3.0, 4.0]]), np.zeros(2)])
    model.compile("sgd", "mse")
    return model


def test_penalties_and_activity_regularizers_are_losses_meanwhile():
    model = small()
    with overlaid(model, [Priced("m/d/kernel", (2, 2))]):
        outputs = model(np.array([[1.0, 0.0]]))
        assert_allclose(outputs, [[2.0, 4.0]])
        # Of the activity 0.01 (2^2 + 4^2) = 0.2; of the weights themselves 1 + 4 + 9 + 16.
        assert sorted(float(loss) for loss in model.losses) == [pytest.approx(0.2), pytest.approx(30.0)]


def test_nothing_is_left_of_an_overlay():
    model = small()
    variables, before = [id(v) for v in model.variables], model.get_weights()
    outputs = np.array(model(np.ones((1, 2))))
    with overlaid(model, [Priced("m/d/kernel", (2, 2))]):
        assert len(model.trainable_variables) == 3
        model.predict(np.ones((1, 2)), verbose=0)
        model.evaluate(np.ones((1, 2)), np.ones((1, 2)), verbose=0)
        assert model.predict_function is not None
    assert [id(v) for v in model.variables] == variables
    assert all("call" not in layer.__dict__ for layer in model._flatten_layers())
    assert not model.losses
    assert model.train_function is model.test_function is model.predict_function is None
    assert_array_equal(model(np.ones((1, 2))), outputs)
    for weight, old in zip(model.get_weights(), before, strict=True):
        assert_array_equal(weight, old)


def test_an_error_within_undoes_the_overlay_too():
    model = small()
    with pytest.raises(KeyboardInterrupt), overlaid(model, [Priced("m/d/kernel", (2, 2))]):
        raise KeyboardInterrupt
    assert "call" not in model.layers[0].__dict__
    assert len(model.trainable_variables) == 2


def test_overlays_stack_the_first_nearest_to_the_weights():
    model = small()

    class Plus(Fixed):
        def value(self, path, weight):
            return weight + 1.0

    shape = np.ones((2, 2), np.float32)
    overlays = [Plus({"m/d/kernel": shape}), Fixed({"m/d/kernel": 3 * shape})]
    # (1 + 1) 3, (2 + 1) 3 ...
    assert_allclose(baked(model, overlays)["m/d/kernel"], [[6, 9], [12, 15]])
    with overlaid(model, overlays):
        assert_allclose(model(np.array([[1.0, 0.0]])), [[6, 9]])
        with overlaid(model, [Fixed({"m/d/kernel": 10 * shape})]):
            # The later block stands around the earlier one's call, so it is nearer to the weights: (10 + 1) 3.
            assert_allclose(model(np.array([[1.0, 0.0]])), [[33, 63]])
        assert_allclose(model(np.array([[1.0, 0.0]])), [[6, 9]])
    assert_allclose(model(np.array([[1.0, 0.0]])), [[1, 2]])


def test_patches_come_off_in_turn():
    layer = small().layers[0]
    inner = layer.call
    with patched(layer, lambda x: inner(x) + 1):
        first = layer.call
        with patched(layer, lambda x: first(x) * 2):
            # ((1, 2) + 1) 2
            assert_allclose(layer(np.array([[1.0, 0.0]])), [[4, 6]])
        assert layer.call is first
    assert "call" not in layer.__dict__


class ByParts(keras.Model):
    """A training step of its own, which calls its layers and not itself."""

    def __init__(self):
        super().__init__()
        self.one, self.two = layers.Dense(4, name="one"), layers.Dense(1, name="two")

    def call(self, x):
        return self.two(self.one(x))

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(y - self.two(self.one(x))))
        self.optimizer.apply(tape.gradient(loss, self.trainable_variables), self.trainable_variables)
        return {"loss": loss}


def test_masks_hold_in_a_training_step_that_calls_layers():
    model = ByParts()
    model.compile("adam")
    inputs = np.ones((4, 3), np.float32)
    model(inputs)
    masks, before = random_masks(model), arrays(model)
    with overlaid(model, [FixedMasks(masks)]):
        model.fit(inputs, np.ones((4, 1)), epochs=2, verbose=0)
    trained = arrays(model)
    for path, mask in masks.items():
        assert_array_equal(trained[path][~mask], before[path][~mask])
        assert np.any(trained[path] != before[path])


def test_a_weight_that_is_not_there():
    with pytest.raises(CompressionError, match="has no weight e/kernel; known are m/d/kernel, m/d/bias"):
        overlaid(small(), [Fixed({"e/kernel": np.ones(1, np.float32)})]).__enter__()


def test_only_what_an_overlay_covers_is_baked():
    assert list(baked(small(), [Fixed({"m/d/kernel": np.ones((2, 2), np.float32)})])) == ["m/d/kernel"]
