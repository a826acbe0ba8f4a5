"""Parsed rows on disk, by bucket of readers: a file for each piece of a log, each bucket's rows together in it."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from trainer.data.log_rows import ROW_SCHEMA

_FIRSTS = b"firsts"  # metadata: where each bucket's rows begin, and the end, int64


def bucket_numbers(users: pa.ChunkedArray, num_buckets: int) -> NDArray[np.int64]:
    """(num_rows,) crc32 of the reader's id, modulo the number of buckets: the same on any machine."""
    encoded = users.combine_chunks().dictionary_encode()
    numbers = [zlib.crc32(user.encode()) % num_buckets for user in encoded.dictionary.to_pylist()]
    found: NDArray[np.int64] = np.array(numbers, np.int64)[encoded.indices.to_numpy(zero_copy_only=False)]
    return found


def write_spill(tables: Sequence[pa.Table], num_buckets: int, path: Path) -> None:
    """Write rows, whole or not at all."""
    rows = pa.concat_tables([ROW_SCHEMA.empty_table(), *tables])
    numbers = bucket_numbers(rows["user_id"], num_buckets)
    order = np.argsort(numbers, kind="stable")
    firsts = np.searchsorted(numbers[order], np.arange(num_buckets + 1)).astype("<i8")
    rows = rows.take(pa.array(order)).combine_chunks().replace_schema_metadata({_FIRSTS: firsts.tobytes()})
    write_table(rows, path)


def read_bucket(paths: Sequence[Path], number: int) -> Iterator[pa.Table]:
    """The rows of one bucket, file after file."""
    for path in paths:
        with pa.memory_map(str(path)) as source:
            rows = pa.ipc.open_file(source).read_all()
        first, end = np.frombuffer(rows.schema.metadata[_FIRSTS], "<i8")[number : number + 2].tolist()
        if end > first:
            # Copied: of many files the mapped pages around each column would be more than the rows.
            yield rows.replace_schema_metadata().take(pa.array(np.arange(first, end)))


def write_table(table: pa.Table, path: Path) -> None:
    """Write one batch in Arrow's IPC file format under a temporary name, then rename it."""
    unfinished = path.with_name(f"{path.name}.partial")
    with pa.OSFile(str(unfinished), "wb") as file, pa.ipc.new_file(file, table.schema) as writer:
        writer.write_table(table.combine_chunks())
    unfinished.replace(path)
