"""A column of names as an array of numbers, so that what is the same for all rows of a name is computed once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import overload

import numpy as np
from numpy.typing import NDArray

from edge_runtime.storage.columns import Places, Spare, changed_column

_SPARE_NAMES = 1000  # that no row has any more, before a column of names is made anew


@dataclass(frozen=True, slots=True)
class Groups:
    """The rows that share a name with another one, name by name."""

    members: Places  # (num_members,) rising within each group
    firsts: Places  # (num_groups,) where among the members each group begins
    group: Places  # (num_members,) which group each member is of

    def without(self, rows: NDArray[np.bool_]) -> Groups:
        """The groups without some of all rows."""
        stays = ~rows[self.members]
        return _grouped(self.members[stays], self.group[stays])


def groups_of(codes: NDArray[np.int32]) -> Groups:
    """The groups of rows by number; -1 is no name.

    Args:
        codes: (num_rows,).
    """
    is_named = codes >= 0
    sizes = np.bincount(codes[is_named], minlength=1)
    members = np.flatnonzero(is_named & (sizes[codes] > 1))
    members = members[np.argsort(codes[members], kind="stable")]
    return _grouped(members, codes[members])


def _grouped(members: Places, keys: NDArray[np.integer]) -> Groups:
    """Rows of one key side by side as groups, without those that are alone."""
    begins = np.diff(keys, prepend=-1) != 0
    alone = begins & np.append(begins[1:], True)
    members, begins = members[~alone], begins[~alone]
    return Groups(members, np.flatnonzero(begins), np.cumsum(begins) - 1)


class Names(Sequence[str]):
    """A column of names: a number for each row, and what the numbers stand for.

    Columns that grew out of one another share `names`, which only grows.
    """

    __slots__ = ("_groups", "_numbers", "codes", "names")

    def __init__(self, codes: NDArray[np.int32], names: list[str], numbers: dict[str, int]) -> None:
        """Take what `of` makes."""
        self.codes = codes  # (num_rows,) places in `names`
        self.names = names  # each once; some may be of no row
        self._numbers = numbers
        self._groups: Groups | None = None

    @classmethod
    def of(cls, column: Iterable[str]) -> Names:
        """The names of rows."""
        none = cls(np.zeros(0, np.int32), [], {})
        none.codes = none.coded(column)
        return none

    def named_codes(self) -> NDArray[np.int32]:
        """(num_rows,) the numbers, and -1 for a row without a name."""
        none = self._numbers.get("")
        return self.codes if none is None else np.where(self.codes == none, np.int32(-1), self.codes)

    def different(self) -> list[str]:
        """The names that rows have, each once."""
        counts = np.bincount(self.codes.astype(np.intp, copy=False), minlength=len(self.names))
        return [self.names[code] for code in np.flatnonzero(counts).tolist()]

    def where(self, fits: Callable[[str], bool]) -> NDArray[np.bool_]:
        """(num_rows,) which rows have a name that fits; each name is asked about once."""
        return np.array([*map(fits, self.names), False], bool)[self.codes]

    def places_by(self, key: Callable[[str], str]) -> dict[str, list[int]]:
        """Key of a name -> places of the rows with that key, rising."""
        found: dict[str, list[int]] = {}
        keys = Names.of(map(key, self.names))
        codes = keys.codes[self.codes]
        order = np.argsort(codes, kind="stable")
        ends = np.cumsum(np.bincount(codes, minlength=len(keys.names))).tolist()
        for name, begin, end in zip(keys.names, [0, *ends], ends, strict=False):
            if end > begin:
                found[name] = order[begin:end].tolist()
        return found

    def taken(self, places: Places) -> Names:
        """The names of some rows, in that order."""
        return Names(self.codes[places], self.names, self._numbers)

    def groups(self) -> Groups:
        """The rows that share a name."""
        if self._groups is None:
            self._groups = groups_of(self.named_codes())
        return self._groups

    def code_of(self, name: str) -> int:
        """The number of a name; -1 for one that is of no row."""
        return self._numbers.get(name, -1)

    def changed(self, blocks: Sequence[slice], places: Places, fresh: Names, spare: tuple[Spare, str]) -> Names:
        """See `columns.changed_column`."""
        codes = changed_column(self.codes, blocks, places, self.coded(fresh), spare)
        if len(self.names) > 2 * len(codes) + _SPARE_NAMES:
            return Names.of(self.names[code] for code in codes.tolist())
        return Names(codes, self.names, self._numbers)

    def coded(self, column: Iterable[str]) -> NDArray[np.int32]:
        """The numbers of more rows' names, which are kept."""
        numbers, known = self._numbers, len(self.names)
        codes = np.array([numbers.setdefault(name, len(numbers)) for name in column], np.int32)
        self.names.extend(list(numbers)[known:] if len(numbers) > known else ())
        return codes

    def __len__(self) -> int:
        return len(self.codes)

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> list[str]: ...
    def __getitem__(self, place: int | slice) -> str | list[str]:
        if isinstance(place, slice):
            return [self.names[code] for code in self.codes[place].tolist()]
        return self.names[int(self.codes[place])]

    def __iter__(self) -> Iterator[str]:
        return map(self.names.__getitem__, self.codes.tolist())

    def __eq__(self, other: object) -> bool:
        return list(self) == list(other) if isinstance(other, Sequence) else NotImplemented

    __hash__ = None  # type: ignore[assignment]
