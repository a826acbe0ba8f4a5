"""Encoding many texts part by part; finished parts are kept, so that a run which was killed goes on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from trainer.text_vectors.vector_file import read_vectors, write_vectors

Encode = Callable[[Sequence[str], Callable[[int], object]], NDArray[np.float32]]


def encode_in_parts(
    texts: Sequence[str],
    dim: int,
    size: int,
    load: Callable[[], Encode],
    folder: Path,
    progress: Callable[[int], object],
) -> NDArray[np.float32]:
    """Vectors of texts.

    Args:
        dim: Of a vector.
        size: Texts in a part.
        load: Gives the function that encodes a part and tells the progress; called once, and only if a part is needed.
        folder: For finished parts; what is there already is not computed again.
        progress: Told how many more texts are done.

    Returns:
        (len(texts), dim) float32.

    Raises:
        TextVectorsError: A finished part is damaged, or what `load` and its function raise.
    """
    encode = None
    vectors = np.zeros((len(texts), dim), np.float32)
    for begin in range(0, len(texts), size):
        part = texts[begin : begin + size]
        path = folder / f"{begin}.npy"
        if path.exists():
            done = read_vectors(path, len(part), "delete it, and it will be computed again")
            progress(len(part))
        else:
            encode = encode or load()
            done = encode(part, progress)
            write_vectors(path, done)
        vectors[begin : begin + len(part)] = done
    return vectors
