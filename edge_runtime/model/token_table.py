"""The token table on the device: word vectors as rounded rows or as product-quantized parts, read where they lie.

The bytes may be a slice of a memory-mapped bundle: of a table of rows a title touches only its own. Codes of parts are
unpacked once, at the first title. Layout of the bytes, n tokens:

    rows, 32 or 16 bits    float32 or float16 numbers, row by row
    rows, 8 to 2 bits      a float16 scale for each row, then the codes row by row, `pack_codes`
    parts                  a float16 scale for each part, the int8 code books (parts, 2 ** bits, dim / parts), then the
                           codes row by row, `pack_codes`: a row is the chosen entry of each part's book, end to end
                           (product quantization, Jegou et al., TPAMI 2011)
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, pairwise
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from edge_runtime.model.packed_codes import pack_codes, packed_bytes, unpack_codes

SCALE_BYTES = 2  # one little-endian float16
FLOAT_BITS = {32: "<f4", 16: "<f2"}
CODE_BITS = (8, 4, 3, 2)
MAX_PART_BITS = 8
# Where a code stands between the steps of its scale. Few levels are better all used: -3.5 to 3.5 with 3 bits.
_OFFSETS = {8: 0.0, 4: 0.0, 3: 0.5, 2: 0.5}
_FLOAT16_MOST = 65504.0
MOST_UNPACKED_BYTES = 1 << 20  # the codes of a larger table are unpacked title by title
_TOGETHER = 64  # titles whose vectors are looked up at once
_ONES = np.ones(64, np.float32)


def _levels(bits: int, together: int) -> NDArray[np.float32]:
    """(2 ** (bits * together), together): in steps of the scale, the numbers that so many codes side by side stand for.

    To look up whole bytes makes the sum of a title's rows three times as fast as to unpack their codes.
    """
    sides = np.arange(1 << bits * together)[:, None] >> np.arange(bits * (together - 1), -1, -bits)
    levels: NDArray[np.float32] = (sides % (1 << bits) - 2 ** (bits - 1) + _OFFSETS[bits]).astype(np.float32)
    return levels


_LEVELS = {8: _levels(8, 1), 4: _levels(4, 2), 3: _levels(3, 1), 2: _levels(2, 4)}


TABLE_KINDS = ("rows", "parts")


@dataclass(frozen=True, slots=True)
class TableFormat:
    """How a table is stored, as the manifest says it."""

    kind: str = "rows"  # one of TABLE_KINDS
    bits: int = 8  # of a number in a row, or of a part's code
    parts: int = 0  # of a row; 0 if it is not in parts

    def check(self, dim: int) -> None:
        """Refuse what no table can be.

        Raises:
            ValueError: An unknown kind, or numbers that do not fit it.
        """
        if type(self.bits) is not int or type(self.parts) is not int:
            raise ValueError(f"a table's bits {self.bits!r} and parts {self.parts!r} are not both whole numbers")
        if self.kind == "rows":
            if self.bits not in (*FLOAT_BITS, *CODE_BITS) or self.parts:
                raise ValueError(f"a table of rows has {self.bits} bits; possible are 32, 16, 8, 4, 3 and 2, no parts")
        elif self.kind == "parts":
            if not 1 <= self.bits <= MAX_PART_BITS:
                raise ValueError(f"a part's code has {self.bits} bits; possible are 1 to {MAX_PART_BITS}")
            if self.parts < 1 or dim % self.parts:
                raise ValueError(f"{dim} dimensions cannot be cut into {self.parts} equal parts")
        else:
            raise ValueError(f"table kind {self.kind!r} is not known")

    def size_bytes(self, num_tokens: int, dim: int) -> int:
        """Bytes of a table of so many tokens and dimensions in this format."""
        if self.kind == "parts":
            books = self.parts * SCALE_BYTES + (1 << self.bits) * dim
            return books + num_tokens * packed_bytes(self.parts, self.bits)
        scales = 0 if self.bits in FLOAT_BITS else SCALE_BYTES
        return num_tokens * (scales + packed_bytes(dim, self.bits))


class TokenTable(Protocol):
    """Vectors of tokens, by the token's number; the same face for every way to store them."""

    @property
    def format(self) -> TableFormat:
        """How the numbers are stored, as the bundle's manifest says it."""

    @property
    def shape(self) -> tuple[int, int]:
        """How many tokens, and how many dimensions a vector has."""

    def rows(self, token_ids: Sequence[int] | NDArray[np.int64]) -> NDArray[np.float32]:
        """Vectors of some tokens.

        Args:
            token_ids: (n,) numbers from 0 to below `shape[0]`; one may come several times.

        Returns:
            (n, dim) float32, in their order.
        """

    def total(self, token_ids: Sequence[int] | NDArray[np.int64]) -> NDArray[np.float32]:
        """The sum of `rows`, faster: a device asks it of each title.

        Args:
            token_ids: (n,) as for `rows`.

        Returns:
            (dim,) float32.
        """

    def totals(self, titles: Sequence[Sequence[int]]) -> NDArray[np.float32]:
        """The `total` of each title's tokens.

        Args:
            titles: Numbers as for `rows`, title by title.

        Returns:
            (len(titles), dim) float32, row by row the very numbers that `total` gives.
        """

    def to_bytes(self) -> bytes:
        """The table's bytes, as the module's docstring lays them out."""


@dataclass(frozen=True, slots=True)
class FloatRows:
    """A table of float32 or float16 numbers, stored as they are."""

    numbers: NDArray[np.float32] | NDArray[np.float16]  # (num_tokens, dim)

    @property
    def format(self) -> TableFormat:
        """Rows of 32 or 16 bits, as the numbers are held."""
        return TableFormat("rows", 8 * self.numbers.dtype.itemsize)

    @property
    def shape(self) -> tuple[int, int]:
        """As `TokenTable.shape`."""
        return self.numbers.shape[0], self.numbers.shape[1]

    def rows(self, token_ids: Sequence[int] | NDArray[np.int64]) -> NDArray[np.float32]:
        """(len(token_ids), dim) float32: see `TokenTable.rows`."""
        return self._taken(token_ids).astype(np.float32)

    def total(self, token_ids: Sequence[int] | NDArray[np.int64]) -> NDArray[np.float32]:
        """(dim,) float32: see `TokenTable.total`."""
        summed: NDArray[np.float32] = np.add.reduce(self._taken(token_ids), axis=0, dtype=np.float32)
        return summed

    def totals(self, titles: Sequence[Sequence[int]]) -> NDArray[np.float32]:
        """(len(titles), dim) float32: see `TokenTable.totals`."""
        return np.array([self.total(token_ids) for token_ids in titles])

    def _taken(self, token_ids: Sequence[int] | NDArray[np.int64]) -> NDArray[np.float32] | NDArray[np.float16]:
        return self.numbers.take(_places(token_ids), axis=0)

    def to_bytes(self) -> bytes:
        """The rows one after another, little-endian, in the format's width."""
        return self.numbers.astype(FLOAT_BITS[self.format.bits]).tobytes()


@dataclass(frozen=True, slots=True)
class CodedRows:
    """Row i is (code + offset) * scales[i]; the offset is 0, or a half for 2 and 3 bits."""

    packed: NDArray[np.uint8]  # (num_tokens, bytes of a row), from `pack_codes`
    scales: NDArray[np.float16]  # (num_tokens,)
    bits: int
    dim: int

    @property
    def format(self) -> TableFormat:
        """Rows of 8, 4, 3 or 2 bits a number."""
        return TableFormat("rows", self.bits)

    @property
    def shape(self) -> tuple[int, int]:
        """As `TokenTable.shape`."""
        return len(self.packed), self.dim

    def rows(self, token_ids: Sequence[int] | NDArray[np.int64]) -> NDArray[np.float32]:
        """(len(token_ids), dim) float32: see `TokenTable.rows`."""
        levels, scales = self._taken(token_ids)
        vectors: NDArray[np.float32] = levels * scales[:, None]
        return vectors

    def total(self, token_ids: Sequence[int] | NDArray[np.int64]) -> NDArray[np.float32]:
        """(dim,) float32: see `TokenTable.total`."""
        levels, scales = self._taken(token_ids)
        summed: NDArray[np.float32] = scales @ levels
        return summed

    def totals(self, titles: Sequence[Sequence[int]]) -> NDArray[np.float32]:
        """(len(titles), dim) float32: see `TokenTable.totals`."""
        return np.array([self.total(token_ids) for token_ids in titles])

    def _taken(self, token_ids: Sequence[int] | NDArray[np.int64]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """(n, dim) codes with their offset, and (n,) scales."""
        places = _places(token_ids)
        packed = self.packed.take(places, axis=0)
        if self.bits == 3:  # the one kind whose codes cross bytes
            packed = unpack_codes(packed, self.dim, self.bits)
        levels = _LEVELS[self.bits].take(packed, axis=0)  # (n, bytes or codes, codes together)
        levels = levels.reshape(len(places), levels.shape[1] * levels.shape[2])[:, : self.dim]
        return levels, self.scales.take(places).astype(np.float32)

    def to_bytes(self) -> bytes:
        """All scales, little-endian, then the packed codes of all rows."""
        return self.scales.astype("<f2").tobytes() + self.packed.tobytes()


@dataclass(frozen=True)
class CodedParts:
    """Part p of row i is `books[p, code] * scales[p]`."""

    packed: NDArray[np.uint8]  # (num_tokens, bytes of a row), from `pack_codes`
    books: NDArray[np.int8]  # (parts, 2 ** bits, dim / parts)
    scales: NDArray[np.float16]  # (parts,)

    @property
    def format(self) -> TableFormat:
        """Parts and bits as the code books are cut."""
        parts, entries, _ = self.books.shape
        return TableFormat("parts", entries.bit_length() - 1, parts)

    @property
    def shape(self) -> tuple[int, int]:
        """As `TokenTable.shape`."""
        return len(self.packed), self.books.shape[0] * self.books.shape[2]

    def rows(self, token_ids: Sequence[int] | NDArray[np.int64]) -> NDArray[np.float32]:
        """(len(token_ids), dim) float32: see `TokenTable.rows`."""
        return self._taken(token_ids) * self._steps

    def total(self, token_ids: Sequence[int] | NDArray[np.int64]) -> NDArray[np.float32]:
        """(dim,) float32: see `TokenTable.total`."""
        return self._summed(self._taken(token_ids)) * self._steps

    def totals(self, titles: Sequence[Sequence[int]]) -> NDArray[np.float32]:
        """(len(titles), dim) float32: see `TokenTable.totals`."""
        taken = self._taken([number for ids in titles for number in ids])
        ends = [0, *accumulate(map(len, titles))]
        return np.array([self._summed(taken[begin:end]) for begin, end in pairwise(ends)]) * self._steps

    def _taken(self, token_ids: Sequence[int] | NDArray[np.int64]) -> NDArray[np.float32]:
        """(n, dim) entries of the books, whole numbers."""
        places = _places(token_ids)
        known = self._numbers
        numbers = self._unpacked(self.packed.take(places, axis=0)) if known is None else known.take(places, axis=0)
        return self._entries.take(numbers, axis=0).reshape(len(places), len(self._steps))

    @staticmethod
    def _summed(entries: NDArray[np.float32]) -> NDArray[np.float32]:
        """(dim,) the sum of (n, dim) entries."""
        # As a product, faster than a sum. Whole numbers are added exactly, in whatever order.
        ones = _ONES[: len(entries)] if len(entries) <= len(_ONES) else np.ones(len(entries), np.float32)
        summed: NDArray[np.float32] = ones.dot(entries)
        return summed

    @cached_property
    def _numbers(self) -> NDArray[Any] | None:
        """(num_tokens, parts) which of the `_entries` each part of a row is; None where that takes too many bytes."""
        fits = len(self.packed) * self._begins.nbytes <= MOST_UNPACKED_BYTES
        return self._unpacked(self.packed) if fits else None

    def _unpacked(self, packed: NDArray[np.uint8]) -> NDArray[Any]:
        parts, entries, _ = self.books.shape
        codes = unpack_codes(packed, parts, entries.bit_length() - 1)
        return np.ascontiguousarray(codes + self._begins)

    @cached_property
    def _begins(self) -> NDArray[Any]:
        """(parts,) where each book begins in the `_entries`."""
        parts, entries, _ = self.books.shape
        # In two bytes if that is enough, as it is for up to 256 parts.
        return np.arange(0, parts * entries, entries).astype(np.min_scalar_type(parts * entries))

    @cached_property
    def _entries(self) -> NDArray[np.float32]:
        """(parts * 2 ** bits, dim / parts) the books, one after another."""
        return self.books.reshape(-1, self.books.shape[2]).astype(np.float32)

    @cached_property
    def _steps(self) -> NDArray[np.float32]:
        """(dim,) the scale of each number of a row."""
        return np.repeat(self.scales.astype(np.float32), self.books.shape[2])

    def to_bytes(self) -> bytes:
        """The scales of the code books, little-endian, then the books, then the packed codes of all rows."""
        return self.scales.astype("<f2").tobytes() + self.books.tobytes() + self.packed.tobytes()


def pooled(table: TokenTable, token_ids: Sequence[int]) -> NDArray[np.float32]:
    """The direction of the sum of some tokens' vectors.

    Returns:
        (dim,) float32 of length 1; zeros when there is no token or the vectors cancel out.
    """
    return _direction(table.total(token_ids))


def all_pooled(table: TokenTable, titles: Sequence[Sequence[int]]) -> NDArray[np.float32]:
    """`pooled` of each title's tokens, faster than one by one.

    Returns:
        (len(titles), dim) float32.
    """
    if len(titles) == 1:
        return pooled(table, titles[0])[None]
    directions = np.zeros((len(titles), table.shape[1]), np.float32)
    for begin in range(0, len(titles), _TOGETHER):
        for row, total in enumerate(table.totals(titles[begin : begin + _TOGETHER]), begin):
            directions[row] = _direction(total)
    return directions


def _direction(total: NDArray[np.float32]) -> NDArray[np.float32]:
    length = math.sqrt(total.dot(total))
    return total / np.float32(length) if length > 1e-6 else np.zeros_like(total)


def _places(token_ids: Sequence[int] | NDArray[np.int64]) -> NDArray[np.intp]:
    """Token numbers as what `take` wants, of no token too."""
    return np.asarray(token_ids, np.intp)


def quantize_rows(rows: NDArray[np.float32], bits: int = 8) -> CodedRows:
    """Round each row to steps of its own scale.

    With 8 bits the largest value sets the scale, and a value is off by at most half a step. With fewer, a row takes the
    scale of eleven that gives the smallest squared error: few levels are better spent where the values are many.

    Args:
        rows: (num_tokens, dim) float32, finite.
        bits: 8, 4, 3 or 2.

    Returns:
        A table of the same shape.

    Raises:
        ValueError: A row is not finite or beyond what a float16 scale can hold.
    """
    offset, most = _OFFSETS[bits], 2 ** (bits - 1) - 1
    peaks = np.abs(rows).max(axis=1, initial=0.0)
    best = np.zeros(len(rows), np.float16)
    best_codes = np.zeros(rows.shape, np.float32)
    least = np.full(len(rows), np.inf, np.float32)
    for share in (1.0,) if bits == 8 else np.linspace(1.0, 0.3, 11):
        with np.errstate(over="ignore"):
            # Rounded up, so that the largest value never needs a code that is not there.
            scales = np.nextafter((share * peaks / (most + offset)).astype(np.float16), np.float16(np.inf))
        if not np.isfinite(scales).all():
            limit = _FLOAT16_MOST * (most + offset)
            raise ValueError(f"token table has values that are not finite or above {limit:,.0f}: training diverged")
        steps = scales.astype(np.float32)[:, None]
        codes = np.clip(np.rint(rows / steps - offset), -most - 2 * offset, most)
        error = np.square((codes + offset) * steps - rows).sum(axis=1)
        better = error < least
        best[better], best_codes[better], least[better] = scales[better], codes[better], error[better]
    best = np.where(peaks > 0, best, np.float16(0))
    return CodedRows(
        pack_codes((best_codes + 2 ** (bits - 1)).astype(np.uint8), bits), best.astype(np.float16), bits, rows.shape[1]
    )


def float_rows(rows: NDArray[np.float32], bits: int) -> FloatRows:
    """A table of float32 or float16 numbers.

    Args:
        rows: (num_tokens, dim) float32.
        bits: Of a number, 32 or 16.

    Raises:
        ValueError: A number is not finite, or not as a float16.
    """
    with np.errstate(over="ignore"):
        numbers = rows.astype(FLOAT_BITS[bits])
    if not np.isfinite(numbers).all():
        raise ValueError(f"token table has values that are no finite float{bits} numbers: training diverged")
    return FloatRows(numbers)


def join_parts(codes: NDArray[np.uint8], books: NDArray[np.float32]) -> CodedParts:
    """A table of parts, its books rounded to int8.

    Args:
        codes: (num_tokens, parts) entries of the books.
        books: (parts, 2 ** bits, dim / parts) float32.

    Raises:
        ValueError: The number of entries is not a power of two up to 256, or one is not finite or beyond what a
            float16 scale can hold.
    """
    entries = books.shape[1]
    if entries not in [2**bits for bits in range(1, MAX_PART_BITS + 1)]:
        raise ValueError(f"a code book has {entries} entries; possible are 2, 4, 8, ... {2**MAX_PART_BITS}")
    with np.errstate(over="ignore"):
        scales = np.nextafter((np.abs(books).max(axis=(1, 2)) / 127).astype(np.float16), np.float16(np.inf))
    if not np.isfinite(scales).all():
        limit = _FLOAT16_MOST * 127
        raise ValueError(f"code books have values that are not finite or above {limit:,.0f}: training diverged")
    rounded = np.rint(books / scales.astype(np.float32)[:, None, None]).astype(np.int8)
    return CodedParts(pack_codes(codes, entries.bit_length() - 1), rounded, scales)


def all_rows(table: TokenTable) -> NDArray[np.float32]:
    """The vectors of all tokens.

    Returns:
        (num_tokens, dim) float32, in the order of their numbers.
    """
    return table.rows(np.arange(table.shape[0]))


def table_from_bytes(data: bytes | memoryview, num_tokens: int, dim: int, stored: TableFormat) -> TokenTable:
    """View bytes of `to_bytes` as a table, without copying.

    Raises:
        ValueError: The size is not that of such a table, or a number in it is not finite, or a scale negative.
    """
    stored.check(dim)
    expected = stored.size_bytes(num_tokens, dim)
    if len(data) != expected:
        raise ValueError(f"{len(data)} bytes, but {num_tokens} rows of {dim} dimensions take {expected}")
    if stored.kind == "rows" and stored.bits in FLOAT_BITS:
        numbers = np.frombuffer(data, FLOAT_BITS[stored.bits]).reshape(num_tokens, dim)
        if not np.isfinite(numbers).all():
            raise ValueError("a row is not finite")
        return FloatRows(numbers)
    num_scales = stored.parts or num_tokens
    scales = np.frombuffer(data, "<f2", num_scales)
    if not (np.isfinite(scales).all() and (scales >= 0).all()):
        raise ValueError("a scale is negative or not finite")
    rest = np.frombuffer(data, np.uint8, offset=num_scales * SCALE_BYTES)
    if stored.kind == "rows":
        return CodedRows(rest.reshape(num_tokens, -1), scales, stored.bits, dim)
    in_books = (1 << stored.bits) * dim
    books = rest[:in_books].view(np.int8).reshape(stored.parts, 1 << stored.bits, -1)
    return CodedParts(rest[in_books:].reshape(num_tokens, -1), books, scales)
