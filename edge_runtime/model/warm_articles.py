"""Warm articles: those that many readers opened before a bundle was made, and where they stand among the clicks.

Two of them lie near each other if the same readers opened both, whatever their texts say (`trainer.fits.co_clicks`). An
article that is newer than the bundle is not in the table and is scored from its text alone. A row is made of sums over
many readers; no reader is in the table, nor an article's id, only a hash of it. Layout of the bytes, n articles, all
numbers little-endian:

    offset  size  content
    0       4     n, unsigned
    4       2     dimensions of a row, unsigned
    6       2     bits of a number in a row, unsigned
    8       4     weight of the similarity in a score, float32
    12      4     usual similarity, float32: it scores 0
    16      4 n   hashes of the article ids, unsigned, ascending (`article_hash`)
    16+4n         the rows, as `token_table` stores rows of so many bits
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edge_runtime.model.token_table import TableFormat, TokenTable, quantize_rows, table_from_bytes

_HEADER = struct.Struct("<IHHff")
_HASH = np.dtype("<u4")


@dataclass(frozen=True, slots=True)
class WarmArticles:
    """Row i belongs to the article whose id has `hashes[i]`."""

    weight: float  # of the mean similarity to the reader's warm clicks, > 0
    usual: float  # similarity of a warm article that was shown, on average; -1 to 1
    hashes: NDArray[np.uint32]  # (num_warm,) ascending
    rows: TokenTable  # (num_warm, dim), each of length 1 to rounding

    def vectors(self, article_ids: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of articles among other readers' clicks.

        An article that is not in the table gets another one's row once in 2 ** 32 / num_warm times.

        Returns:
            (len(article_ids), dim) float32, each of length 1; zeros for an article that is not warm.
        """
        hashes = np.fromiter(map(article_hash, article_ids), np.uint32, len(article_ids))
        places = np.minimum(np.searchsorted(self.hashes, hashes), len(self.hashes) - 1)
        is_warm = self.hashes[places] == hashes
        vectors = np.zeros((len(article_ids), self.rows.shape[1]), np.float32)
        vectors[is_warm] = self.rows.rows(places[is_warm])
        return vectors

    def to_bytes(self) -> bytes:
        """The table's bytes, as the module's docstring lays them out."""
        num_warm, dim = self.rows.shape
        header = _HEADER.pack(num_warm, dim, self.rows.format.bits, self.weight, self.usual)
        return header + self.hashes.astype(_HASH).tobytes() + self.rows.to_bytes()


def article_hash(article_id: str) -> int:
    """CRC-32 of an id in UTF-8: fast, everywhere the same, and ids of one scheme hardly ever share one."""
    return zlib.crc32(article_id.encode("utf-8", "surrogatepass"))


def warm_articles(
    article_ids: Sequence[str], vectors: NDArray[np.float32], weight: float, usual: float, bits: int
) -> WarmArticles:
    """A table of some articles.

    Articles that share a hash are left out, all of them: they count as not warm rather than as each other.

    Args:
        article_ids: Distinct.
        vectors: (len(article_ids), dim) float32, each of length 1.
        weight: Of the similarity.
        usual: Similarity that scores 0.
        bits: Of a number in a row: 8, 4, 3 or 2.
    """
    hashes = np.array([article_hash(article_id) for article_id in article_ids], np.uint32)
    distinct, first, counts = np.unique(hashes, return_index=True, return_counts=True)
    alone = counts == 1
    return WarmArticles(weight, usual, distinct[alone], quantize_rows(vectors[first[alone]], bits))


def warm_articles_from_bytes(data: bytes | memoryview) -> WarmArticles:
    """Read what `WarmArticles.to_bytes` wrote; the rows stay where they lie.

    Raises:
        ValueError: Cut short, too long, out of order, or a number is not finite or out of range.
    """
    if len(data) < _HEADER.size:
        raise ValueError(f"{len(data)} bytes are too few for warm articles")
    num_warm, dim, bits, weight, usual = _HEADER.unpack_from(data)
    if not (num_warm and dim and 0 < weight < float("inf") and -1 <= usual <= 1):
        raise ValueError(f"{num_warm} warm articles of {dim} dimensions, weight {weight}, usual similarity {usual}")
    begin = _HEADER.size + num_warm * _HASH.itemsize
    if len(data) < begin:
        raise ValueError(f"{len(data)} bytes end before the hashes of {num_warm} warm articles")
    hashes = np.frombuffer(data, _HASH, num_warm, _HEADER.size).astype(np.uint32)
    if (hashes[1:] <= hashes[:-1]).any():
        raise ValueError("the hashes of the warm articles are not in ascending order")
    return WarmArticles(weight, usual, hashes, table_from_bytes(data[begin:], num_warm, dim, TableFormat("rows", bits)))


def co_click_similarity(clicks: NDArray[np.float32], candidates: NDArray[np.float32]) -> NDArray[np.float32]:
    """Mean cosine of candidates to the warm ones among a reader's clicks.

    Args:
        clicks: (num_clicks, dim) from `WarmArticles.vectors`.
        candidates: (num_candidates, dim), likewise.

    Returns:
        (num_candidates,) float32; NaN where the candidate is not warm or no click is.
    """
    is_warm = clicks.any(axis=1)
    if not is_warm.any():
        return np.full(len(candidates), np.nan, np.float32)
    similarity = candidates @ clicks[is_warm].mean(axis=0)
    return np.where(candidates.any(axis=1), similarity, np.float32(np.nan))
