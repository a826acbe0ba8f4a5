"""Articles of a large catalogue, which stay in their file: some neighbours at a time become Python objects."""

from __future__ import annotations

from collections.abc import Sequence
from typing import overload

import pyarrow as pa

from edge_runtime import Article

HELD = 100_000  # articles that are held as objects, 0.8 KB each; of more, some at a time
_BLOCK = 2_048


class StoredArticles(Sequence[Article]):
    """Rows of a table that is mapped into memory, in order; going through them makes the objects anew each time."""

    def __init__(self, table: pa.Table) -> None:
        """Keep the table: a column for each field of `Article`."""
        self._table, self._first = table, -1
        self._block: list[Article] = []

    def __len__(self) -> int:
        return len(self._table)

    @overload
    def __getitem__(self, row: int) -> Article: ...

    @overload
    def __getitem__(self, row: slice) -> list[Article]: ...

    def __getitem__(self, row: int | slice) -> Article | list[Article]:
        if isinstance(row, slice):
            return [self[number] for number in range(*row.indices(len(self)))]
        place = range(len(self))[row]
        first = place - place % _BLOCK
        if first != self._first:
            self._block = _articles(self._table.slice(first, _BLOCK))
            self._first = first
        return self._block[place - first]


def articles_of(table: pa.Table) -> Sequence[Article]:
    """The articles of a table, as objects where they are not too many."""
    return _articles(table) if len(table) <= HELD else StoredArticles(table)


def _articles(table: pa.Table) -> list[Article]:
    return [Article(**row) for row in table.to_pylist()]
