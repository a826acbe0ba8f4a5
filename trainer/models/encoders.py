"""Article and user encoder: dense layers over one input vector an article, sized by `EncoderSize`.

The teacher's input is a frozen text vector, the student's the pooled rows of its token table; nothing else differs.
Both are kept to matrix products and ReLU, which TFLite runs in full int8 on every interpreter.
"""

from __future__ import annotations

from dataclasses import dataclass

import keras
import numpy as np
import tensorflow as tf


@dataclass(frozen=True, slots=True)
class EncoderSize:
    """The sizes that tell a teacher from a student."""

    input_dim: int  # text vector, or a row of the token table
    hidden: int  # units of the article encoder's hidden layer; 0 leaves the layer out
    dim: int  # of an article's vector
    user_hidden: int  # units of the user encoder's hidden layer; 0 leaves the layer out


@keras.saving.register_keras_serializable("edge_news")
class ArticleEncoder(keras.Model):
    """y = x A + relu(x W1 + b1) W2 + topic row + b; the caller scales y to length 1."""

    def __init__(self, input_dim: int, hidden: int, dim: int, num_topics: int) -> None:
        super().__init__()
        self.input_dim, self.hidden, self.dim, self.num_topics = input_dim, hidden, dim, num_topics
        self.projection = self.add_weight(shape=(input_dim, dim), initializer="glorot_uniform", name="projection")
        self.topics = self.add_weight(shape=(num_topics, dim), initializer="zeros", name="topics")
        self.bias = self.add_weight(shape=(dim,), initializer="zeros", name="bias")
        if hidden:
            self.hidden_in = self.add_weight(shape=(input_dim, hidden), initializer="glorot_uniform", name="hidden_in")
            self.hidden_bias = self.add_weight(shape=(hidden,), initializer="zeros", name="hidden_bias")
            # Near zero: the layer begins as a small correction of the linear map.
            self.hidden_out = self.add_weight(
                shape=(hidden, dim), initializer=keras.initializers.RandomNormal(stddev=0.01), name="hidden_out"
            )
        self.built = True

    def call(self, pooled: tf.Tensor, topics: tf.Tensor) -> tf.Tensor:
        """Encode articles.

        Args:
            pooled: (batch, input_dim) float32, length 1.
            topics: (batch, num_topics) float32, one-hot; column 0 is "unknown".
        """
        y = tf.matmul(pooled, self.projection) + tf.matmul(topics, self.topics) + self.bias  # (batch, dim)
        if self.hidden:
            y += tf.matmul(tf.nn.relu(tf.matmul(pooled, self.hidden_in) + self.hidden_bias), self.hidden_out)
        return y


@keras.saving.register_keras_serializable("edge_news")
class UserEncoder(keras.Model):
    """What one past click says of its reader: an interest vector, and how much it weighs (log scale)."""

    def __init__(self, dim: int, hidden: int) -> None:
        super().__init__()
        self.dim, self.hidden = dim, hidden
        # Starts as "the interest is the article itself": separate projections gain nothing on our data.
        self.projection = self.add_weight(
            shape=(dim, dim), initializer=keras.initializers.Identity(), name="projection"
        )
        self.weight = self.add_weight(shape=(dim, 1), initializer="zeros", name="weight")
        if hidden:
            self.hidden_in = self.add_weight(shape=(dim, hidden), initializer="glorot_uniform", name="hidden_in")
            self.hidden_bias = self.add_weight(shape=(hidden,), initializer="zeros", name="hidden_bias")
            self.hidden_out = self.add_weight(shape=(hidden, dim), initializer="zeros", name="hidden_out")
        self.built = True

    def call(self, clicks: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """Read clicked articles.

        Args:
            clicks: (batch, dim) float32, article vectors of length 1.

        Returns:
            Interests (batch, dim) and log weights (batch, 1).
        """
        interests = tf.matmul(clicks, self.projection)
        if self.hidden:
            interests += tf.matmul(tf.nn.relu(tf.matmul(clicks, self.hidden_in) + self.hidden_bias), self.hidden_out)
        return interests, tf.matmul(clicks, self.weight)


def build_encoders(size: EncoderSize, num_topics: int) -> tuple[ArticleEncoder, UserEncoder]:
    """Fresh encoders of a size."""
    return (
        ArticleEncoder(size.input_dim, size.hidden, size.dim, num_topics),
        UserEncoder(size.dim, size.user_hidden),
    )


def one_hot_topics(topics: np.ndarray, num_topics: int) -> np.ndarray:
    """(n,) topic numbers -> (n, num_topics) float32."""
    rows: np.ndarray = np.eye(num_topics, dtype=np.float32)[topics]
    return rows
