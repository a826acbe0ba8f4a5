"""Reads FlatBuffers without trust: every offset is checked against the bytes before it is followed.

A table is a block of fields, each of which may be missing; a vtable before or after it says where they lie. Nothing is
walked further than a caller asks for, so an offset that points back to an earlier table does no harm.
See https://flatbuffers.dev/internals.
"""

from __future__ import annotations

import struct

import numpy as np
from numpy.typing import DTypeLike, NDArray

from edge_runtime.errors import DamagedModelError

_FORMATS = {name: struct.Struct(f"<{name}") for name in "bBhHiIqQf"}


class Table:
    """One table in the bytes of a file; fields are named by their numbers in the schema."""

    __slots__ = ("_at", "_data", "_vtable", "_vtable_size")

    def __init__(self, data: bytes, at: int) -> None:
        """Look at a table.

        Args:
            data: The whole file.
            at: Where the table begins.

        Raises:
            DamagedModelError: It does not lie in the file.
        """
        self._data, self._at = data, at
        self._vtable = at - _number(data, at, "i")
        self._vtable_size = _number(data, self._vtable, "H")

    def number(self, field: int, kind: str, missing: float = 0) -> int:
        """A whole number.

        Args:
            field: Its number.
            kind: As `struct` names it: b, B, h, H, i, I, q or Q.
            missing: What a missing field stands for.
        """
        return int(self.real(field, kind, missing))

    def real(self, field: int, kind: str = "f", missing: float = 0) -> float:
        """A number that may be a fraction; see `number`."""
        at = self._field(field)
        return _number(self._data, at, kind) if at else missing

    def table(self, field: int) -> Table | None:
        """A table that a field points to."""
        at = self._target(field)
        return Table(self._data, at) if at else None

    def tables(self, field: int, limit: int) -> list[Table]:
        """The tables of a vector; none if it is missing.

        Raises:
            DamagedModelError: There are more than `limit`, or one does not lie in the file.
        """
        offsets = self.array(field, "<u4", limit).tolist()
        begin = self._target(field) + 4
        return [Table(self._data, begin + 4 * place + offset) for place, offset in enumerate(offsets)]

    def array(self, field: int, dtype: DTypeLike, limit: int) -> NDArray[np.generic]:
        """The numbers of a vector, as a view of the file; empty if it is missing.

        Args:
            field: Its number.
            dtype: Of one number, little-endian.
            limit: Most that there may be.

        Raises:
            DamagedModelError: There are more, or they do not lie in the file.
        """
        at, kind = self._target(field), np.dtype(dtype)
        if not at:
            return np.empty(0, kind)
        count = _number(self._data, at, "I")
        if count > limit:
            raise DamagedModelError(f"a vector at byte {at} of the model has {count} entries; at most {limit} are read")
        if at + 4 + count * kind.itemsize > len(self._data):
            raise DamagedModelError(
                f"a vector at byte {at} of the model ends after the file, which has {len(self._data)}"
            )
        return np.frombuffer(self._data, kind, count, at + 4) if count else np.empty(0, kind)

    def text(self, field: int, limit: int) -> str:
        """A string, whatever its bytes are; empty if it is missing."""
        return self.array(field, "u1", limit).tobytes().decode("utf-8", "replace")

    def _field(self, field: int) -> int:
        """Where a field lies; 0 if it is missing."""
        place = 4 + 2 * field
        offset = _number(self._data, self._vtable + place, "H") if place + 2 <= self._vtable_size else 0
        return self._at + offset if offset else 0

    def _target(self, field: int) -> int:
        """Where a field points to; 0 if it is missing."""
        at = self._field(field)
        return at + _number(self._data, at, "I") if at else 0


def root_table(data: bytes, identifier: bytes) -> Table:
    """The table that a file begins with.

    Raises:
        DamagedModelError: The file has another identifier, or the table does not lie in it.
    """
    if data[4:8] != identifier:
        raise DamagedModelError(f"the model is no {identifier.decode()} file: it begins with {data[:8]!r}")
    return Table(data, _number(data, 0, "I"))


def _number(data: bytes, at: int, kind: str) -> int:
    form = _FORMATS[kind]
    if not 0 <= at <= len(data) - form.size:
        raise DamagedModelError(f"the model points to byte {at}, but has {len(data)}")
    value: int = form.unpack_from(data, at)[0]
    return value
