"""Lines of behaviors.tsv whole columns at a time, for lines of ASCII text in good order."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from edge_runtime.model.json_lines import MAX_LINE_BYTES
from trainer.data.columns import known_history, lists, row_numbers
from trainer.data.lines import Block

_ODD_BLANKS = (b"\x1c", b"\x1d", b"\x1e", b"\x1f")  # for Python's text, but not for Arrow
_TIME = (
    r"^(?P<month>\d{1,2})/(?P<day>\d{1,2})/(?P<year>\d{4}) "
    r"(?P<hour>\d{1,2}):(?P<minute>\d\d):(?P<second>\d\d) (?P<half>[AP])M$"
)


def quick_columns(block: Block, article_ids: pa.BinaryArray) -> tuple[dict[str, Any], list[tuple[int, bytes]]]:
    """Columns of the lines in good order, and the other lines with their numbers, in order."""
    lines, is_quick = _lines(block.data)
    is_quick &= pc.equal(pc.count_substring(lines, "\t"), 4).to_numpy(zero_copy_only=False)
    parts = pc.split_pattern(lines.filter(pa.array(is_quick)), "\t").flatten()
    first = np.arange(0, len(parts), 5)
    impression_id, user_id, time, history, shown = (parts.take(pa.array(first + column)) for column in range(5))
    times, good = _seconds(pc.ascii_trim_whitespace(time))
    num_shown, items = _words(shown)
    clicked, passed = (_mask(pc.ends_with(items, end)) for end in ("-1", "-0"))
    candidates = row_numbers(pc.binary_slice(items.cast(pa.binary()), 0, -2), article_ids)
    owners = np.repeat(np.arange(len(num_shown)), num_shown)
    good[owners[~(clicked | passed) | (candidates < 0)]] = False
    good &= num_shown > 0
    for column in (impression_id, user_id):
        good &= pc.greater(pc.binary_length(column), 0).to_numpy(zero_copy_only=False)
    num_read, read = _words(history)
    known, unknown = known_history(num_read, row_numbers(read, article_ids))
    columns = {
        "impression_id": impression_id,
        "user_id": user_id,
        "time_s": pa.array(times),
        "history": known,
        "unknown": pa.array(unknown),
        "candidates": lists(num_shown, candidates),
        "clicked": lists(num_shown, clicked),
    }
    is_quick[np.flatnonzero(is_quick)[~good]] = False
    if not good.all():
        columns = {name: column.filter(pa.array(good)) for name, column in columns.items()}
    if is_quick.all():
        return columns, []
    return columns, [entry for entry, quick in zip(block.lines(), is_quick, strict=True) if not quick]


def _lines(data: bytes) -> tuple[pa.StringArray, NDArray[np.bool_]]:
    """Lines with their ends, and whether a line is of usual text."""
    buffer = np.frombuffer(data, np.uint8)
    ends = np.flatnonzero(buffer == ord("\n")) + 1
    offsets = np.concatenate([[0], ends, [len(data)] if data and not data.endswith(b"\n") else []]).astype(np.int32)
    usual = np.diff(offsets) <= MAX_LINE_BYTES
    if not data.isascii() or any(blank in data for blank in _ODD_BLANKS):
        places = np.flatnonzero((buffer >= 0x80) | ((buffer >= 0x1C) & (buffer <= 0x1F)))
        usual[np.searchsorted(offsets, places, side="right") - 1] = False
    raw = pa.BinaryArray.from_buffers(pa.binary(), len(offsets) - 1, [None, pa.py_buffer(offsets), pa.py_buffer(data)])
    if not usual.all():
        raw = pc.if_else(pa.array(usual), raw, b"")
    return raw.cast(pa.string()), usual


def _words(texts: pa.StringArray) -> tuple[NDArray[np.int64], pa.StringArray]:
    """How many words each text has, and all of them end to end."""
    trimmed = pc.ascii_trim_whitespace(texts)
    words = pc.ascii_split_whitespace(pc.if_else(pc.equal(trimmed, ""), pa.scalar(None, pa.string()), trimmed))
    lengths = pc.fill_null(pc.list_value_length(words), 0).to_numpy(zero_copy_only=False).astype(np.int64)
    return lengths, words.flatten()


def _seconds(texts: pa.StringArray) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Seconds UTC of times as in `11/13/2019 12:12:18 AM`, and whether each is one."""
    fields = pc.extract_regex(texts, _TIME)
    good = _mask(pc.is_valid(fields))
    names = ("month", "day", "year", "hour", "minute", "second")
    numbers = {
        name: pc.fill_null(pc.struct_field(fields, name).cast(pa.int64()), 1).to_numpy(zero_copy_only=False)
        for name in names
    }
    good &= (numbers["month"] >= 1) & (numbers["month"] <= 12) & (numbers["year"] >= 1)
    good &= (numbers["hour"] >= 1) & (numbers["hour"] <= 12) & (numbers["minute"] < 60) & (numbers["second"] < 60)
    months = (numbers["year"] - 1970) * 12 + numbers["month"] - 1
    first, after = (_first_day(months + later) for later in (0, 1))
    good &= (numbers["day"] >= 1) & (numbers["day"] <= after - first)
    is_pm = _mask(pc.fill_null(pc.equal(pc.struct_field(fields, "half"), "P"), False))
    hours = (first + numbers["day"] - 1) * 24 + numbers["hour"] % 12 + 12 * is_pm
    return (hours * 60 + numbers["minute"]) * 60 + numbers["second"], good


def _first_day(months: NDArray[np.int64]) -> NDArray[np.int64]:
    """Days from 1970 to the first of a month, which is counted from January 1970."""
    return months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)


def _mask(found: pa.BooleanArray) -> NDArray[np.bool_]:
    mask: NDArray[np.bool_] = found.to_numpy(zero_copy_only=False)
    return mask.copy()
