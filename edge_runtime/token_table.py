"""The token table on the device: int8 word vectors with one scale per row, read where they lie.

The bytes may be a slice of a memory-mapped bundle: a title touches only its own rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SCALE_BYTES = 2  # a row's scale is one little-endian float16


@dataclass(frozen=True, slots=True)
class TokenTable:
    """Row i is `codes[i] * scales[i]`, the vector of token i."""

    codes: NDArray[np.int8]  # (num_tokens, dim)
    scales: NDArray[np.float16]  # (num_tokens,)

    def pooled(self, token_ids: Sequence[int]) -> NDArray[np.float32]:
        """The direction of the sum of some tokens' vectors.

        Returns:
            (dim,) float32 of length 1; zeros when there is no token or the vectors cancel out.
        """
        total = self.scales[token_ids].astype(np.float32) @ self.codes[token_ids].astype(np.float32)
        length = float(np.sqrt(total @ total))
        return total / np.float32(length) if length > 1e-6 else np.zeros(self.codes.shape[1], np.float32)


def quantize_rows(rows: NDArray[np.float32]) -> TokenTable:
    """Round each row to 255 steps of its own scale; a value is off by at most half a step.

    Args:
        rows: (num_tokens, dim) float32, finite.

    Raises:
        ValueError: A row is not finite or beyond what a float16 scale can hold.
    """
    peaks = np.abs(rows).max(axis=1, initial=0.0)
    with np.errstate(over="ignore"):
        # Rounded up, so that the largest value never needs code 128.
        scales = np.nextafter((peaks / 127).astype(np.float16), np.float16(np.inf))
    if not np.isfinite(scales).all():
        raise ValueError("token table has values that are not finite or above 8 million: training diverged")
    scales = np.where(peaks > 0, scales, np.float16(0))
    steps = np.where(peaks > 0, scales, np.float16(1)).astype(np.float32)
    return TokenTable(np.rint(rows / steps[:, None]).astype(np.int8), scales)


def table_bytes(table: TokenTable) -> bytes:
    """Scales, then codes, both in row order."""
    return table.scales.astype("<f2").tobytes() + table.codes.tobytes()


def table_from_bytes(data: bytes | memoryview, num_tokens: int, dim: int) -> TokenTable:
    """View bytes of `table_bytes` as a table, without copying.

    Raises:
        ValueError: The size is not that of such a table, or a scale is negative or not finite.
    """
    expected = num_tokens * (SCALE_BYTES + dim)
    if len(data) != expected:
        raise ValueError(f"{len(data)} bytes, but {num_tokens} rows of {dim} dimensions take {expected}")
    scales = np.frombuffer(data, "<f2", num_tokens)
    if not (np.isfinite(scales).all() and (scales >= 0).all()):
        raise ValueError("a row's scale is negative or not finite")
    codes = np.frombuffer(data, np.int8, offset=num_tokens * SCALE_BYTES).reshape(num_tokens, dim)
    return TokenTable(codes, scales)
