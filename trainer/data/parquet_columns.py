"""Columns of parquet files as the trainer reads them, whatever type a program has stored them in.

An id is text. pandas writes whole numbers as floats as soon as one is missing, so 1000.0 is the id "1000". Repeated
values may be stored as a dictionary, texts and lists as views or with large offsets.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as kinds

from trainer.errors import LogError

# Above, not every whole number is a float: an id may have become another one.
_EXACT = {pa.float16(): 2**11, pa.float32(): 2**24, pa.float64(): 2**53}


def as_ids(column: pa.Array, where: str, first_row: int = 1) -> pa.Array:
    """Ids as strings; null where there is none.

    Args:
        column: Of whole numbers, whole floats or texts.
        where: For the error: the file and the column.
        first_row: Number of the column's first row in the file, for the error.

    Raises:
        LogError: Of another type, or a number that is no id.
    """
    return _ids(column, where, lambda at: first_row + at)


def _ids(column: pa.Array, where: str, row_of: Callable[[int], int]) -> pa.Array:
    column = decoded(column)
    if kinds.is_floating(column.type):
        return _whole(column, where, row_of).cast(pa.string())
    if kinds.is_integer(column.type) or _is_text(column.type) or (kinds.is_decimal(column.type) and not _scale(column)):
        return column.cast(pa.string())
    if kinds.is_null(column.type):
        return column.cast(pa.string())
    raise LogError(f"{where} is of type {column.type}, not of whole numbers or texts; convert it")


def as_id_lists(column: pa.Array, where: str, first_row: int = 1) -> pa.Array:
    """Lists of ids as a dictionary of strings, null where there is no list; a missing id in one is "".

    Args:
        column: Of lists of any kind, of what `as_ids` takes.
        where: As for `as_ids`.
        first_row: Likewise; the error names the row of the list.

    Raises:
        LogError: Of another type, or a number in a list is no id.
    """
    column = decoded(column)
    if not is_lists(column.type):
        raise LogError(f"{where} is of type {column.type}, not a list; convert it")
    # Not by a cast: in pyarrow 26 that of a list_view to a list gives wrong offsets.
    ends = np.cumsum(pc.fill_null(pc.list_value_length(column), 0).to_numpy(zero_copy_only=False), dtype=np.int64)
    values = column.flatten()
    codes = values if kinds.is_dictionary(values.type) else values.dictionary_encode()

    def row_of(code: int) -> int:
        return first_row + int(np.searchsorted(ends, pc.index(codes.indices, code).as_py(), side="right"))

    # Each different id is looked at once: the same articles come again and again.
    different = pc.fill_null(_ids(codes.dictionary, where, row_of), "")
    different = pa.concat_arrays([different, pa.array([""])])
    indices = pc.fill_null(codes.indices.cast(pa.int32()), len(different) - 1)
    once = different.dictionary_encode()  # null and NaN are the same missing id
    ids = pa.DictionaryArray.from_arrays(once.indices.take(indices), once.dictionary)
    offsets = pa.array(np.concatenate([[0], ends]), pa.int64())
    return pa.LargeListArray.from_arrays(offsets, ids, mask=column.is_null())


def as_texts(column: pa.Array, where: str) -> pa.Array:
    """Texts as strings.

    Raises:
        LogError: Of another type.
    """
    column = decoded(column)
    if not (_is_text(column.type) or kinds.is_null(column.type)):
        raise LogError(f"{where} is of type {column.type}, not a string; convert it")
    return column.cast(pa.string())


def as_times(column: pa.Array, where: str) -> pa.Array:
    """Times in microseconds, which is what `datetime` has; pandas writes nanoseconds.

    Raises:
        LogError: Of another type.
    """
    column = decoded(column)
    if not kinds.is_timestamp(column.type):
        raise LogError(f"{where} is of type {column.type}, not a timestamp; convert it")
    return column.cast(pa.timestamp("us", column.type.tz), safe=False)


def decoded(column: pa.Array) -> pa.Array:
    """A column without a dictionary."""
    return column.dictionary_decode() if kinds.is_dictionary(column.type) else column


def is_lists(kind: pa.DataType) -> bool:
    """Whether a type is one of lists."""
    tests = (kinds.is_list, kinds.is_large_list, kinds.is_fixed_size_list, kinds.is_list_view, kinds.is_large_list_view)
    return any(test(kind) for test in tests)


def _is_text(kind: pa.DataType) -> bool:
    return bool(kinds.is_string(kind) or kinds.is_large_string(kind) or kinds.is_string_view(kind))


def _scale(column: pa.Array) -> int:
    return int(column.type.scale)


def _whole(column: pa.Array, where: str, row_of: Callable[[int], int]) -> pa.Array:
    """Floats as whole numbers; refuses what is none, or too large to be told from its neighbours."""
    present = column.cast(pa.float64())
    present = pc.if_else(pc.is_nan(present), pa.scalar(None, pa.float64()), present)
    most = _EXACT[column.type]
    wrong = pc.or_(pc.not_equal(pc.floor(present), present), pc.greater_equal(pc.abs(present), float(most)))
    at = pc.index(pc.fill_null(wrong, False), True).as_py()
    if at >= 0:
        value = present[at].as_py()
        reason = "is no whole number" if abs(value) < most else f"may be any of several ids: {column.type} is too short"
        raise LogError(f"{where}: {value!r} in row {row_of(at)} {reason}; write ids as whole numbers or texts")
    return present.cast(pa.int64())
