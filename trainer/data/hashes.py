"""Hashes of rows, not of file bytes: the same however the work that made the rows was divided."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

HASHED_ROWS = 100_000  # at a time
HASH_MODULUS = 1 << 256


def sha256_of(tables: Iterable[pa.Table]) -> str:
    """One hash of all rows in their order."""
    digest = hashlib.sha256()
    for table in tables:
        digest.update(len(table).to_bytes(8, "little"))
        for name in table.column_names:
            for first in range(0, len(table), HASHED_ROWS):
                column = table[name].slice(first, HASHED_ROWS).combine_chunks()
                if pa.types.is_timestamp(column.type):
                    column = column.cast(pa.int64()).fill_null(-(2**63))
                if pa.types.is_string(column.type):
                    digest.update(pc.binary_length(column).to_numpy(zero_copy_only=False).astype("<i4").tobytes())
                    digest.update("".join(column.to_pylist()).encode())
                else:
                    digest.update(column.to_numpy(zero_copy_only=False).astype("<i8").tobytes())
    return digest.hexdigest()


def row_digests(rows: pa.Table) -> list[bytes]:
    """SHA-256 of each row.

    Args:
        rows: Of strings, numbers, truth values, and lists of int32 or of truth values.
    """
    numbers, texts = [], []
    for column in rows.combine_chunks().columns:
        kind = column.type
        if pa.types.is_string(kind) or pa.types.is_list(kind):
            lengths, text = _bytes_of(column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column)
            numbers.append(lengths)
            texts.append(text)
        else:
            numbers.append(pc.fill_null(column.cast(pa.int64()), -1).to_numpy().astype("<i8"))
    head = np.ascontiguousarray(np.stack(numbers, axis=1)) if len(rows) else np.zeros((0, 1), np.int64)
    each = head.shape[1] * 8
    heads = _binary(np.arange(len(rows) + 1, dtype=np.int64) * each, head)
    joined = pc.binary_join_element_wise(heads, *texts, pa.scalar(b"", pa.large_binary()))
    return [hashlib.sha256(row).digest() for row in joined.to_pylist()]


def sum_of(digests: Iterable[bytes]) -> int:
    """One number for a set of rows, whatever their order (AdHash: Bellare and Micciancio, EUROCRYPT 1997)."""
    return sum(int.from_bytes(digest, "little") for digest in digests) % HASH_MODULUS


def _bytes_of(column: pa.Array) -> tuple[NDArray[np.int64], pa.LargeBinaryArray]:
    """Length of each text or list, -1 where there is none, and its bytes."""
    if pa.types.is_string(column.type):
        lengths = pc.fill_null(pc.binary_length(column), -1).to_numpy(zero_copy_only=False).astype("<i8")
        return lengths, pc.fill_null(column.cast(pa.large_string()).cast(pa.large_binary()), b"")
    lengths = pc.fill_null(pc.list_value_length(column), -1).to_numpy(zero_copy_only=False).astype("<i8")
    values = column.flatten().to_numpy(zero_copy_only=False)
    values = values.astype(np.uint8) if values.dtype == bool else values.astype("<i4")
    offsets = np.concatenate([[0], np.cumsum(np.maximum(lengths, 0))]) * values.itemsize
    return lengths, _binary(offsets, values)


def _binary(offsets: NDArray[np.int64], data: NDArray[np.generic]) -> pa.LargeBinaryArray:
    buffers = [None, pa.py_buffer(offsets.astype(np.int64)), pa.py_buffer(np.ascontiguousarray(data))]
    return pa.LargeBinaryArray.from_buffers(pa.large_binary(), len(offsets) - 1, buffers)
