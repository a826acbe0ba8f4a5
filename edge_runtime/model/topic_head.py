"""The topic head: which of the bundle's topics a text is about, a multinomial logistic regression.

It reads the pooled token vector that the article encoder reads too (`token_table.pooled`), so that a topic costs no
pass through an interpreter. Layout of the bytes, for `num_topics` known topics and vectors of `dim` numbers:

    the weights     num_topics rows of dim int8 numbers with a float16 scale each, as `token_table` stores such rows
    the biases      num_topics float16, little-endian

Row i belongs to topic i + 1 of the manifest: topic 0 is "unknown" and has no row.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edge_runtime.model.token_table import TableFormat, TokenTable, quantize_rows, table_from_bytes

LEAST_PROBABILITY = 0.5  # of a topic; below, it is unknown
_FORMAT = TableFormat("rows", 8)
_BIAS = np.dtype("<f2")


@dataclass(frozen=True, slots=True)
class TopicHead:
    """Weights and biases, rounded as they are stored."""

    weights: TokenTable  # (num_topics, dim)
    biases: NDArray[np.float16]  # (num_topics,)

    def probabilities(self, texts: NDArray[np.float32]) -> NDArray[np.float32]:
        """How likely texts are of each topic.

        Args:
            texts: (n, dim) pooled token vectors.

        Returns:
            (n, num_topics) float32, each row sums to 1.
        """
        num_topics = self.weights.shape[0]
        logits = texts @ self.weights.rows(range(num_topics)).T + self.biases.astype(np.float32)
        powers = np.exp(logits - logits.max(axis=1, keepdims=True))
        shares: NDArray[np.float32] = powers / powers.sum(axis=1, keepdims=True)
        return shares

    def to_bytes(self) -> bytes:
        """The head's bytes, as the module's docstring lays them out."""
        return self.weights.to_bytes() + self.biases.astype(_BIAS).tobytes()


def topic_head(weights: NDArray[np.float32], biases: NDArray[np.float32]) -> TopicHead:
    """Round a fitted head.

    Args:
        weights: (num_topics, dim).
        biases: (num_topics,).

    Raises:
        ValueError: A number is not finite or beyond float16.
    """
    with np.errstate(over="ignore"):
        rounded = biases.astype(np.float16)
    if not np.isfinite(rounded).all():
        raise ValueError("topic head: a bias is not finite or above 65,504: its fit diverged")
    return TopicHead(quantize_rows(weights.astype(np.float32)), rounded)


def topic_head_from_bytes(data: bytes | memoryview, num_topics: int, dim: int) -> TopicHead:
    """Read what `TopicHead.to_bytes` wrote; the weights stay where they lie.

    Args:
        num_topics: Known topics, at least one.
        dim: Of a pooled token vector.

    Raises:
        ValueError: Of another size, or a number is not finite.
    """
    end = len(data) - num_topics * _BIAS.itemsize
    if num_topics < 1 or end < 0:
        raise ValueError(f"{len(data)} bytes are too few for a head of {num_topics} topics")
    weights = table_from_bytes(data[:end], num_topics, dim, _FORMAT)
    biases = np.frombuffer(data, _BIAS, num_topics, end).astype(np.float16)
    if not np.isfinite(biases).all() or not np.isfinite(weights.rows(range(num_topics))).all():
        raise ValueError("a weight or bias of the topic head is not finite")
    return TopicHead(weights, biases)
