"""An article encoder that another framework trained: its TFLite files run, and nothing of it is trained here.

What lies around it does learn: token table, user encoder and head. The gradient at its input comes from the framework
itself, through the float32 original.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from trainer.errors import ExportError
from trainer.models.encoders import ArticleEncoder

Floats = NDArray[np.float32]
Vectors = Callable[[Floats, Floats], Floats]  # pooled (n, input_dim), topics (n, num_topics) -> (n, dim)
# The same two, and the loss's gradient at the vectors (n, dim) -> that at the pooled input (n, input_dim).
PooledGradient = Callable[[Floats, Floats, Floats], Floats]


class ImportedEncoder(ArticleEncoder):
    """Takes the place of an `ArticleEncoder` in a click model; it has no weights that Keras knows of."""

    def __init__(
        self,
        input_dim: int,
        dim: int,
        num_topics: int,
        files: Mapping[str, bytes],
        vectors: Vectors,
        pooled_gradient: PooledGradient,
    ) -> None:
        """Join the finished files and the original.

        Args:
            input_dim: Of the pooled token vectors.
            dim: Of an article's vector.
            num_topics: With "unknown".
            files: TFLite by kind; names of `trainer.export.tflite.ENCODER_KINDS`.
            vectors: Computes what the float32 file computes.
            pooled_gradient: Its gradient.
        """
        # Not the constructor of `ArticleEncoder`: that would make weights.
        super(ArticleEncoder, self).__init__("article_encoder", {})
        self.input_dim, self.hidden, self.dim, self.num_topics = input_dim, 0, dim, num_topics
        self._files, self.original, self._pooled_gradient = dict(files), vectors, pooled_gradient
        self.built = True

    def file(self, kind: str) -> bytes:
        """The TFLite file of a kind.

        Raises:
            ExportError: The import made none of this kind.
        """
        if kind not in self._files:
            raise ExportError(
                f"encoders: an imported encoder is not to be had as {kind!r}; choose {', '.join(self._files)}"
            )
        return self._files[kind]

    def call(self, pooled: tf.Tensor, topics: tf.Tensor) -> tf.Tensor:
        """As `ArticleEncoder.call`; the gradient goes to the pooled vectors alone, for topics are given."""

        @tf.custom_gradient
        def encode(
            pooled: tf.Tensor, topics: tf.Tensor
        ) -> tuple[tf.Tensor, Callable[..., tuple[tf.Tensor, tf.Tensor]]]:
            vectors = tf.numpy_function(self.original, [pooled, topics], tf.float32)

            def gradient(of_vectors: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
                of_pooled = tf.numpy_function(self._pooled_gradient, [pooled, topics, of_vectors], tf.float32)
                return tf.ensure_shape(of_pooled, [None, self.input_dim]), tf.zeros_like(topics)

            return tf.ensure_shape(vectors, [None, self.dim]), gradient

        return encode(pooled, topics)
