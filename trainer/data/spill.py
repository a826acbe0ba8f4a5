"""Parsed rows on disk, by bucket of readers: a file for each piece of a log, each bucket's rows together in it."""

from __future__ import annotations

import uuid
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from trainer.data.log_rows import ROW_SCHEMA

MERGED_ROWS = 50_000  # of several files that are merged, at a time
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
    yield from _read_range(paths, number, number + 1)


def merge_spills(paths: Sequence[Path], merged: Path) -> None:
    """Make one file of several, some buckets at a time."""
    firsts = np.sum([_firsts(path) for path in paths], axis=0)
    schema = ROW_SCHEMA.with_metadata({_FIRSTS: firsts.astype("<i8").tobytes()})
    with new_table(merged, schema) as writer:
        begin, num_buckets = 0, len(firsts) - 1
        while begin < num_buckets:
            room = int(np.searchsorted(firsts, firsts[begin] + MERGED_ROWS, side="right")) - 1
            end = min(max(room, begin + 1), num_buckets)
            pieces = list(_read_range(paths, begin, end))
            if pieces:
                rows = pa.concat_tables(pieces)
                # By bucket, so that each one's rows lie together.
                order = np.argsort(bucket_numbers(rows["user_id"], num_buckets), kind="stable")
                writer.write_table(rows.take(pa.array(order)).combine_chunks())
            begin = end


def _firsts(path: Path) -> NDArray[np.int64]:
    with pa.memory_map(str(path)) as source:
        return np.frombuffer(pa.ipc.open_file(source).schema.metadata[_FIRSTS], "<i8")


def _read_range(paths: Sequence[Path], begin: int, end: int) -> Iterator[pa.Table]:
    for path in paths:
        with pa.memory_map(str(path)) as source:
            rows = pa.ipc.open_file(source).read_all()
        firsts = np.frombuffer(rows.schema.metadata[_FIRSTS], "<i8")
        first, count = int(firsts[begin]), int(firsts[end] - firsts[begin])
        if count:
            # Copied: of many files the mapped pages around each column would be more than the rows.
            yield rows.slice(first, count).replace_schema_metadata().take(pa.array(np.arange(count)))


def write_table(table: pa.Table, path: Path) -> None:
    """Write one batch in Arrow's IPC file format."""
    with new_table(path, table.schema) as writer:
        writer.write_table(table.combine_chunks())


@contextmanager
def new_table(path: Path, schema: pa.Schema) -> Iterator[pa.ipc.RecordBatchFileWriter]:
    """A file in Arrow's IPC format, written under a temporary name of its own, then renamed.

    A task that was begun again may still be at work elsewhere: the two write the same, and must not share a file.
    """
    unfinished = path.with_name(f"{path.name}.{uuid.uuid4().hex}.partial")
    with pa.OSFile(str(unfinished), "wb") as file, pa.ipc.new_file(file, schema) as writer:
        yield writer
    unfinished.replace(path)
