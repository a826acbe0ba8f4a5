"""Product quantization of a token table (Jegou et al., TPAMI 2011): rows cut into parts, each part one of some entries.

A part's entries are the centres of a weighted k-means (Lloyd, 1982) over that part of all rows. The start is drawn from
the rows themselves, so that the same table and seed give the same code books.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edge_runtime.model.token_table import MAX_PART_BITS
from trainer.errors import CompressionError

ROUNDS = 25

Floats = NDArray[np.float32]


def quantize_parts(
    table: Floats, weights: Floats, parts: int, bits: int, seed: tuple[int, ...]
) -> tuple[NDArray[np.uint8], Floats]:
    """Cut a table into coded parts.

    Args:
        table: (num_tokens, dim) float32.
        weights: (num_tokens,) what an error in each row costs.
        parts: Of a row; they divide `dim`.
        bits: Of a part's code: 2 ** bits entries a book.
        seed: Of the start.

    Returns:
        Codes (num_tokens, parts) and code books (parts, 2 ** bits, dim / parts).

    Raises:
        CompressionError: The parts do not divide the dimensions, or there are fewer rows than entries.
    """
    num_tokens, dim = table.shape
    if parts < 1 or dim % parts:
        raise CompressionError(
            f"quantize: {dim} dimensions cannot be cut into {parts} equal parts; choose a divisor of {dim}"
        )
    if not 1 <= bits <= MAX_PART_BITS:
        raise CompressionError(f"quantize: a part's code cannot have {bits} bits; choose 1 to {MAX_PART_BITS}")
    if num_tokens < 2**bits:
        raise CompressionError(
            f"quantize: {num_tokens} tokens are fewer than the {2**bits} entries of a code book; lower bits"
        )
    rng = np.random.default_rng(seed)
    found = [_k_means(part, weights, 2**bits, rng) for part in np.split(table, parts, axis=1)]
    codes, books = zip(*found, strict=True)
    return np.stack(codes, axis=1).astype(np.uint8), np.stack(books)


def _k_means(rows: Floats, weights: Floats, entries: int, rng: np.random.Generator) -> tuple[NDArray[np.int64], Floats]:
    """Nearest entry of each row, and the entries; an entry that no row is nearest to stays where it was."""
    centres = rows[rng.choice(len(rows), entries, replace=False, p=weights / weights.sum())]
    for _ in range(ROUNDS):
        nearest = _nearest(rows, centres)
        total = np.zeros_like(centres)
        np.add.at(total, nearest, rows * weights[:, None])
        weight = np.bincount(nearest, weights, minlength=entries).astype(np.float32)[:, None]
        centres = np.where(weight > 0, total / np.maximum(weight, 1e-9), centres)
    return _nearest(rows, centres), centres


def _nearest(rows: Floats, centres: Floats) -> NDArray[np.int64]:
    distance = np.square(centres).sum(axis=1) - 2 * rows @ centres.T  # and the row's own length, the same for all
    nearest: NDArray[np.int64] = np.argmin(distance, axis=1)
    return nearest
