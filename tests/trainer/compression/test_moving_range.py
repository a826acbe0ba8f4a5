"""Ranges of activations, learned from batches."""

import tensorflow as tf
from pytest import approx

from trainer.compression.moving_range import MovingRange


def test_activations_are_rounded_within_the_mean_range_of_the_batches():
    moving = MovingRange()
    assert moving.round(tf.constant([-1.0, 1.55])).numpy() == approx([-1.0, 1.55], abs=1e-6)
    # The mean of [-1.00, 1.55] and of [0.00, 3.55], because zero is always within.
    moving.round(tf.constant([0.5, 3.55]))
    assert moving.limits.numpy() == approx([-0.5, 2.55])
    with tf.GradientTape() as tape:
        x = tf.constant([0.3, 9.0])
        tape.watch(x)
        rounded = moving.round(x)
    # The range is the mean of three batches now, and what lies beyond it has no gradient.
    assert moving.limits.numpy() == approx([-1 / 3, (1.55 + 3.55 + 9) / 3])
    assert rounded.numpy() == approx([0.3, 4.7], abs=5.1 / 255)
    assert tape.gradient(rounded, x).numpy().tolist() == [1, 0]
