"""Vectors of cached articles as they are kept: int8 codes and a scale each, a quarter of what float32 takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edge_runtime.storage.columns import Places, Spare, changed_column

Floats = NDArray[np.float32]
Vector = tuple[bytes, float]  # int8 codes, scale: as the cache keeps one
_BLOCK = 1024  # rows that are float32 at a time: they stay in a second cache, and four products of them on one thread


@dataclass(frozen=True, slots=True, eq=False)
class Vectors:
    """Vectors of articles; `vectors[places]` are some of them in float32."""

    codes: NDArray[np.int8] | Floats  # (num_vectors, dim)
    scales: Floats  # (num_vectors,)

    @classmethod
    def of(cls, rows: Floats) -> Vectors:
        """Vectors that are float32 already."""
        return cls(rows, np.ones(len(rows), np.float32))

    @classmethod
    def unpacked(cls, packed: Sequence[Vector], dim: int) -> Vectors:
        """From those of `quantize_vectors`."""
        codes = np.frombuffer(b"".join(code for code, _ in packed), np.int8).reshape(len(packed), dim)
        return cls(codes, np.array([scale for _, scale in packed], np.float32))

    @property
    def shape(self) -> tuple[int, ...]:
        """Number of vectors, and their dimension."""
        return self.codes.shape

    def __len__(self) -> int:
        return len(self.codes)

    def __getitem__(self, places: Any) -> Floats:
        # Two steps: a product of int8 and float32 takes five times as long.
        rows: Floats = self.codes[places].astype(np.float32)
        rows *= self.scales[places][..., None]
        return rows

    def __array__(self, dtype: Any = None, **_: object) -> NDArray[Any]:
        return self[:].astype(dtype or np.float32, copy=False)

    def taken(self, places: Places) -> Vectors:
        """Some of them, as they are kept."""
        return Vectors(self.codes[places], self.scales[places])

    def changed(self, blocks: Sequence[slice], places: Places, fresh: Vectors, spare: tuple[Spare, str]) -> Vectors:
        """See `columns.changed_column`."""
        rooms, name = spare
        return Vectors(
            changed_column(self.codes, blocks, places, fresh.codes, (rooms, f"{name} codes")),
            changed_column(self.scales, blocks, places, fresh.scales, (rooms, f"{name} scales")),
        )

    def blocks(self) -> Iterator[tuple[slice, Floats]]:
        """All of them in float32, block by block, with where each block stands."""
        for begin in range(0, len(self), _BLOCK):
            block = slice(begin, begin + _BLOCK)
            yield block, self[block]

    def by_block(self, compute: Callable[[Floats], NDArray[Any]], dtype: Any = np.float32) -> NDArray[Any]:
        """What a function gives for all vectors, computed block by block.

        Args:
            compute: (n, dim) float32 to (..., n).
            dtype: Of the numbers.

        Returns:
            (..., num_vectors).
        """
        found: NDArray[Any] | None = None
        for block, rows in self.blocks():
            part = compute(rows)
            if found is None:
                found = np.empty((*part.shape[:-1], len(self)), dtype)
            found[..., block] = part
        return compute(self[:0]).astype(dtype) if found is None else found


def quantize_vectors(vectors: Floats) -> list[Vector]:
    """int8 codes and a scale for each row."""
    return [(row.tobytes(), float(scale)) for row, scale in zip(*quantized(vectors), strict=True)]


def quantized(vectors: Floats) -> tuple[NDArray[np.int8], Floats]:
    """(n, dim) codes and (n,) scales of the rows: a row is about its codes times its scale."""
    scales: Floats = np.abs(vectors).max(axis=1, initial=0.0) / 127
    return np.rint(vectors / np.maximum(scales, 1e-12)[:, None]).astype(np.int8), scales
