"""What lists have taught as bytes, with what it was learned from, so that it counts for nothing else.

Layout, all numbers little-endian:

    offset  size  content
    0       4     format, unsigned
    4       4     number of the first examples that were learned, unsigned
    8       4     number of features of the linear head, unsigned
    12      4     number of words that the word head has learned, unsigned
    16      16    digest of these examples and of what became of them
    32            the linear head: precision and information, float64
                  the word head: slots as uint16, means, variances as float64
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, fields
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from edge_runtime.personal.examples import Examples
from edge_runtime.personal.linear_head import LinearHead
from edge_runtime.personal.word_head import WordHead

_FORMAT = 1
_HEADER = struct.Struct("<IIII16s")


@dataclass(frozen=True, slots=True)
class KeptHeads:
    """Two heads, and which examples they have learned."""

    num_examples: int
    digest: bytes
    linear_head: LinearHead
    word_head: WordHead

    def to_bytes(self) -> bytes:
        """As the module's docstring lays them out."""
        precision, information = self.linear_head.learned()
        slots, means, variances = self.word_head.learned()
        header = _HEADER.pack(_FORMAT, self.num_examples, len(information), len(slots), self.digest)
        arrays = (array.astype("<f8") for array in (precision, information, means, variances))
        numbers = [array.tobytes() for array in arrays]
        return b"".join((header, *numbers[:2], slots.astype("<u2").tobytes(), *numbers[2:]))


def kept_heads(data: bytes) -> KeptHeads | None:
    """Read what `KeptHeads.to_bytes` wrote; None for what another release wrote, or nobody."""
    if len(data) < _HEADER.size:
        return None
    format_number, num_examples, size, num_words, digest = _HEADER.unpack_from(data)
    lengths = 8 * size * size, 8 * size, 2 * num_words, 8 * num_words, 8 * num_words
    if format_number != _FORMAT or len(data) != _HEADER.size + sum(lengths):
        return None
    begins = np.cumsum((_HEADER.size, *lengths)).tolist()
    kinds = "<f8", "<f8", "<u2", "<f8", "<f8"
    precision, information, slots, means, variances = (
        np.frombuffer(data[begin:end], kind) for begin, end, kind in zip(begins, begins[1:], kinds, strict=False)
    )
    head = LinearHead.of(precision.reshape(size, size), information)
    return KeptHeads(num_examples, digest, head, WordHead.of(slots, means, variances))


def digest_of(examples: Examples, outcomes: NDArray[np.int8]) -> bytes:
    """Another one for other examples, or if something else became of them."""
    digest = blake2b(outcomes.astype(np.int8).tobytes(), digest_size=16)
    for field in fields(Examples):
        column = getattr(examples, field.name)
        digest.update("\n".join(column).encode() if isinstance(column, list) else column.tobytes())
    return digest.digest()
