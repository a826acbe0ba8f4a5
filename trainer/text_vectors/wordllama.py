"""WordLlama's token vectors (a language model's input table, cut to 256 dimensions), averaged over a text."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from trainer.text_vectors.packages import package_folder, read_tokenizer
from trainer.text_vectors.parts import Encode
from trainer.text_vectors.safetensors import read_safetensors

_TABLE = "embedding.weight"


def encode_texts(
    texts: Sequence[str], progress: Callable[[int], object], batch_size: int = 8_000
) -> NDArray[np.float32]:
    """Mean token vectors; the files of the installed package are read, the package is not imported.

    Args:
        progress: Told how many more texts are done.
        batch_size: Texts between two reports of progress.

    Returns:
        (len(texts), 256) float32; zeros for an empty text.

    Raises:
        TextVectorsError: The package or a file of it is missing or damaged.
    """
    return load(batch_size)(texts, progress)


def load(batch_size: int = 8_000) -> Encode:
    """The function that encodes; `encode_texts` says what it gives.

    Raises:
        TextVectorsError: The package or a file of it is missing or damaged.
    """
    folder = package_folder("wordllama")
    table = read_safetensors(folder / "weights" / "l2_supercat_256.safetensors", [_TABLE])[_TABLE]
    tokenizer = read_tokenizer(folder / "tokenizers" / "l2_supercat_tokenizer_config.json")

    def encode(texts: Sequence[str], progress: Callable[[int], object]) -> NDArray[np.float32]:
        vectors = np.zeros((len(texts), table.shape[1]), np.float32)
        for begin in range(0, len(texts), batch_size):
            encodings = tokenizer.encode_batch(list(texts[begin : begin + batch_size]), add_special_tokens=False)
            for row, encoding in enumerate(encodings, start=begin):
                if encoding.ids:
                    vectors[row] = table[encoding.ids].mean(axis=0)
            progress(len(encodings))
        return vectors

    return encode
