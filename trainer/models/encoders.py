"""Article and user encoder: dense layers over one input vector an article, sized by `EncoderSize`.

The teacher's input is a frozen text vector, the student's the pooled rows of its token table; nothing else differs.
Both are kept to matrix products and ReLU, which TFLite runs in full int8 on every interpreter.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

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


class _Encoder(keras.Model):
    """Kernels that are one matrix each, or two thin ones whose product they are."""

    def __init__(self, name: str, ranks: Mapping[str, int]) -> None:
        # A name of its own, for it goes into the exported file: Keras would number those that a process has made.
        super().__init__(name=name)
        self.ranks = dict(ranks)

    def _add_kernel(self, name: str, shape: tuple[int, int], initializer: Any) -> None:
        rank = self.ranks.get(name)
        shapes = {name: shape} if rank is None else {name + "_in": (shape[0], rank), name + "_out": (rank, shape[1])}
        for part, part_shape in shapes.items():
            start = initializer if rank is None else "glorot_uniform"
            setattr(self, part, self.add_weight(shape=part_shape, initializer=start, name=part))

    def _times(self, x: tf.Tensor, name: str) -> tf.Tensor:
        """(batch, rows of the kernel) -> (batch, columns of the kernel)."""
        if name not in self.ranks:
            return tf.matmul(x, getattr(self, name))
        return tf.matmul(
            self._at(name + "_in", tf.matmul(x, getattr(self, name + "_in"))), getattr(self, name + "_out")
        )

    def _at(self, point: str, x: tf.Tensor) -> tf.Tensor:
        """Numbers between two operations, which full int8 rounds; see `trainer.models.rounded_encoder`."""
        return x

    def numbers(self) -> dict[str, np.ndarray]:
        """Every weight by its name, float32."""
        return {weight.name: keras.ops.convert_to_numpy(weight) for weight in self.weights}

    def set_numbers(self, numbers: Mapping[str, np.ndarray]) -> None:
        """What `numbers` gave, from an encoder of the same sizes."""
        for weight in self.weights:
            weight.assign(numbers[weight.name])


@keras.saving.register_keras_serializable("edge_news")
class ArticleEncoder(_Encoder):
    """y = x A + relu(x W1 + b1) W2 + topic row + b; the caller scales y to length 1."""

    def __init__(
        self, input_dim: int, hidden: int, dim: int, num_topics: int, ranks: Mapping[str, int] | None = None
    ) -> None:
        """Fresh weights.

        Args:
            input_dim: Of the text.
            hidden: Units of the hidden layer; 0 leaves it out.
            dim: Of an article's vector.
            num_topics: With "unknown".
            ranks: Of the kernels `projection`, `hidden_in`, `hidden_out` that are the product of two.
        """
        super().__init__("article_encoder", ranks or {})
        self.input_dim, self.hidden, self.dim, self.num_topics = input_dim, hidden, dim, num_topics
        self._add_kernel("projection", (input_dim, dim), "glorot_uniform")
        self.topics = self.add_weight(shape=(num_topics, dim), initializer="zeros", name="topics")
        self.bias = self.add_weight(shape=(dim,), initializer="zeros", name="bias")
        if hidden:
            self._add_kernel("hidden_in", (input_dim, hidden), "glorot_uniform")
            self.hidden_bias = self.add_weight(shape=(hidden,), initializer="zeros", name="hidden_bias")
            # Near zero: the layer begins as a small correction of the linear map.
            self._add_kernel("hidden_out", (hidden, dim), keras.initializers.RandomNormal(stddev=0.01))
        self.built = True

    def call(self, pooled: tf.Tensor, topics: tf.Tensor) -> tf.Tensor:
        """Encode articles.

        Args:
            pooled: (batch, input_dim) float32, length 1.
            topics: (batch, num_topics) float32, one-hot; column 0 is "unknown".
        """
        pooled, topics = self._at("pooled", pooled), self._at("topics", topics)
        y = self._at("projection", self._times(pooled, "projection"))  # (batch, dim)
        y = self._at("with_topic", y + self._at("topic_rows", tf.matmul(topics, self.topics)))
        y = self._at("with_bias", y + self.bias)
        if self.hidden:
            hidden = tf.nn.relu(self._times(pooled, "hidden_in") + self.hidden_bias)  # (batch, hidden)
            correction = self._at("hidden_out", self._times(self._at("hidden", hidden), "hidden_out"))
            y = self._at("vector", y + correction)
        return y


@keras.saving.register_keras_serializable("edge_news")
class UserEncoder(_Encoder):
    """What one past click says of its reader: an interest vector, and how much it weighs (log scale)."""

    def __init__(self, dim: int, hidden: int, ranks: Mapping[str, int] | None = None) -> None:
        """Fresh weights; see `ArticleEncoder`."""
        super().__init__("user_encoder", ranks or {})
        self.dim, self.hidden = dim, hidden
        # Starts as "the interest is the article itself": separate projections gain nothing on our data.
        self._add_kernel("projection", (dim, dim), keras.initializers.Identity())
        self.weight = self.add_weight(shape=(dim, 1), initializer="zeros", name="weight")
        if hidden:
            self._add_kernel("hidden_in", (dim, hidden), "glorot_uniform")
            self.hidden_bias = self.add_weight(shape=(hidden,), initializer="zeros", name="hidden_bias")
            self._add_kernel("hidden_out", (hidden, dim), "zeros")
        self.built = True

    def call(self, clicks: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """Read clicked articles.

        Args:
            clicks: (batch, dim) float32, article vectors of length 1.

        Returns:
            Interests (batch, dim) and log weights (batch, 1).
        """
        interests = self._times(clicks, "projection")
        if self.hidden:
            interests += self._times(tf.nn.relu(self._times(clicks, "hidden_in") + self.hidden_bias), "hidden_out")
        return interests, tf.matmul(clicks, self.weight)


def build_encoders(size: EncoderSize, num_topics: int) -> tuple[ArticleEncoder, UserEncoder]:
    """An article encoder and a user encoder of a size, with fresh weights."""
    return (
        ArticleEncoder(size.input_dim, size.hidden, size.dim, num_topics),
        UserEncoder(size.dim, size.user_hidden),
    )


def one_hot_topics(topics: np.ndarray, num_topics: int) -> np.ndarray:
    """(n,) topic numbers -> (n, num_topics) float32."""
    rows: np.ndarray = np.eye(num_topics, dtype=np.float32)[topics]
    return rows
