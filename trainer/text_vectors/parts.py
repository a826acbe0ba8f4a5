"""Encoding many texts part by part; finished parts are kept, so that a run which was killed goes on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from trainer.text_vectors.kept import PART, keep_vectors, kept_vectors

Encode = Callable[[Sequence[str], Callable[[int], object]], NDArray[np.float32]]


def encode_in_parts(
    texts: Sequence[str],
    dim: int,
    size: int,
    load: Callable[[], Encode],
    whole: Path,
    progress: Callable[[int], object],
) -> NDArray[np.float32]:
    """Vectors of texts.

    Args:
        dim: Of a vector.
        size: Texts in a part.
        load: Gives the function that encodes a part and tells the progress; called once, and only if a part is needed.
        whole: Where the result will be kept, beside which finished parts are; those are not computed again.
        progress: Told how many more texts are done.

    Returns:
        (len(texts), dim) float32.

    Raises:
        TextVectorsError: A part cannot be written, or what `load` and its function raise.
    """
    encode = None
    vectors = np.zeros((len(texts), dim), np.float32)
    for begin in range(0, len(texts), size):
        part = texts[begin : begin + size]
        path = whole.with_suffix(f".{begin}{PART}")
        done = kept_vectors(path, len(part))
        if done is None:
            encode = encode or load()
            done = encode(part, progress)
            keep_vectors(path, done)
        else:
            progress(len(part))
        vectors[begin : begin + len(part)] = done
    return vectors
