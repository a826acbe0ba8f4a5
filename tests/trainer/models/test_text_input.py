"""The sum of a title's tokens: what fills the rest of a row counts for nothing, in values and in gradients."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from pytest import approx

from trainer.models.text_input import TokenTableInput, pad_tokens

TABLE = np.array([[9, 9], [3, 0], [0, 4], [1, 1]], np.float32)
TITLES = [[1, 2], [], [3], [1, 1, 2, 2]]


@pytest.fixture
def text():
    return TokenTableInput(TABLE, pad_tokens(TITLES))


def padded(text, rows):
    """As it was once computed: every row of the longest title's length, what is no token times 0."""
    ids = tf.gather(text.token_ids, rows)
    sums = tf.einsum("nt,ntd->nd", tf.cast(ids >= 0, tf.float32), tf.gather(text.table, tf.maximum(ids, 0)))
    return tf.math.l2_normalize(sums, axis=1, epsilon=1e-12)


def test_titles_are_directions_of_sums_and_nothing_is_zero(text):
    # (3, 4) / 5, nothing, (1, 1) / sqrt 2, (6, 8) / 10
    expected = [[0.6, 0.8], [0, 0], [0.5**0.5, 0.5**0.5], [0.6, 0.8]]
    assert text(tf.range(4)).numpy() == approx(np.array(expected), abs=1e-6)
    assert text(tf.constant([1])).numpy().tolist() == [[0, 0]]
    assert text(tf.zeros(0, tf.int32)).shape == (0, 2)


def test_values_and_gradients_are_those_of_padded_titles():
    rng = np.random.default_rng(0)
    titles = [rng.integers(0, 50, rng.integers(0, 20)).tolist() for _ in range(40)]
    text = TokenTableInput(rng.normal(size=(50, 6)).astype(np.float32), pad_tokens(titles))
    rows, weights = tf.constant(rng.integers(0, 40, 64)), tf.constant(rng.normal(size=(64, 6)).astype(np.float32))
    found = []
    for pooled in (text, lambda rows: padded(text, rows)):
        with tf.GradientTape() as tape:
            vectors = pooled(rows)
            loss = tf.reduce_sum(vectors * weights)
        found.append((vectors.numpy(), tf.convert_to_tensor(tape.gradient(loss, text.table.value)).numpy()))
    (vectors, gradient), (their_vectors, their_gradient) = found
    np.testing.assert_allclose(vectors, their_vectors, atol=1e-6)
    np.testing.assert_allclose(gradient, their_gradient, atol=1e-5)


def test_left_out_tokens_are_the_same_for_a_seed():
    text = TokenTableInput(np.eye(64, dtype=np.float32), pad_tokens([range(40)] * 50))
    found = []
    for seed in (1, 1, 2):
        keras.utils.set_random_seed(seed)
        found.append(text(tf.range(50), token_dropout=0.25).numpy() > 0)
    assert (found[0] == found[1]).all() and (found[0] != found[2]).any()
    assert found[0][:, :40].mean() == approx(0.75, abs=0.03) and not found[0][:, 40:].any()
