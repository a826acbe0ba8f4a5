import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers
from numpy.testing import assert_allclose, assert_array_equal

from tests.trainer.compression.graph_models import with_random_weights
from trainer.compression.conversion import convert
from trainer.compression.grids import Rounding, round_to_grid, shared_axes
from trainer.compression.overlay import assign, baked
from trainer.compression.weight_codes import codes_of
from trainer.compression.weights import owned_weights, select


def test_rounding_worked_by_hand():
    # In 4 bits 7 steps reach 1.4: a step is 0.2.
    weight = tf.constant([[1.4, 0.29], [-0.31, 0.5]])
    assert_allclose(round_to_grid(weight, 4, (0, 1)), [[1.4, 0.2], [-0.4, 0.4]], rtol=1e-6)
    # By column: 0.2, and 0.5 / 7.
    assert_allclose(round_to_grid(weight, 4, (0,)), [[1.4, 4 * 0.5 / 7], [-0.4, 0.5]], rtol=1e-6)


def test_zeros_stay_zero():
    assert_array_equal(round_to_grid(tf.zeros([2, 2]), 8, (0,)), np.zeros((2, 2)))


@pytest.mark.parametrize("bits", [4, 8])
@pytest.mark.parametrize("axis", [0, 1, None])
def test_the_grid_is_that_of_the_codes_in_a_file(bits, axis):
    weight = np.random.default_rng(0).normal(size=(30, 20)).astype(np.float32)
    codes, scales = codes_of(weight, bits, axis)
    shape = [-1 if other == axis else 1 for other in range(2)]
    rounded = round_to_grid(weight, bits, [other for other in range(2) if other != axis])
    assert_array_equal(rounded, codes * scales.reshape(shape))
    assert len(np.unique(codes)) <= 2**bits - 1
    # A second rounding changes nothing.
    assert_array_equal(codes_of(np.array(rounded), bits, axis)[0], codes)


def test_gradients_pass_straight_through():
    model = keras.Sequential([keras.Input((2,)), layers.Dense(1, name="d")], name="m")
    rounding = Rounding(select(model, "*", "test"), 4)
    weight = tf.Variable([[1.4], [0.29]])
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(rounding.value("m/d/kernel", weight) * [[3.0], [5.0]])
    assert_allclose(loss, 3 * 1.4 + 5 * 0.2, rtol=1e-6)
    assert_array_equal(tape.gradient(loss, weight), [[3.0], [5.0]])
    assert rounding.penalty("m/d/kernel", weight) is None


def image(*chain: layers.Layer) -> keras.Model:
    model = keras.Sequential([keras.Input((8, 8, 4)), *chain, layers.Flatten(), layers.Dense(5)])
    return with_random_weights(model)


def text(*chain: layers.Layer) -> keras.Model:
    inputs = keras.Input((8,), dtype="int32")
    x = layers.Embedding(400, 16)(inputs)
    for layer in chain:
        x = layer(x, x) if isinstance(layer, layers.MultiHeadAttention) else layer(x)
    return with_random_weights(keras.Model(inputs, layers.Dense(20)(x)))


KINDS = {
    "convolutions": lambda: image(layers.Conv2D(16, 3), layers.DepthwiseConv2D(3), layers.SeparableConv2D(24, 3)),
    "transposed": lambda: image(layers.Conv2DTranspose(16, 3), layers.Conv2D(16, 3, groups=4)),
    "attention": lambda: text(layers.MultiHeadAttention(4, 8), layers.Flatten()),
    "einsum": lambda: text(layers.EinsumDense("abc,cde->abde", (8, 4, 12), bias_axes="de"), layers.Flatten()),
    "recurrent": lambda: text(layers.Bidirectional(layers.LSTM(24))),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.usefixtures("slow")
def test_a_file_in_4_bits_holds_the_rounded_weights(kind):
    model = KINDS[kind]()
    assign(model, baked(model, [Rounding(select(model, "*", "test"), 4)]))
    rng = np.random.default_rng(0)
    inputs = rng.integers(0, 400, (8, 8)).astype(np.int32)
    if len(model.inputs[0].shape) > 2:
        inputs = rng.normal(size=(8, 8, 8, 4)).astype(np.float32)
    file, wanted = convert(model, "int4"), np.array(model(inputs))
    assert_allclose(file.predict(inputs), wanted, atol=1e-5 * np.abs(wanted).max())


def test_what_shares_a_scale():
    inputs = keras.Input((8,), dtype="int32")
    table = layers.Embedding(400, 16, name="table")
    hidden = layers.MultiHeadAttention(4, 8, name="attention")(table(inputs), table(inputs))
    hidden = layers.Reshape((8, 4, 4))(hidden)
    hidden = layers.SeparableConv2D(6, 2, name="separable")(hidden)
    hidden = layers.Conv2DTranspose(5, 2, name="transposed")(hidden)
    model = keras.Model(inputs, layers.Dense(3, name="dense")(hidden))
    owned = owned_weights(model)
    axes = {path: shared_axes(owned[path], 8) for path in select(model, "*", "test")}
    assert axes == {
        "table/embeddings": (0, 1),
        # (inputs, heads, size) with the output's heads and size; back again with the output's last axis.
        "attention/query/kernel": (0,),
        "attention/key/kernel": (0,),
        "attention/value/kernel": (0,),
        "attention/attention_output/kernel": (0, 1),
        # (height, width, channels, multiplier)
        "separable/depthwise_kernel": (0, 1),
        "separable/pointwise_kernel": (0, 1, 2),
        # (height, width, outputs, inputs)
        "transposed/kernel": (0, 1, 3),
        "dense/kernel": (0,),
    }
    assert shared_axes(owned["table/embeddings"], 4) == (1,)
