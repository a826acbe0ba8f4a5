"""Impressions of JSON Lines by a typed decoder, for lines that hold nothing but the fields that are read."""

from __future__ import annotations

import io
from collections.abc import Sequence
from itertools import chain
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from edge_runtime.model.json_lines import MAX_LINE_BYTES, parse_time
from trainer.data.columns import known_history, lists, marks, row_numbers
from trainer.data.lines import Block

_PIECE_BYTES = 1 << 20  # decoded at a time: as Python's objects it is five times as large


class _Impression(msgspec.Struct, gc=False):
    impression_id: str
    user_id: str
    time: str
    shown: list[str]
    clicked: list[str]
    history: list[str] | msgspec.UnsetType | None = msgspec.UNSET


_decode = msgspec.json.Decoder(_Impression).decode


def quick_columns(block: Block, article_ids: pa.BinaryArray) -> tuple[dict[str, Any], list[tuple[int, bytes]]]:
    """Columns of the lines that are plain, and the other lines with their numbers, in order."""
    pieces, lines = [], io.BytesIO(block.data)
    while some := lines.readlines(_PIECE_BYTES):
        pieces.append(_decoded(some))
    found: dict[str, Any] = {name: _joined([piece[name] for piece in pieces]) for name in pieces[0]}
    num_shown, num_clicks, num_read = (found[name] for name in ("num_shown", "num_clicked", "num_read"))
    # Looked up at once: what takes time is to make the table of all articles.
    every = row_numbers(pa.concat_arrays([found[name] for name in ("shown", "clicked", "read")]), article_ids)
    shown, clicks, read = np.split(every, np.cumsum([num_shown.sum(), num_clicks.sum()]))
    marked, misses = marks(shown, num_shown, clicks, num_clicks)
    good = found["is_plain"] & ~misses & (num_shown > 0)
    good[np.repeat(np.arange(len(good)), num_shown)[shown < 0]] = False
    for name in ("impression_id", "user_id"):
        good &= pc.not_equal(found[name], "").to_numpy(zero_copy_only=False)
    history, unknown = known_history(num_read, read)
    columns = {
        **{name: found[name] for name in ("impression_id", "user_id")},
        "time_s": pa.array(found["time_s"]),
        "history": pc.if_else(pa.array(found["is_open"]), pa.scalar(None, history.type), history),
        "unknown": pa.array(unknown),
        "candidates": lists(num_shown, shown),
        "clicked": lists(num_shown, marked),
    }
    if good.all() and found["is_decoded"].all():
        return columns, []
    columns = {name: column.filter(pa.array(good)) for name, column in columns.items()}
    is_quick = found["is_decoded"]
    is_quick[np.flatnonzero(is_quick)[~good]] = False
    return columns, [entry for entry, quick in zip(block.lines(), is_quick, strict=True) if not quick]


def _decoded(lines: list[bytes]) -> dict[str, Any]:
    """Arrays of all lines that can be decoded; `is_decoded` says which of the lines."""
    rows, is_decoded = [], np.ones(len(lines), bool)
    for place, line in enumerate(lines):
        try:
            rows.append(_decode(line))
        except msgspec.MsgspecError:
            is_decoded[place] = False
    ids: dict[str, list[Any]] = {
        "shown": [row.shown for row in rows],
        "clicked": [row.clicked for row in rows],
        "read": [row.history if isinstance(row.history, list) else () for row in rows],
    }
    sizes = {f"num_{name}": _sizes(found) for name, found in ids.items()}
    times, are_times = _seconds([row.time for row in rows])
    has_history = np.array([row.history is not msgspec.UNSET for row in rows], bool)
    if not is_decoded.all():
        lines = [lines[place] for place in np.flatnonzero(is_decoded)]
    return {
        **{name: pa.array(list(chain.from_iterable(found)), pa.string()) for name, found in ids.items()},
        **sizes,
        "impression_id": pa.array([row.impression_id for row in rows], pa.string()),
        "user_id": pa.array([row.user_id for row in rows], pa.string()),
        "time_s": times,
        "is_open": np.array([not isinstance(row.history, list) for row in rows], bool),
        "is_plain": are_times & _are_plain(lines, 8 + has_history + np.sum(list(sizes.values()), axis=0)),
        "is_decoded": is_decoded,
    }


def _joined(arrays: list[Any]) -> Any:
    return np.concatenate(arrays) if isinstance(arrays[0], np.ndarray) else pa.concat_arrays(arrays)


def _are_plain(lines: list[bytes], strings: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether lines have no field that is not read and none twice: then their quotes are those of what was read.

    The decoder takes the last of two fields of one name, and passes over other fields.
    """
    quotes = np.array([line.count(b'"') for line in lines], np.int64)
    escapes = np.array([b"\\" in line for line in lines], bool)
    plain: NDArray[np.bool_] = (quotes == 2 * strings) & ~escapes & (_sizes(lines) <= MAX_LINE_BYTES)
    return plain


def _seconds(texts: list[str]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Seconds UTC, and whether a text is a time."""
    try:
        times = pa.array(texts, pa.string()).cast(pa.timestamp("us", "UTC")).cast(pa.int64())
        return times.to_numpy(zero_copy_only=False) // 1_000_000, np.ones(len(texts), bool)
    except pa.ArrowInvalid:  # one without an offset, or one that is no time
        seconds, are_times = np.zeros(len(texts), np.int64), np.ones(len(texts), bool)
        for row, text in enumerate(texts):
            try:
                seconds[row] = int(parse_time(text).timestamp())
            except ValueError:
                are_times[row] = False
        return seconds, are_times


def _sizes(found: Sequence[Any]) -> NDArray[np.int64]:
    return np.array(list(map(len, found)), np.int64)
