"""A prepared log that is larger than memory: its shards, read a window at a time in an order that a seed gives.

A shard holds all impressions of some readers, whom a hash has chosen: it is a sample of the log over its whole time. An
epoch takes the shards in random order, and as many at once as a window has room for; the impressions of a window are
mixed (as blocks in Xu et al., "In-database machine learning with CorgiPile", SIGMOD 2022). With a window that has room
for the whole log nothing is drawn, and an epoch is that of a log in memory.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from trainer.data.impressions import Impressions, Ragged
from trainer.data.shards import Manifest, impressions_from, open_shard

SAMPLE = 4  # a window has room for so many samples
MAX_READERS = 200_000  # whose longest history is kept


@dataclass(frozen=True, slots=True)
class Block:
    """Impressions of a shard that are read together: all of a part, or each n-th where it is larger than a window."""

    name: str  # of the shard's file, with its folder
    first: int  # row of the part
    rows: int  # of the part
    start: int = 0
    step: int = 1

    def __len__(self) -> int:
        return len(range(self.start, self.rows, self.step))


@dataclass(frozen=True, slots=True)
class Survey:
    """What is known of train after it has been read once."""

    clicks: int  # in comparable lists
    histories: Ragged  # the longest one of a reader, of at most `MAX_READERS` readers


class Stream:
    """Train and dev of a dataset, without ever holding more than a window of them."""

    def __init__(
        self, folder: Path, manifest: Manifest, window: int, has_text: NDArray[np.bool_] | None = None
    ) -> None:
        """Keep what is to be read.

        Args:
            folder: The dataset.
            manifest: Of its shards.
            window: Impressions that are in memory at once, above 0.
            has_text: (num_articles,) as for `Impressions.restricted`, which is done to all; None: nothing is.
        """
        self._folder, self._manifest, self._window, self._has_text = folder, manifest, window, has_text

    def restricted(self, has_text: NDArray[np.bool_]) -> Stream:
        """The same with the articles alone that can be read; see `Impressions.restricted`."""
        return Stream(self._folder, self._manifest, self._window, has_text)

    def windows(self, rng: np.random.Generator) -> Sequence[Callable[[], Impressions]]:
        """Train once, in an order that is drawn unless all of it is one window."""
        blocks = self._blocks(self._window, is_dev=False)
        if sum(map(len, blocks)) > self._window:
            blocks = [blocks[number] for number in rng.permutation(len(blocks))]
        return [partial(self._read, window) for window in _filled(blocks, self._window)]

    def pieces(self, *, is_dev: bool) -> Iterator[Impressions]:
        """Train or dev, shard after shard."""
        return (self._read([block]) for block in self._blocks(self._window, is_dev=is_dev))

    def in_time(self, most: int, *, with_train: bool) -> Iterator[tuple[Impressions, Impressions]]:
        """Train and dev in order of time: of both the same seconds, all readers together.

        Args:
            most: Impressions at once; a minute that has more is not divided.
            with_train: Whether train is read; else it comes empty.
        """
        parts = [(shard.file.name, 0, shard.train) for shard in self._manifest.shards if with_train]
        num_train = len(parts)
        parts += [(shard.file.name, shard.train, shard.dev) for shard in self._manifest.shards]
        minutes: Counter[int] = Counter()
        for part in parts:
            found = np.unique(_times(self._rows(*part)) // 60, return_counts=True)
            minutes.update(dict(zip(*(column.tolist() for column in found), strict=True)))
        for seconds in _spans(minutes, most):
            tables = []
            for part in parts:
                rows = self._rows(*part)
                first, end = np.searchsorted(_times(rows), seconds).tolist()
                tables.append(rows.slice(first, end - first))
            yield self._impressions(tables[:num_train], apart=True), self._impressions(tables[num_train:], apart=True)

    def whole(self, *, is_dev: bool) -> Impressions:
        """All of train or dev, in memory."""
        return self._read(self._blocks(self._window, is_dev=is_dev))

    def sample(self, *, is_dev: bool) -> Impressions:
        """All impressions of the readers of the first shards, at most a quarter of a window."""
        most = max(1, self._window // SAMPLE)
        return self._read(next(_filled(self._blocks(most, is_dev=is_dev), most), []))

    def shown(self, num_articles: int, *, is_dev: bool) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """(num_articles,) twice: which articles are in lists, and which in histories."""
        listed, read = np.zeros((2, num_articles), bool)
        for piece in self.pieces(is_dev=is_dev):
            listed[piece.candidates.values] = read[piece.history.used()] = True
        return listed, read

    def num_clicks(self) -> int:
        """How many clicks of train are in comparable lists."""
        return self._survey.clicks

    def longest_histories(self) -> Ragged:
        """Of readers who have one of at least two clicks, the longest; of so many readers a sample, equal each time."""
        return self._survey.histories

    @cached_property
    def _survey(self) -> Survey:
        clicks, kept = 0, []
        blocks = self._blocks(self._window, is_dev=False)
        share, rng = max(1, MAX_READERS // max(1, len(blocks))), np.random.default_rng(0)
        for piece in self.pieces(is_dev=False):
            clicks += piece.num_clicks()
            longest = piece.longest_histories()
            if len(longest) > share:
                longest = longest.taken(np.sort(rng.choice(len(longest), share, replace=False)))
            kept.append(longest)
        offsets = np.cumsum(np.concatenate([[0], *(longest.lengths() for longest in kept)]))
        values = np.concatenate([np.zeros(0, np.int32), *(longest.values for longest in kept)])
        return Survey(clicks, Ragged(values, offsets))

    def _blocks(self, most: int, *, is_dev: bool) -> list[Block]:
        """Train or dev in blocks of at most so many impressions."""
        found = []
        for shard in self._manifest.shards:
            first, rows = (shard.train, shard.dev) if is_dev else (0, shard.train)
            num_blocks = -(-rows // most)
            # Rows are in order of time, so that a block of neighbours would know a day or two.
            found += [Block(shard.file.name, first, rows, start, num_blocks) for start in range(num_blocks)]
        return found

    def _read(self, blocks: Sequence[Block]) -> Impressions:
        tables = []
        for block in blocks:
            table = self._rows(block.name, block.first, block.rows)
            if block.step > 1:
                table = table.take(np.arange(block.start, block.rows, block.step)).combine_chunks()
            tables.append(table)
        return self._impressions(tables)

    def _rows(self, name: str, first: int, count: int) -> pa.Table:
        return open_shard(self._folder / name).slice(first, count)

    def _impressions(self, tables: Sequence[pa.Table], *, apart: bool = False) -> Impressions:
        found = impressions_from(tables, apart=apart)
        return found if self._has_text is None else found.restricted(self._has_text)


def _filled(blocks: Sequence[Block], window: int) -> Iterator[list[Block]]:
    """Blocks, as many together as a window has room for."""
    together: list[Block] = []
    for block in blocks:
        if together and sum(map(len, together)) + len(block) > window:
            yield together
            together = []
        together.append(block)
    if together:
        yield together


def _times(rows: pa.Table) -> NDArray[np.int64]:
    """Of a part of a shard, ascending; mapped, so that no more of them is read than is looked at."""
    chunks = rows["time_s"].chunks
    found: NDArray[np.int64] = chunks[0].to_numpy() if chunks else np.zeros(0, np.int64)
    return found


def _spans(minutes: Counter[int], most: int) -> Iterator[tuple[int, int]]:
    """First second, and the one after the last, of minutes that together have about so many impressions."""
    begin, count = None, 0
    for minute in sorted(minutes):
        if begin is not None and count + minutes[minute] > most:
            yield begin * 60, minute * 60
            begin, count = None, 0
        begin, count = minute if begin is None else begin, count + minutes[minute]
    if begin is not None:
        yield begin * 60, (minute + 1) * 60
