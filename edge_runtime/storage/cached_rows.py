"""What ranking needs of every cached article, as columns; a change of the cache makes new ones of the old ones.

A column of names (`Names`) is an array of numbers with one list of what they stand for, so that whatever is the same
for all articles of a topic or source is computed once a name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property
from itertools import chain, repeat
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

Places = NDArray[np.intp]
_SPARE_NAMES = 1000  # that no row has any more, before a column of names is made anew


class Names(Sequence[str]):
    """A column of names: a number for each row, and what the numbers stand for.

    Columns that grew out of one another share `names`, which only grows.
    """

    __slots__ = ("_numbers", "codes", "names")

    def __init__(self, codes: NDArray[np.int32], names: list[str], numbers: dict[str, int]) -> None:
        """Take what `of` makes."""
        self.codes = codes  # (num_rows,) places in `names`
        self.names = names  # each once; some may be of no row
        self._numbers = numbers

    @classmethod
    def of(cls, column: Iterable[str]) -> Names:
        """The names of rows."""
        none = cls(np.zeros(0, np.int32), [], {})
        none.codes = none._coded(column)
        return none

    def named_codes(self) -> NDArray[np.int32]:
        """(num_rows,) the numbers, and -1 for a row without a name."""
        none = self._numbers.get("")
        return self.codes if none is None else np.where(self.codes == none, np.int32(-1), self.codes)

    def different(self) -> list[str]:
        """The names that rows have, each once."""
        return [self.names[code] for code in np.unique(self.codes).tolist()]

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

    def changed(self, blocks: Sequence[slice], places: Places, fresh: Names) -> Names:
        """See `CachedRows.changed`."""
        codes = _changed(self.codes, blocks, places, self._coded(fresh))
        if len(self.names) > 2 * len(codes) + _SPARE_NAMES:
            return Names.of(self.names[code] for code in codes.tolist())
        return Names(codes, self.names, self._numbers)

    def _coded(self, column: Iterable[str]) -> NDArray[np.int32]:
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


@dataclass(frozen=True, slots=True)
class RowVersions:
    """Which rows of the cache's table some rows are, and which reading of each."""

    numbers: NDArray[np.int64]  # (num_articles,) rising, as the table has them
    readings: NDArray[np.int64]  # (num_articles,) a row that was read anew has another one
    number_of: dict[str, int]  # by article id; shared with rows that came of these, and kept up to the latest


@dataclass(frozen=True, eq=False)
class CachedRows:
    """What ranking needs of every cached article, in order of arrival."""

    article_ids: list[str]
    titles: list[str]
    categories: Names  # as the publisher gave them
    topics: Names  # of the analysis; the category where it made none
    sources: Names
    stories: Names  # "" where an article is of no known story
    vectors: NDArray[np.float32]  # (num_articles, dim)
    words: NDArray[np.int16]  # (num_articles, title_words.WORDS_KEPT), 0 for no word
    published_s: NDArray[np.float64]  # seconds UTC; arrival where not given
    added_s: NDArray[np.float64]  # arrival, seconds UTC
    shown: NDArray[np.float64]  # by the publisher's count; 0 where not given
    clicked: NDArray[np.float64]
    languages: Names  # as the publisher gave them; "" where it gave none
    versions: RowVersions | None = None  # of rows that are not the cache's own there is none

    def __len__(self) -> int:
        return len(self.article_ids)

    def places_of(self, article_ids: Iterable[str]) -> Places:
        """Where each article is; -1 for one that is not here."""
        if self.versions is None:
            return np.array([self._place_of.get(name, -1) for name in article_ids], np.intp)
        numbers, number_of = self.versions.numbers, self.versions.number_of
        wanted = np.fromiter(map(number_of.get, article_ids, repeat(-1)), np.int64)
        if not len(numbers):
            return np.full(len(wanted), -1, np.intp)
        places = np.minimum(np.searchsorted(numbers, wanted), len(numbers) - 1)
        return np.where(numbers[places] == wanted, places, -1)

    def are_among(self, article_ids: Iterable[str]) -> NDArray[np.bool_]:
        """(num_articles,) whether each row's article is one of these."""
        among = np.zeros(len(self), bool)
        places = self.places_of(article_ids)
        among[places[places >= 0]] = True
        return among

    @cached_property
    def _place_of(self) -> dict[str, int]:
        return {name: place for place, name in enumerate(self.article_ids)}

    def taken(self, places: Places) -> CachedRows:
        """Some rows, in that order; one may come several times."""
        columns: dict[str, Any] = {"versions": None}
        for field in fields(self):
            column = getattr(self, field.name)
            if isinstance(column, list):
                columns[field.name] = [column[place] for place in places]
            elif isinstance(column, Names):
                columns[field.name] = column.taken(places)
            elif column is not None and field.name != "versions":
                columns[field.name] = column[places]
        return CachedRows(**columns)

    def repeated(self, place: int, vectors: NDArray[np.float32], words: NDArray[np.int16]) -> CachedRows:
        """The row at a place once for each of (n, dim) vectors and (n, WORDS_KEPT) words, in the place of its own."""
        return replace(self.taken(np.full(len(vectors), place, np.intp)), vectors=vectors, words=words)

    def changed(self, changed: Iterable[str], fresh: CachedRows) -> CachedRows:
        """These rows after a change of the cache; both must be the cache's own.

        Args:
            changed: Ids of the articles that came, went, or are not what they were.
            fresh: The rows that the cache now has of them.
        """
        if self.versions is None or fresh.versions is None:
            raise ValueError("rows that are not of the cache's table cannot follow its changes")
        number_of, number_now = self.versions.number_of, fresh.versions.number_of
        changed = set(changed)
        stays = np.ones(len(self), bool)
        before = self.places_of(name for name in changed if number_now.get(name) != number_of.get(name))
        stays[before[before >= 0]] = False
        blocks = _blocks_of(stays)
        numbers, added = self.versions.numbers[stays], fresh.versions.numbers
        places = np.searchsorted(numbers, added)
        if len(numbers):
            places[numbers[np.minimum(places, len(numbers) - 1)] != added] = len(numbers)
        is_new = places == len(numbers)
        places[is_new] += np.arange(is_new.sum())
        columns: dict[str, Any] = {}
        for field in fields(self):
            column, more = getattr(self, field.name), getattr(fresh, field.name)
            if isinstance(column, Names):
                columns[field.name] = column.changed(blocks, places, more)
            elif field.name != "versions":
                columns[field.name] = _changed(column, blocks, places, more)
        # Last, as the rows before share it: an error on the way leaves them as they are.
        for name in changed - number_now.keys():
            number_of.pop(name, None)
        number_of.update(number_now)
        columns["versions"] = RowVersions(
            _changed(self.versions.numbers, blocks, places, added),
            _changed(self.versions.readings, blocks, places, fresh.versions.readings),
            number_of,
        )
        return CachedRows(**columns)

    def kept_from(self, before: CachedRows) -> tuple[list[tuple[slice, slice]], Places]:
        """What is as it was.

        Returns:
            Runs of rows, where they were and where they are, and the places of all the other rows here.
        """
        ours, theirs = self.versions, before.versions
        if ours is None or theirs is None or not len(self) or not len(before):
            return [], np.arange(len(self))
        was = np.minimum(np.searchsorted(theirs.numbers, ours.numbers), len(before) - 1)
        is_same = (theirs.numbers[was] == ours.numbers) & (theirs.readings[was] == ours.readings)
        now = np.flatnonzero(is_same)
        was = was[now]
        ends = np.flatnonzero((np.diff(was) != 1) | (np.diff(now) != 1)) + 1
        runs = []
        for begin, end in zip([0, *ends.tolist()], [*ends.tolist(), len(now)], strict=True):
            if end > begin:
                runs.append((slice(was[begin], was[begin] + end - begin), slice(now[begin], now[begin] + end - begin)))
        return runs, np.flatnonzero(~is_same)


def _blocks_of(stays: NDArray[np.bool_]) -> list[slice]:
    """The runs of rows that stay."""
    edges = np.flatnonzero(np.diff(stays, prepend=False, append=False))
    return [slice(begin, end) for begin, end in edges.reshape(-1, 2).tolist()]


def _changed(column: Any, blocks: Sequence[slice], places: Places, fresh: Any) -> Any:
    """A column without the rows between the blocks, and with fresh rows at their places or behind the others."""
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
    changed = np.concatenate([*(column[block] for block in blocks), fresh[is_new]]).astype(column.dtype, copy=False)
    changed[places[~is_new]] = fresh[~is_new]
    return changed
