import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers
from numpy.testing import assert_allclose, assert_array_equal

from tests.trainer.compression.graph_models import outputs
from trainer.compression.activations import (
    INPUT,
    fixed_ranges,
    learning_ranges,
    limits_of,
    output_steps,
    rounded_layers,
)
from trainer.compression.folding import folded
from trainer.compression.moving_range import SMOOTHING, MovingRange


def names(*chain: layers.Layer) -> list[str]:
    return [layer.name for layer in rounded_layers(keras.Sequential([keras.Input((4, 4, 2)), *chain]))]


@pytest.mark.parametrize(
    ("second", "rounded"),
    [
        (layers.ReLU(name="b"), ["b"]),
        (layers.ReLU(max_value=6, name="b"), ["b"]),
        (layers.Activation("relu", name="b"), ["b"]),
        (layers.Activation("relu6", name="b"), ["b"]),
        # TFLite has no operator with these inside, so what they read is rounded too.
        (layers.ReLU(max_value=4, name="b"), ["a", "b"]),
        (layers.ReLU(negative_slope=0.1, name="b"), ["a", "b"]),
        (layers.ReLU(threshold=1, name="b"), ["a", "b"]),
        (layers.LeakyReLU(name="b"), ["a", "b"]),
        (layers.Activation("tanh", name="b"), ["a", "b"]),
        # Only moved, so not rounded again.
        (layers.MaxPooling2D(name="b"), ["a"]),
        (layers.AveragePooling2D(name="b", pool_size=2), ["a"]),
        (layers.Flatten(name="b"), ["a"]),
        (layers.Dropout(0.5, name="b"), ["a"]),
        (layers.Softmax(name="b"), ["a"]),
    ],
)
def test_where_a_file_rounds(second, rounded):
    assert names(layers.Conv2D(3, 2, name="a"), second) == rounded


def test_an_activation_before_a_relu_is_rounded():
    assert names(layers.Conv2D(3, 2, activation="tanh", name="a"), layers.ReLU(name="b")) == ["a", "b"]


def test_what_a_relu_does_not_read_alone_is_rounded():
    inputs = keras.Input((4,))
    hidden = layers.Dense(3, name="a")(inputs)
    relu = layers.ReLU(name="b")(hidden)
    twice = keras.Model(inputs, layers.Add(name="c")([hidden, relu]))
    assert [layer.name for layer in rounded_layers(twice)] == ["a", "b", "c"]
    also_out = keras.Model(inputs, [hidden, relu])
    assert [layer.name for layer in rounded_layers(also_out)] == ["a", "b"]


def test_ids_and_probabilities_are_not_rounded():
    inputs = keras.Input((4,), dtype="int32")
    hidden = layers.Flatten()(layers.Embedding(5, 3, name="words")(inputs))
    model = keras.Model(inputs, layers.Dense(2, activation="softmax", name="classes")(hidden))
    assert [layer.name for layer in rounded_layers(model)] == ["words"]
    with learning_ranges(model) as ranges:
        assert list(ranges) == ["words"]


def test_a_range_is_a_mean_over_batches_and_holds_zero():
    moving = MovingRange()
    moving.round(tf.constant([1.0, 4.0]))
    assert_allclose(moving.limits.numpy(), [0, 4])
    moving.round(tf.constant([-2.0, 8.0]))
    # Means of (0, -2) and (4, 8).
    assert_allclose(moving.limits.numpy(), [-1, 6])
    for _ in range(98):
        moving.round(tf.constant([-1.0, 6.0]))
    assert float(moving.seen.numpy()) == 100
    moving.round(tf.constant([-101.0, 6.0]))
    # From then on a batch counts a hundredth.
    assert_allclose(moving.limits.numpy(), [-1 - 100 * SMOOTHING, 6], rtol=1e-4)


def test_numbers_lie_on_255_steps_and_end_at_the_limits():
    moving = MovingRange()
    rounded = moving.round(tf.constant([0.0, 0.0019, 0.0021, 1.02])).numpy()
    # A step is 1.02 / 255 = 0.004.
    assert_allclose(rounded, [0, 0, 0.004, 1.02], atol=1e-6)
    moving.limits.assign([0.0, 0.5])
    moving.seen.assign(1e9)
    assert moving.round(tf.constant([9.0])).numpy()[0] == pytest.approx(0.5 + 0.01 * 8.5, rel=1e-3)


def test_fixed_limits_do_not_move():
    moving = MovingRange((-1.0, 127 / 128))
    moving.round(tf.constant([-5.0, 5.0]))
    assert_array_equal(moving.limits.numpy(), np.array([-1, 127 / 128], np.float32))


def test_gradients_pass_within_the_limits():
    x = tf.Variable([0.5, 3.0])
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(tf.quantization.fake_quant_with_min_max_vars(x, 0.0, 1.0) * 7)
    assert_array_equal(tape.gradient(loss, x), [7, 0])


def model() -> keras.Model:
    keras.utils.set_random_seed(0)
    inputs = keras.Input((4,))
    hidden = layers.Dense(5, activation="tanh", name="a")(inputs)
    return folded(keras.Model(inputs, layers.Dense(2, activation="softmax", name="b")(hidden)))


ROWS = np.random.default_rng(0).normal(size=(16, 4)).astype(np.float32)


def test_what_was_learned_rounds_alike_afterwards():
    made = model()
    plain = outputs(made, ROWS)
    with learning_ranges(made) as ranges:
        learned = outputs(made, ROWS)
        limits = limits_of(ranges)
    assert limits[INPUT] == (pytest.approx(ROWS.min()), pytest.approx(ROWS.max()))
    assert limits["a_tanh"] == (-1, 127 / 128)
    assert set(limits) == {INPUT, "a", "a_tanh", "b"}
    with fixed_ranges(made, limits):
        assert_array_equal(outputs(made, ROWS), learned)
    assert not np.array_equal(learned, plain)
    assert_array_equal(outputs(made, ROWS), plain)
    assert all("call" not in layer.__dict__ for layer in made._flatten_layers())
    assert len(made.variables) == 4


def test_ranges_that_saw_nothing_are_left_out():
    with learning_ranges(model()) as ranges:
        assert set(limits_of(ranges)) == {"a_tanh"}


def test_the_step_of_an_output_is_that_before_its_softmax():
    assert output_steps(model(), {"b": (-1.0, 4.1)}) == [pytest.approx(5.1 / 255)]
    assert output_steps(model(), {INPUT: (0.0, 255.0)}) == [1.0]
    assert output_steps(model(), {}) == [float("inf")]
