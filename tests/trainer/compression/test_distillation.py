from math import log

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers
from pytest import approx

from tests.trainer.compression.digits import candidate as begun
from tests.trainer.compression.digits import digits, task, trained
from trainer.compression.distill import Distill
from trainer.compression.distillation import (
    TINY,
    Distillation,
    distilling,
    hidden_distance,
    output_distance,
    output_form,
)
from trainer.compression.rebuild import cloned
from trainer.compression.step import Candidate, Task
from trainer.compression.training import Training
from trainer.errors import CompressionError


def distance(mine, theirs, form, temperature=1.0) -> float:
    return float(output_distance(tf.constant(mine), tf.constant(theirs), form, temperature))


def test_softmax_at_temperature_one_is_the_divergence_of_the_distributions():
    # 0.8 log(0.8 / 0.5) + 0.2 log(0.2 / 0.5)
    assert distance([[0.5, 0.5]], [[0.8, 0.2]], "softmax") == approx(0.8 * log(1.6) + 0.2 * log(0.4), abs=1e-5)


def test_softmax_at_temperature_two():
    # Square roots, made to sum to 1: of (0.8, 0.2) they are (2, 1) / 3; of (0.5, 0.5) the same. Times 2^2.
    expected = 4 * (2 / 3 * log(4 / 3) + 1 / 3 * log(2 / 3))
    assert distance([[0.5, 0.5]], [[0.8, 0.2]], "softmax", 2.0) == approx(expected, abs=1e-5)


def test_softmax_is_averaged_over_rows_and_nothing_where_both_agree():
    one = distance([[0.5, 0.5]], [[0.8, 0.2]], "softmax")
    two = distance([[0.5, 0.5], [0.8, 0.2]], [[0.8, 0.2], [0.8, 0.2]], "softmax")
    assert two == approx(one / 2, abs=1e-5)


def test_sigmoid_is_the_divergence_of_each_output():
    # Of the first output: 0.9 log(0.9 / 0.6) + 0.1 log(0.1 / 0.4); the second agrees; mean of both.
    expected = (0.9 * log(1.5) + 0.1 * log(0.25)) / 2
    assert distance([[0.6, 0.3]], [[0.9, 0.3]], "sigmoid") == approx(expected, abs=1e-5)


def test_linear_is_half_the_mean_square():
    # (1 + 4) / 2 / 2
    assert distance([[1.0, 2.0]], [[2.0, 4.0]], "linear") == 1.25


@pytest.mark.parametrize("form", ["softmax", "sigmoid"])
def test_certainty_is_finite(form):
    assert distance([[0.0, 1.0]], [[1.0, 0.0]], form) == approx(-log(TINY), rel=0.01)
    assert distance([[0.0, 1.0]], [[0.0, 1.0]], form) == approx(0.0, abs=1e-5)


def test_hidden_states_of_equal_width():
    # (1 + 0 + 0 + 4) / 4
    assert float(hidden_distance(tf.constant([[1.0, 0], [0, 2]]), tf.constant([[0.0, 0], [0, 0]]))) == 1.25


def test_hidden_states_of_other_widths_are_compared_by_likeness_of_rows():
    # Rows at right angles on one side, alike on the other: normed rows of the products (1, 0), (0, 1) and (1, 1) / √2
    # twice. Each differs by (1 - √½)² + ½ = 2 - √2.
    apart, alike = tf.constant([[1.0, 0], [0, 1]]), tf.constant([[1.0], [1.0]])
    assert float(hidden_distance(apart, alike)) == approx(2 - 2**0.5)
    assert float(hidden_distance(apart, tf.constant([[3.0, 0, 0], [0, 0, 3]]))) == approx(0.0)


@pytest.mark.parametrize(
    ("last", "form"),
    [
        (layers.Dense(2, activation="softmax"), "softmax"),
        (layers.Softmax(), "softmax"),
        (layers.Activation("sigmoid"), "sigmoid"),
        (layers.Dense(2), "linear"),
        (keras.Sequential([layers.Dense(2, activation="softmax")]), "softmax"),
        (layers.Dense(2, activation="tanh"), "linear"),
    ],
)
def test_the_form_is_that_of_the_last_layer(last, form):
    assert output_form(keras.Sequential([keras.Input((3,)), last])) == form


def linear(kernel, *, is_sequential: bool = True) -> keras.Model:
    inputs = keras.Input((2,))
    hidden, last = layers.Dense(np.shape(kernel)[1], use_bias=False, name="hidden"), layers.Dense(1, use_bias=False)
    chain = keras.Sequential([inputs, hidden, last])
    model = chain if is_sequential else keras.Model(inputs, last(hidden(inputs)))
    hidden.set_weights([np.array(kernel)])
    last.set_weights([np.ones((np.shape(kernel)[1], 1))])
    model.compile("sgd", "mse")
    return model


ROW = np.array([[1.0, 1.0]], np.float32)


@pytest.mark.parametrize("is_sequential", [True, False])
def test_the_distance_is_among_the_losses_in_training_alone(is_sequential):
    model, teacher = linear([[1.0], [2.0]], is_sequential=is_sequential), linear([[3.0], [4.0]])
    with distilling(model, Distillation(teacher, weight=0.5, hidden=("hidden",), hidden_weight=2.0)):
        model(ROW, training=True)
        # Outputs and hidden states are 3 and 7: 0.5 * 4² / 2 + 2 * 4².
        assert sorted(float(loss) for loss in model.losses) == [approx(4.0), approx(32.0)]
        model(ROW, training=False)
        assert not model.losses
        # (3 - 1)²
        assert model.evaluate(ROW, np.ones((1, 1)), verbose=0) == approx(4.0)
        assert model.fit(ROW, np.ones((1, 1)), verbose=0).history["loss"] == [approx(4.0 + 36.0)]
    assert not model.losses
    assert not teacher.losses
    for part in (model, teacher):
        assert all("call" not in layer.__dict__ for layer in part._flatten_layers())
        assert part.train_function is None


def test_hidden_states_of_a_narrower_model():
    model, teacher = linear([[1.0, 0], [0, 1]]), linear([[1.0], [1.0]])
    rows = np.array([[1.0, 0], [0, 1]], np.float32)
    with distilling(model, Distillation(teacher, weight=0.0, hidden=("hidden",))):
        model(rows, training=True)
        assert sum(float(loss) for loss in model.losses) == approx(2 - 2**0.5)


def test_the_teacher_gets_no_gradient_and_keeps_its_weights():
    model, teacher = linear([[1.0], [2.0]]), linear([[3.0], [4.0]])
    before = teacher.get_weights()
    with distilling(model, Distillation(teacher)), tf.GradientTape() as tape:
        model(ROW, training=True)
        loss = sum(model.losses)
    assert all(gradient is None for gradient in tape.gradient(loss, teacher.trainable_variables))
    assert all(np.array_equal(a, b) for a, b in zip(teacher.get_weights(), before, strict=True))


def test_a_regularized_teacher_is_left_without_losses():
    teacher = keras.Sequential([keras.Input((2,)), layers.Dense(1, activity_regularizer="l2")])
    model = linear([[1.0], [2.0]])
    with distilling(model, Distillation(teacher)):
        model.fit(ROW, np.ones((1, 1)), verbose=0)
    assert not teacher.losses


def test_a_layer_that_is_not_in_both():
    model = linear([[1.0], [2.0]])
    with pytest.raises(CompressionError, match=r"distill: .* has no layer 'other' .* it has hidden, dense"):
        distilling(model, Distillation(model, hidden=("other",))).__enter__()


@pytest.mark.parametrize("settings", [{"temperature": 0.0}, {"weight": -1.0}, {"hidden_weight": -0.1}])
def test_settings_out_of_range(settings):
    model = linear([[1.0], [2.0]])
    with pytest.raises(CompressionError, match="give 0 or more, and above 0"):
        distilling(model, Distillation(model, **settings)).__enter__()


def test_the_step_brings_a_model_nearer_to_the_original():
    original = trained()
    student = cloned(original)
    kernel = student.get_layer("one").kernel
    kernel.assign(kernel + np.random.default_rng(0).normal(scale=0.3, size=kernel.shape))
    mask = np.random.default_rng(1).random(kernel.shape) < 0.7
    images, _ = digits()
    far = np.abs(np.array(student(images)) - np.array(original(images))).mean()
    before = student.get_weights()
    made = Distill(epochs=2, hidden=("two",))(
        type(begun(student))(student, masks={"mlp/one/kernel": mask}), task(original)
    )
    assert np.abs(np.array(made.model(images)) - np.array(original(images))).mean() < 0.7 * far
    assert not np.array(made.model.get_layer("one").kernel)[~mask].any()
    assert all(np.array_equal(a, b) for a, b in zip(student.get_weights(), before, strict=True))


def test_the_step_needs_a_round_and_a_way_to_train():
    with pytest.raises(CompressionError, match="distill: epochs is 0; give 1 or more"):
        Distill(epochs=0)(begun(trained()), task(trained()))


class CallsLayers(keras.Model):
    """Its training step calls the layers one by one."""

    def train_step(self, data):
        inputs, wanted = data
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(self.layers[1](inputs) - wanted))
        self.optimizer.apply(tape.gradient(loss, self.trainable_variables), self.trainable_variables)
        return {"loss": loss}


def test_a_training_that_never_calls_the_model_is_no_distillation():
    inputs = keras.Input((2,))
    model = CallsLayers(inputs, layers.Dense(1)(inputs))
    model.compile("sgd")
    rows = {"x": np.ones((4, 2), np.float32), "y": np.ones((4, 1), np.float32)}
    with pytest.raises(CompressionError, match="distill: training calls the model's layers and never the model itself"):
        Distill(epochs=1)(Candidate(model), Task(Training(rows), None, model))
