import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers
from numpy.testing import assert_allclose

from trainer.compression.importance import Watch, movement, squared_change
from trainer.compression.overlay import overlaid

KERNEL = np.array([[1.0], [2.0]], np.float32)
PATH = "m/d/kernel"
ROWS = np.array([[1.0, 0.0], [0.0, 3.0]], np.float32)
WANTED = np.zeros((2, 1), np.float32)
# Outputs are 1 and 6. The gradient of the mean square is the mean of 2 output x input:
# (1 1 + 6 0, 1 0 + 6 3) = (1, 18). Times the weights it is (1, 36).
CHANGE = np.array([[1.0], [36.0]])


def model() -> keras.Model:
    made = keras.Sequential([keras.Input((2,)), layers.Dense(1, use_bias=False, name="d")], name="m")
    made.layers[0].set_weights([KERNEL])
    # Batches must not move the weights, so that each adds the same.
    made.compile(keras.optimizers.SGD(0.0), "mse")
    return made


@pytest.mark.parametrize(("change", "expected"), [(squared_change, CHANGE**2), (movement, -CHANGE)])
def test_scores_on_a_tape(change, expected):
    watched, watch = model(), Watch({PATH: (2, 1)}, change)
    with overlaid(watched, [watch]):
        for batch in range(1, 3):
            with tf.GradientTape() as tape:
                loss = tf.reduce_mean(tf.square(watched(ROWS) - WANTED))
            assert_allclose(tape.gradient(loss, watched.layers[0].kernel.value), [[1.0], [18.0]])
            assert_allclose(watch.scores()[PATH], batch * expected)


@pytest.mark.parametrize(("change", "expected"), [(squared_change, CHANGE**2), (movement, -CHANGE)])
def test_scores_in_fit(change, expected):
    watched, watch = model(), Watch({PATH: (2, 1)}, {PATH: change})
    with overlaid(watched, [watch]):
        watched.fit(ROWS, WANTED, epochs=3, verbose=0)
    assert_allclose(watch.scores()[PATH], 3 * expected)
    watch.forget()
    assert_allclose(watch.scores()[PATH], 0 * expected)


def test_watching_changes_nothing():
    plain, watched = model(), model()
    watch = Watch({PATH: (2, 1)}, squared_change)
    with overlaid(watched, [watch]):
        assert_allclose(watched(ROWS), plain(ROWS))
        assert watch.penalty(PATH, KERNEL) is None
        assert len(watched.trainable_variables) == 1
        assert not watched.losses


def test_a_pruned_weight_counts_by_what_it_would_change():
    watch = Watch({PATH: (2,)}, squared_change)
    weight = tf.Variable([2.0, 5.0])
    with tf.GradientTape() as tape:
        masked = watch.watched(PATH, weight * [1.0, 0.0], weight)
        loss = tf.reduce_sum(masked * [3.0, 7.0])
    # The mask itself lets no gradient through to the pruned one.
    assert_allclose(tape.gradient(loss, weight), [3.0, 0.0])
    assert_allclose(watch.scores()[PATH], [36.0, 35.0**2])


def test_the_rows_of_a_table_are_watched():
    table = keras.Sequential([keras.Input((1,), dtype="int32"), layers.Embedding(3, 1, name="e")], name="m")
    table.layers[0].set_weights([np.array([[1.0], [2.0], [3.0]])])
    watch = Watch({"m/e/embeddings": (3, 1)}, movement)
    with overlaid(table, [watch]), tf.GradientTape() as tape:
        loss = tf.reduce_sum(table(np.array([[1], [1]])))
    tape.gradient(loss, table.trainable_variables[0].value)
    # Row 1 is read twice with gradient 1 each: -(1 + 1) 2.
    assert_allclose(watch.scores()["m/e/embeddings"], [[0.0], [-4.0], [0.0]])
