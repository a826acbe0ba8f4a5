"""Adam with a rate for each group: Keras' own steps, in one operation each."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from trainer.training.rates import RateGroups

STEPS = 6


def target(weights):
    table, bias = weights
    # Rows 1 and 3 alone are read, row 3 twice: its gradient comes as slices.
    return tf.reduce_sum(tf.square(tf.gather(table, [1, 3, 3]) - 2.0)) + tf.reduce_sum(tf.exp(bias))


def start():
    return tf.Variable(np.arange(8, dtype=np.float32).reshape(4, 2)), tf.Variable([0.5, -0.5])


def test_the_steps_are_those_of_keras():
    ours, theirs = start(), start()
    groups = RateGroups([([ours[0]], 0.1), ([ours[1]], 0.03)], STEPS, last=0.1)
    optimizers = [
        keras.optimizers.Adam(keras.optimizers.schedules.PolynomialDecay(rate, STEPS, rate * 0.1))
        for rate in (0.1, 0.03)
    ]

    @tf.function
    def step():
        with tf.GradientTape() as tape:
            loss = target(ours)
        groups.descend(tape, loss)

    for _ in range(STEPS + 2):  # the last two at the rate that is left
        step()
        with tf.GradientTape() as tape:
            loss = target(theirs)
        for optimizer, weight, gradient in zip(optimizers, theirs, tape.gradient(loss, theirs), strict=True):
            optimizer.apply([tf.convert_to_tensor(gradient)], [weight])
        for mine, other in zip(ours, theirs, strict=True):
            np.testing.assert_allclose(mine.numpy(), other.numpy(), rtol=1e-5)
    assert ours[0].numpy()[0].tolist() == [0, 1]  # never read


def test_a_row_that_was_read_goes_on_moving_when_it_is_not():
    # Lazy Adam would leave it where it is.
    table = tf.Variable([[1.0], [1.0]])
    groups = RateGroups([([table], 0.1)], STEPS, last=1.0)
    for row in (0, 1):
        before = table.numpy()
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(tf.gather(table, [row]))
        groups.descend(tape, loss)
    # Second step, row 0: mean 0.9 x 0.1 / (1 - 0.81), square 0.999 x 0.001 / (1 - 0.998001).
    moved = 0.1 * (0.09 / 0.19) / (0.000999 / 0.001999) ** 0.5
    assert (before - table.numpy())[0, 0] == pytest.approx(moved, rel=1e-3)


def test_a_weight_that_the_loss_does_not_depend_on_stays():
    used, unused = tf.Variable([1.0]), tf.Variable([1.0])
    groups = RateGroups([([used, unused], 0.1), ([], 1.0)], STEPS, last=0.0)
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(used)
    groups.descend(tape, loss)
    assert used.numpy() == pytest.approx([0.9]) and unused.numpy() == [1.0]
