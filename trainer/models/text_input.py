"""What the article encoder reads: frozen text vectors (teacher) or pooled rows of a token table (student)."""

from __future__ import annotations

from collections.abc import Sequence

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

MAX_TOKENS = 48  # of a title in training; 99.9 % are shorter, and the device reads all of them


class FrozenVectors(keras.layers.Layer):
    """Given text vectors, centred and scaled to length 1: the mean of all titles tells none apart."""

    def __init__(self, kinds: Sequence[NDArray[np.float32]], rows: NDArray[np.int32]) -> None:
        """Keep the vectors; those of several kinds are joined end to end, each kind of length 1.

        Args:
            kinds: Each (num_articles, its dim) float32; a zero row is an article without text.
            rows: The articles of the training days, whose mean is taken as the centre.
        """
        super().__init__()
        self.vectors = tf.constant(np.concatenate([centred_directions(vectors, rows) for vectors in kinds], axis=1))
        self._starts: dict[tuple[int, float, bytes], NDArray[np.float32]] = {}
        self.built = True

    def start(self, rows: NDArray[np.int32], dim: int, whitening: float = 0.5) -> NDArray[np.float32]:
        """`main_directions` of some rows, worked out once: every member of a teacher starts from them."""
        key = dim, whitening, rows.tobytes()
        if key not in self._starts:
            self._starts[key] = main_directions(self.vectors.numpy()[rows], dim, whitening)
        return self._starts[key]

    def call(self, rows: tf.Tensor) -> tf.Tensor:
        """(n,) article rows -> (n, input_dim)."""
        return tf.gather(self.vectors, rows)


def centred_directions(vectors: NDArray[np.float32], rows: NDArray[np.int32]) -> NDArray[np.float32]:
    """Vectors minus the mean of some rows, scaled to length 1; a zero row is no text and stays zero."""
    has_text = np.abs(vectors).max(axis=1) > 0
    counted = np.zeros(len(vectors), bool)
    counted[rows] = has_text[rows]
    centre = vectors[counted].mean(axis=0) if counted.any() else np.zeros(vectors.shape[1], np.float32)
    centred = np.where(has_text[:, None], vectors - centre, 0).astype(np.float32)
    directions: NDArray[np.float32] = centred / np.maximum(np.linalg.norm(centred, axis=1, keepdims=True), 1e-9)
    return directions


class TokenTableInput(keras.layers.Layer):
    """The direction of the sum of a title's token vectors, as `edge_runtime.TokenTable.pooled` computes it."""

    def __init__(self, table: NDArray[np.float32], token_ids: NDArray[np.int32]) -> None:
        """Keep a table and tokenised titles.

        Args:
            table: (num_tokens, dim) start of the token table.
            token_ids: (num_articles, MAX_TOKENS) from `pad_tokens`; -1 fills the rest.
        """
        super().__init__()
        self.table = self.add_weight(
            shape=table.shape, initializer=keras.initializers.Constant(table), name="token_table"
        )
        self.token_ids = tf.constant(token_ids)
        self.built = True

    def call(self, rows: tf.Tensor, token_dropout: float = 0.0) -> tf.Tensor:
        """(n,) article rows -> (n, dim); in training some tokens may be left out."""
        ids = tf.gather(self.token_ids, rows)  # (n, tokens)
        keep = ids >= 0
        if token_dropout:
            keep &= tf.random.uniform(tf.shape(keep)) >= token_dropout
        # A title has 13 tokens in the mean: what fills up the rest is not gathered, which is most of a step's time.
        places = tf.where(keep)  # (num_kept, 2), title after title
        sums = tf.sparse.segment_sum(
            tf.convert_to_tensor(self.table), tf.gather_nd(ids, places), places[:, 0], num_segments=tf.shape(ids)[0]
        )  # (n, dim)
        return tf.math.l2_normalize(sums, axis=1, epsilon=1e-12)


def pad_tokens(titles: Sequence[Sequence[int]]) -> NDArray[np.int32]:
    """Token ids of titles as one array, -1 where a title has ended."""
    longest = max(1, min(MAX_TOKENS, max(map(len, titles), default=1)))
    padded = np.full((len(titles), longest), -1, np.int32)
    for row, ids in zip(padded, titles, strict=True):
        row[: len(ids)] = ids[:longest]
    return padded


def main_directions(vectors: NDArray[np.float32], dim: int, whitening: float = 0.5) -> NDArray[np.float32]:
    """Start of the teacher's projection: principal directions, each divided by a power of its spread.

    Args:
        vectors: (num_articles, input_dim) float32, centred.
        dim: How many directions.
        whitening: The power: 0 leaves the spread as it is, 1 makes all the same.

    Returns:
        (input_dim, dim) float32 that keeps the mean length 1; directions that the vectors lack are zero.
    """
    values, directions = np.linalg.eigh(np.cov(vectors.T) + 0.0)
    best = np.argsort(-values)[:dim]
    spread = np.sqrt(np.maximum(values[best], 0))
    start = np.where(spread > 1e-6, directions[:, best] / np.maximum(spread, 1e-6) ** whitening, 0).astype(np.float32)
    start = np.pad(start, ((0, 0), (0, dim - start.shape[1])))
    length = np.sqrt(np.square(vectors @ start).sum(axis=1).mean())
    scaled: NDArray[np.float32] = start / max(float(length), 1e-9)
    return scaled
