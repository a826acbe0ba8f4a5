"""What ranking needs of every cached article, as columns; a change of the cache makes new ones of the old ones.

A column of names (`Names`) is an array of numbers with one list of what they stand for, so that whatever is the same
for all articles of a topic or source is computed once a name.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from itertools import repeat
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edge_runtime.content.topic_shares import OtherTopics
from edge_runtime.storage.columns import Places, Spare, blocks_of, changed_column
from edge_runtime.storage.names import Names
from edge_runtime.storage.vectors import Vectors


@dataclass(frozen=True, slots=True)
class RowVersions:
    """Which rows of the cache's table some rows are, and which reading of each."""

    numbers: NDArray[np.int64]  # (num_articles,) rising, as the table has them
    readings: NDArray[np.int64]  # (num_articles,) a row that was read anew has another one
    number_of: dict[str, int]  # by article id; shared with rows that came of these, and kept up to the latest
    spare: Spare = field(default_factory=Spare)  # likewise


@dataclass(frozen=True, eq=False)
class CachedRows:
    """What ranking needs of every cached article, in order of arrival."""

    article_ids: list[str]
    titles: list[str]
    categories: Names  # as the publisher gave them
    topics: Names  # of the analysis; the category where it made none
    sources: Names
    stories: Names  # "" where an article is of no known story
    vectors: Vectors  # (num_articles, dim)
    words: NDArray[np.int16]  # (num_articles, title_words.WORDS_KEPT), 0 for no word
    published_s: NDArray[np.float64]  # seconds UTC; arrival where not given
    added_s: NDArray[np.float64]  # arrival, seconds UTC
    shown: NDArray[np.float64]  # by the publisher's count; 0 where not given
    clicked: NDArray[np.float64]
    topic_probabilities: NDArray[np.float32]  # 1 where the feed gave the topic, 0 where none is known
    other_topics: OtherTopics  # (num_articles, ...) what the text tells beside the topic
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

    def names_at(self, numbers: Iterable[int]) -> set[str]:
        """Ids of the articles that are the rows of some numbers; those that are not here are left out."""
        if self.versions is None:
            raise ValueError("rows that are not of the cache's table have no numbers")
        here = np.isin(self.versions.numbers, np.fromiter(numbers, np.int64))
        return {self.article_ids[place] for place in np.flatnonzero(here)}

    def are_among(self, article_ids: Iterable[str]) -> NDArray[np.bool_]:
        """(num_articles,) whether each row's article is one of these."""
        if self.versions is None:  # one may come several times
            wanted = set(article_ids)
            return np.array([name in wanted for name in self.article_ids], bool)
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
        for one in fields(self):
            column = getattr(self, one.name)
            if isinstance(column, list):
                columns[one.name] = [column[place] for place in places]
            elif isinstance(column, Names | Vectors):
                columns[one.name] = column.taken(places)
            elif column is not None and one.name != "versions":
                columns[one.name] = column[places]
        return CachedRows(**columns)

    def repeated(self, place: int, vectors: NDArray[np.float32], words: NDArray[np.int16]) -> CachedRows:
        """The row at a place once for each of (n, dim) vectors and (n, WORDS_KEPT) words, in the place of its own."""
        return replace(self.taken(np.full(len(vectors), place, np.intp)), vectors=Vectors.of(vectors), words=words)

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
        # The database gives the number of a last row that went again: an article that went and came can have its old
        # number and stand behind one that is new.
        first_new = min((now for name, now in number_now.items() if now != number_of.get(name)), default=math.inf)
        before = self.places_of(
            name
            for name in changed
            if number_now.get(name) != number_of.get(name) or number_now.get(name, 0) > first_new
        )
        stays[before[before >= 0]] = False
        blocks = blocks_of(stays)
        numbers, added = self.versions.numbers[stays], fresh.versions.numbers
        places = np.searchsorted(numbers, added)
        if len(numbers):
            places[numbers[np.minimum(places, len(numbers) - 1)] != added] = len(numbers)
        is_new = places == len(numbers)
        places[is_new] += np.arange(is_new.sum())
        columns: dict[str, Any] = {}
        spare = self.versions.spare
        for one in fields(self):
            column, more = getattr(self, one.name), getattr(fresh, one.name)
            room = spare, one.name
            if isinstance(column, Names | Vectors):
                columns[one.name] = column.changed(blocks, places, more, room)
            elif one.name != "versions":
                columns[one.name] = changed_column(column, blocks, places, more, room)
        # Last, as the rows before share it: an error on the way leaves them as they are.
        for name in changed - number_now.keys():
            number_of.pop(name, None)
        number_of.update(number_now)
        columns["versions"] = RowVersions(
            changed_column(self.versions.numbers, blocks, places, added, (spare, "numbers")),
            changed_column(self.versions.readings, blocks, places, fresh.versions.readings, (spare, "readings")),
            number_of,
            spare,
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
        size = len(before)
        if np.array_equal(ours.readings[:size], theirs.readings) and np.array_equal(
            ours.numbers[:size], theirs.numbers
        ):
            return [(slice(0, size), slice(0, size))], np.arange(size, len(self))
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
