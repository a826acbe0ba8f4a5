"""WordLlama's token vectors (a language model's input table, cut to 256 dimensions), averaged over a text."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from trainer.errors import TextVectorsError
from trainer.text_vectors.safetensors import read_safetensors

PACKAGE = "wordllama"


def encode_texts(texts: Sequence[str]) -> NDArray[np.float32]:
    """Mean token vectors; the package's files are read, the package itself is not imported.

    Returns:
        (len(texts), 256) float32; zeros for an empty text.

    Raises:
        TextVectorsError: Not installed.
    """
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise TextVectorsError("text vectors wordllama: not installed; run `pip install wordllama`")
    folder = Path(spec.submodule_search_locations[0])
    (table,) = read_safetensors(folder / "weights" / "l2_supercat_256.safetensors").values()
    tokenizer = Tokenizer.from_file(str(folder / "tokenizers" / "l2_supercat_tokenizer_config.json"))
    tokenizer.no_padding()
    vectors = np.zeros((len(texts), table.shape[1]), np.float32)
    for row, encoding in enumerate(tokenizer.encode_batch(list(texts), add_special_tokens=False)):
        if encoding.ids:
            vectors[row] = table[encoding.ids].mean(axis=0)
    return vectors
