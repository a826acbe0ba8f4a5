"""Columns of rows that change: what is appended is written behind the others, where there is room."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

Places = NDArray[np.intp]


class Spare:
    """Arrays with room behind the last row; those that grew out of one another share them."""

    def __init__(self) -> None:
        """No array yet."""
        self._buffers: dict[str, tuple[NDArray[Any], int]] = {}

    def appended(self, name: str, column: NDArray[Any], fresh: NDArray[Any]) -> NDArray[Any]:
        """A column with more rows; the one that was given stays as it is.

        Args:
            name: Of the column.
            column: (n, ...).
            fresh: (m, ...) its new rows.

        Returns:
            (n + m, ...), not to be written to.
        """
        size = len(column) + len(fresh)
        buffer, used = self._buffers.get(name, (None, 0))
        # Another column may have grown out of the same rows before.
        if buffer is None or column.base is not buffer or used != len(column) or size > len(buffer):
            buffer = np.empty((size + size // 8 + 64, *column.shape[1:]), column.dtype)
            buffer[: len(column)] = column
        buffer[len(column) : size] = fresh
        self._buffers[name] = buffer, size
        return buffer[:size]


def blocks_of(stays: NDArray[np.bool_]) -> list[slice]:
    """The runs of rows that stay."""
    edges = np.flatnonzero(np.diff(stays, prepend=False, append=False))
    return [slice(begin, end) for begin, end in edges.reshape(-1, 2).tolist()]


def changed_column(column: Any, blocks: Sequence[slice], places: Places, fresh: Any, spare: tuple[Spare, str]) -> Any:
    """A column without the rows between some blocks, and with fresh rows at their places or behind the others.

    Args:
        column: A list or an array.
        blocks: Runs of rows that stay.
        places: (m,) where among the rows that stay each fresh one belongs; those behind them in order.
        fresh: (m, ...).
        spare: Where there may be room, and the column's name there.
    """
    num_kept = sum(block.stop - block.start for block in blocks)
    is_new = places >= num_kept
    if isinstance(column, list):
        kept = list(chain.from_iterable(column[block] for block in blocks))
        for place, item in zip(places.tolist(), fresh, strict=True):
            if place < num_kept:
                kept[place] = item
            else:
                kept.append(item)
        return kept
    if num_kept == len(column) and is_new.all():
        rooms, name = spare
        return rooms.appended(name, column, fresh)
    changed = np.concatenate([*(column[block] for block in blocks), fresh[is_new]]).astype(column.dtype, copy=False)
    changed[places[~is_new]] = fresh[~is_new]
    return changed
