"""Lists that were shown, in memory: arrays, and rows of different lengths."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Ragged:
    """Rows of different lengths, end to end."""

    values: NDArray[np.int32]
    offsets: NDArray[np.int64]  # (num_rows + 1,)

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __getitem__(self, row: int) -> NDArray[np.int32]:
        view: NDArray[np.int32] = self.values[self.offsets[row] : self.offsets[row + 1]]
        return view

    def lengths(self) -> NDArray[np.int64]:
        """(num_rows,) length of each row."""
        return np.diff(self.offsets)

    def expanded(self) -> Ragged:
        """The rows end to end: these."""
        return self

    def taken(self, rows: NDArray[np.int64]) -> Ragged:
        """Some rows, in another order."""
        return Windows(self.values, self.offsets[rows], self.lengths()[rows].astype(np.int32)).expanded()

    def used(self) -> NDArray[np.int32]:
        """Every value that some row has, in any order."""
        return self.values

    def part(self, stays: NDArray[np.bool_], kept: NDArray[np.bool_]) -> Ragged:
        """The kept rows with those of their values that stay.

        Args:
            stays: Aligned with `values`.
            kept: (num_rows,).
        """
        owners = np.repeat(np.arange(len(self)), self.lengths())
        lengths = np.bincount(owners[stays], minlength=len(self))[kept]
        return Ragged(self.values[stays & kept[owners]], np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64))


@dataclass(frozen=True, slots=True)
class Windows:
    """Rows of different lengths that share what they hold: each is a window of one line of values."""

    line: NDArray[np.int32]
    starts: NDArray[np.int64]  # (num_rows,)
    sizes: NDArray[np.int32]  # (num_rows,)

    def __len__(self) -> int:
        return len(self.starts)

    def __getitem__(self, row: int) -> NDArray[np.int32]:
        view: NDArray[np.int32] = self.line[self.starts[row] : self.starts[row] + self.sizes[row]]
        return view

    def lengths(self) -> NDArray[np.int64]:
        """(num_rows,) length of each row."""
        return self.sizes.astype(np.int64)

    def expanded(self) -> Ragged:
        """The rows end to end; what they share is copied."""
        offsets = np.concatenate([[0], np.cumsum(self.lengths())]).astype(np.int64)
        return Ragged(self.line[np.arange(offsets[-1]) + np.repeat(self.starts - offsets[:-1], self.sizes)], offsets)

    def taken(self, rows: NDArray[np.int64]) -> Windows:
        """Some rows, in another order."""
        return Windows(self.line, self.starts[rows], self.sizes[rows])

    def used(self) -> NDArray[np.int32]:
        """Every value that some row has, in any order; the line holds others too."""
        held, size = self.sizes > 0, len(self.line) + 1
        begun = np.bincount(self.starts[held], minlength=size)
        ended = np.bincount((self.starts + self.sizes)[held], minlength=size)
        return self.line[np.cumsum(begun - ended)[:-1] > 0]

    def part(self, stays: NDArray[np.bool_], kept: NDArray[np.bool_]) -> Windows:
        """The kept rows with those of their values that stay.

        Args:
            stays: Aligned with `line`.
            kept: (num_rows,).
        """
        before = np.concatenate([[0], np.cumsum(stays)])
        starts = before[self.starts[kept]]
        return Windows(self.line[stays], starts, (before[(self.starts + self.sizes)[kept]] - starts).astype(np.int32))


@dataclass(frozen=True, slots=True)
class Impressions:
    """Lists that were shown, oldest first; articles are named by their row in the dataset."""

    ids: list[str]
    users: NDArray[np.int32]  # a number for each reader
    times: NDArray[np.int64]  # seconds UTC
    history: Ragged | Windows  # clicks before the impression, oldest first
    candidates: Ragged
    clicked: NDArray[np.bool_]  # aligned with candidates.values

    def __len__(self) -> int:
        return len(self.ids)

    def comparable(self) -> NDArray[np.bool_]:
        """(num_impressions,) whether a list has both a click and an article passed over: others teach no ranking."""
        lists = np.repeat(np.arange(len(self)), self.candidates.lengths())
        clicks = np.bincount(lists, self.clicked, minlength=len(self))
        found: NDArray[np.bool_] = (clicks > 0) & (clicks < self.candidates.lengths())
        return found

    def comparable_clicks(self) -> NDArray[np.int64]:
        """(num_clicks,) places among all shown articles of the clicks in comparable lists."""
        return np.flatnonzero(self.clicked & np.repeat(self.comparable(), self.candidates.lengths()))

    def num_clicks(self) -> int:
        """How many clicks there are to learn from."""
        return len(self.comparable_clicks())

    def longest_histories(self) -> Ragged:
        """One history a reader, the longest one that has at least two clicks; the first of several."""
        lengths = self.history.lengths()
        rows = np.flatnonzero(lengths > 1)
        users = self.users[rows]
        order = np.lexsort((rows, -lengths[rows], users))
        longest = rows[order[np.diff(users[order], prepend=-1) != 0]]
        _, firsts = np.unique(users, return_index=True)
        return self.history.taken(longest[np.argsort(firsts)]).expanded()

    def windows(self, rng: np.random.Generator) -> Sequence[Callable[[], Impressions]]:
        """All of them are in memory: one window, and nothing is drawn."""
        return (lambda: self,)

    def restricted(self, has_text: NDArray[np.bool_]) -> Impressions:
        """What is left when only some articles can be read, such as those with a text in one language.

        Args:
            has_text: (num_articles,) which articles stay, in the lists and in the histories.

        Returns:
            Without the impressions that no longer have both a click and an article that was not clicked; readers
            keep their numbers.
        """
        stays = has_text[self.candidates.values]
        lists = np.repeat(np.arange(len(self)), self.candidates.lengths())
        num_clicks, num_others = (
            np.bincount(lists[stays & kind], minlength=len(self)) for kind in (self.clicked, ~self.clicked)
        )
        kept = (num_clicks > 0) & (num_others > 0)
        line = self.history.values if isinstance(self.history, Ragged) else self.history.line
        return Impressions(
            ids=[self.ids[row] for row in np.flatnonzero(kept)],
            users=self.users[kept],
            times=self.times[kept],
            history=self.history.part(has_text[line], kept),
            candidates=self.candidates.part(stays, kept),
            clicked=self.clicked[stays & kept[lists]],
        )


class Source(Protocol):
    """What training learns from: impressions in memory, or a `Stream` of them from disk."""

    def windows(self, rng: np.random.Generator) -> Sequence[Callable[[], Impressions]]:
        """What to load one after the other in an epoch, each impression once."""

    def num_clicks(self) -> int:
        """How many clicks there are in comparable lists."""

    def longest_histories(self) -> Ragged:
        """Of readers who have one of at least two clicks, the longest."""
