"""Word counts: in how many training titles each vocabulary piece occurs, so that a device knows rare from common.

A word counts as often as the rarest of its pieces: never less than it occurred, hardly more. Layout of the bytes:

    offset  size  content
    0       4     number of titles, little-endian unsigned
    4       rest  a byte a piece, deflated: 2 log2(1 + count), rounded, at most 64

A count comes back within a factor of 1.2, which moves a word's weight by less than 0.2 of up to 10. What is rarer than
one title in 5,000 counts as that: how much rarer helps no ranking of words and costs half of the bytes.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edge_runtime.model.tokens import SubwordEncoder

_HEADER = struct.Struct("<I")
_RAREST = 5_000  # titles to one that holds a piece
_MOST_CODE = 64  # of 2 ** 32 titles


@dataclass(frozen=True, slots=True)
class WordCounts:
    """Document frequencies of a vocabulary's pieces."""

    num_titles: int  # at least 1
    codes: NDArray[np.uint8]  # (num_pieces,) logarithmic

    def counts(self) -> NDArray[np.float64]:
        """How many titles hold each piece.

        Returns:
            (num_pieces,) float64, as the logarithmic codes have it.
        """
        return np.exp2(self.codes / 2) - 1

    def to_bytes(self) -> bytes:
        """The counts' bytes, as the module's docstring lays them out."""
        return _HEADER.pack(self.num_titles) + zlib.compress(self.codes.tobytes(), 9)


def count_titles(pieces: Sequence[str], titles: Iterable[str]) -> WordCounts:
    """Count the titles that hold each piece.

    Raises:
        ValueError: No title.
    """
    encoder, counts, num_titles = SubwordEncoder(pieces), np.zeros(len(pieces)), 0
    for title in titles:
        counts[list(set(encoder.encode(title)))] += 1
        num_titles += 1
    if not num_titles:
        raise ValueError("word counts: no title to count in; give at least one")
    floored = np.maximum(counts, num_titles / _RAREST)
    return WordCounts(num_titles, np.rint(2 * np.log2(1 + floored)).astype(np.uint8))


def word_counts_from_bytes(data: bytes | memoryview, num_pieces: int) -> WordCounts:
    """Read what `WordCounts.to_bytes` wrote.

    Raises:
        ValueError: Damaged, of another number of pieces, or of no title.
    """
    if len(data) < _HEADER.size:
        raise ValueError(f"{len(data)} bytes are too few for word counts")
    (num_titles,) = _HEADER.unpack_from(data)
    inflater = zlib.decompressobj()
    codes = inflater.decompress(data[_HEADER.size :], num_pieces + 1)
    if len(codes) != num_pieces or not inflater.eof or inflater.unused_data or not num_titles:
        raise ValueError(
            f"word counts of {num_titles} titles do not inflate to one byte for each of {num_pieces} pieces"
        )
    if max(codes, default=0) > _MOST_CODE:
        raise ValueError(f"a word count has the code {max(codes)}, but the highest is {_MOST_CODE}")
    return WordCounts(num_titles, np.frombuffer(codes, np.uint8))
