"""Attention over a title's words, a reader's clicks or an article's views; what is masked never counts."""

from __future__ import annotations

import keras
import tensorflow as tf


def cut_to_longest(ids: tf.Tensor) -> tf.Tensor:
    """(n, title_length) word numbers -> (n, words), without the columns that no title reaches; one is always left."""
    longest = tf.reduce_max(tf.math.count_nonzero(ids, axis=1, dtype=tf.int32))
    return ids[:, : tf.maximum(longest, 1)]


def masked_softmax(scores: tf.Tensor, mask: tf.Tensor) -> tf.Tensor:
    """Softmax over the last axis among entries whose mask is 1; all zeros where none is."""
    return tf.nn.softmax(scores + (mask - 1) * 1e9) * mask


class AdditiveAttention(keras.layers.Layer):
    """Weighted mean of vectors, weights from q . tanh(V x + v) (NRMS, section 2; NAML, section 3)."""

    def __init__(self, query_dim: int) -> None:
        super().__init__()
        self.hidden = keras.layers.Dense(query_dim, activation="tanh")
        self.query = keras.layers.Dense(1, use_bias=False)

    def call(self, x: tf.Tensor, mask: tf.Tensor) -> tf.Tensor:
        """(batch, n, dim) and a float mask (batch, n) -> (batch, dim); zeros where all is masked."""
        weights = masked_softmax(self.query(self.hidden(x))[:, :, 0], mask)  # (batch, n)
        return tf.einsum("bn,bnd->bd", weights, x)


class SelfAttention(keras.layers.Layer):
    """Multi-head self-attention (Vaswani et al., NIPS 2017) without the projection at its end, as in NRMS."""

    def __init__(self, heads: int, head_dim: int) -> None:
        super().__init__()
        self.heads, self.head_dim = heads, head_dim
        self.project = keras.layers.Dense(3 * heads * head_dim, use_bias=False)

    def call(self, x: tf.Tensor, mask: tf.Tensor) -> tf.Tensor:
        """(batch, n, dim) and a float mask (batch, n) -> (batch, n, heads * head_dim)."""
        batch, n = tf.unstack(tf.shape(x)[:2])
        split = tf.reshape(self.project(x), [batch, n, 3, self.heads, self.head_dim])
        query, key, value = tf.unstack(tf.transpose(split, [2, 0, 3, 1, 4]))  # (batch, heads, n, head_dim) each
        scores = tf.matmul(query, key, transpose_b=True) / self.head_dim**0.5  # (batch, heads, n, n)
        mixed = tf.matmul(masked_softmax(scores, mask[:, None, None, :]), value)  # (batch, heads, n, head_dim)
        return tf.reshape(tf.transpose(mixed, [0, 2, 1, 3]), [batch, n, self.heads * self.head_dim])
