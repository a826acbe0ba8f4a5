"""Histories of a bucket of readers, each stored once: an impression names a window of them.

A reader's clicks stand end to end in the order in which they were made. A history that is derived from them is mostly
a window of that line; so is one that the log repeats on each of the reader's impressions.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

MAX_DERIVED_HISTORY = 100


@dataclass(frozen=True, slots=True)
class Found:
    """Where the histories of some rows lie in a line of articles."""

    values: NDArray[np.int32]
    starts: NDArray[np.int64]  # (num_rows,)
    lengths: NDArray[np.int64]  # (num_rows,)


class Line:
    """A line of articles that grows; windows of it are histories."""

    def __init__(self, num_rows: int) -> None:
        self.starts, self.lengths = np.zeros(num_rows, np.int64), np.zeros(num_rows, np.int64)
        self._pieces: list[NDArray[np.int32]] = []
        self._size = 0

    def put(self, rows: NDArray[np.int64], found: Found) -> None:
        """Take the histories of some rows."""
        self.starts[rows], self.lengths[rows] = found.starts + self._size, found.lengths
        self._pieces.append(found.values)
        self._size += len(found.values)

    def array(self, order: NDArray[np.int64]) -> pa.ListViewArray:
        """(num_rows,) list views of int32, in some order of the rows."""
        values = np.concatenate([np.zeros(0, np.int32), *self._pieces])
        starts = np.where(self.lengths > 0, self.starts, 0)
        offsets, sizes = (pa.array(numbers[order].astype(np.int32)) for numbers in (starts, self.lengths))
        return pa.ListViewArray.from_arrays(offsets, sizes, pa.array(values))


def given(histories: pa.ListArray) -> Found:
    """Histories as the log has them, equal ones stored once."""
    whole = histories.flatten().to_numpy()
    lengths = histories.value_lengths().to_numpy(zero_copy_only=False)
    offsets = pa.array(4 * np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)]))
    as_bytes = pa.LargeBinaryArray.from_buffers(
        pa.large_binary(), len(histories), [None, offsets.buffers()[1], pa.py_buffer(np.ascontiguousarray(whole))]
    )
    encoded = as_bytes.dictionary_encode()
    different = encoded.dictionary
    sizes = pc.binary_length(different).to_numpy(zero_copy_only=False).astype(np.int64) // 4
    firsts = np.concatenate([[0], np.cumsum(sizes)])[:-1]
    values = np.frombuffer(b"".join(different.to_pylist()), np.int32)
    codes = encoded.indices.to_numpy(zero_copy_only=False)
    return Found(values, firsts[codes], sizes[codes])


def derived(
    users: NDArray[np.int64], times: NDArray[np.int64], clicks: NDArray[np.int32], num_clicks: NDArray[np.int64]
) -> Found:
    """The reader's clicks of strictly earlier seconds, each article once at its latest, the last of them.

    Args:
        users: (num_rows,) reader of each impression, ascending; the impressions of one in order of time, then id.
        times: (num_rows,) seconds UTC.
        clicks: Articles that were clicked, end to end in the order of the rows.
        num_clicks: (num_rows,) how many of each row.
    """
    before = np.concatenate([[0], np.cumsum(num_clicks)])
    new_user = np.diff(users, prepend=-1) != 0
    new_second = new_user | (np.diff(times, prepend=-1) != 0)
    own_first, ends = (_since(starts, before[:-1]) for starts in (new_user, new_second))
    starts = np.maximum(own_first, ends - MAX_DERIVED_HISTORY)
    owners = np.repeat(users, num_clicks)
    pairs = np.sort(owners * (int(clicks.max(initial=0)) + 1) + clicks)
    repeats = np.unique(pairs[1:][pairs[1:] == pairs[:-1]]) // (int(clicks.max(initial=0)) + 1)
    rows = np.flatnonzero(np.isin(users, repeats) & (ends > own_first))
    values, found, size = [clicks], {}, len(clicks)
    for row in rows.tolist():
        window = int(own_first[row]), int(ends[row])
        if window not in found:
            history = _latest(clicks[window[0] : window[1]])
            found[window] = size, len(history)
            values.append(history)
            size += len(history)
        starts[row], ends[row] = found[window][0], sum(found[window])
    return Found(np.concatenate(values), starts, ends - starts)


def _latest(clicks: NDArray[np.int32]) -> NDArray[np.int32]:
    """Each article once, at its latest click, the last `MAX_DERIVED_HISTORY` of them."""
    latest, found = set(), []
    for article in clicks[::-1].tolist():
        if article not in latest:
            latest.add(article)
            found.append(article)
            if len(found) == MAX_DERIVED_HISTORY:
                break
    return np.array(found[::-1], np.int32)


def _since(starts: NDArray[np.bool_], values: NDArray[np.int64]) -> NDArray[np.int64]:
    """For each row the value at the latest start."""
    since: NDArray[np.int64] = values[np.maximum.accumulate(np.where(starts, np.arange(len(starts)), 0))]
    return since
