"""Click logs to shards of examples: the pieces of a log, their buckets of readers, and where train ends.

`parse` (`text_rows`, `ebnerd`) and `build` (`bucket`) know neither files of their own nor an engine; a `Runner` runs
them. No more than some pieces and a bucket for each process are in memory. The examples do not depend on the number of
processes or buckets, nor on the order of the files or how the log is divided among them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from trainer.data import ebnerd
from trainer.data.bad_lines import BadLines
from trainer.data.bucket import Left, Recorded, build
from trainer.data.columns import lists, ranks_of
from trainer.data.ebnerd import RowGroup
from trainer.data.forms import Form, form_of
from trainer.data.hashes import HASH_MODULUS, row_digests, sum_of
from trainer.data.lines import BLOCK_BYTES, Block, Extent, extent_of, read_blocks
from trainer.data.log_rows import Parsed
from trainer.data.progress import Progress
from trainer.data.runner import Runner
from trainer.data.shards import FileFacts, ShardFacts, file_facts, open_shard, shard_name, windows_of, write_shard
from trainer.data.spill import write_table
from trainer.data.text_rows import parse_block
from trainer.errors import LogError

HOUR_S = 3600
HASHED_ROWS = 5_000  # at a time: their histories are written out


@dataclass(frozen=True, slots=True)
class Division:
    """How the work is divided; the result is the same for any."""

    bucket_rows: int = 45_000
    bucket_bytes: int = 45_000_000  # of the log's text
    block_bytes: int = BLOCK_BYTES


@dataclass(frozen=True, slots=True)
class Built:
    """What one bucket gave."""

    number: int
    train: int  # examples that are train by their file, and all where no file is dev
    dev: int
    hours: tuple[NDArray[np.int64], NDArray[np.int64]]  # hours since 1970 with examples, and how many
    left: Left


@dataclass(frozen=True, slots=True)
class LogShards:
    """A whole log as shards in a folder."""

    folder: Path
    built: Sequence[Built]
    rejects: list[BadLines]

    def num_rows(self) -> int:
        """All examples."""
        return sum(one.train + one.dev for one in self.built)

    def tables(self) -> Iterator[pa.Table]:
        """The examples of each bucket."""
        for one in self.built:
            yield open_shard(self.folder / shard_name(one.number))

    def second_of(self, share: float) -> int:
        """The second in which the last examples begin, so many of all that a share of them is before."""
        hours: Counter[int] = Counter()
        for one in self.built:
            hours.update(dict(zip(*(column.tolist() for column in one.hours), strict=True)))
        place = min(self.num_rows() - 1, int(self.num_rows() * share))
        for hour in sorted(hours):
            if place < hours[hour]:
                break
            place -= hours[hour]
        bounds = hour * HOUR_S, (hour + 1) * HOUR_S
        times = [times[slice(*np.searchsorted(times, bounds))] for times in map(_times, self.tables())]
        return int(np.partition(np.concatenate(times), place)[place])


@dataclass(frozen=True, slots=True)
class PartCounts:
    """Train or dev of a shard."""

    impressions: int
    readers: int
    shown: int
    clicks: int
    empty_histories: int
    readers_without_history: int
    first_s: int
    last_s: int
    sha256_sum: int


@dataclass(frozen=True, slots=True)
class ShardCounts:
    """A finished shard and what is in it."""

    file: FileFacts
    parts: tuple[PartCounts, PartCounts]  # train, dev


def read_log(
    parts: Sequence[tuple[Path, bool]],
    article_ids: pa.StringArray,
    folder: Path,
    runner: Runner,
    progress: Progress,
    division: Division = Division(),
) -> LogShards:
    """Read log files of any form.

    Args:
        parts: Files, each with whether it belongs to dev.
        article_ids: Their order gives the row numbers.
        folder: Where the shards go; there, and the same for all processes.
        runner: What does the work.
        progress: Told after each piece of the log how many lines it had.
        division: How large the pieces of work are.

    Raises:
        LogError: A file cannot be read or is of no known form, or none of its readers is in the file of histories
            beside it.
    """
    forms = [form_of(path) for path, _ in parts]
    extents = [_extent(path, form) for (path, _), form in zip(parts, forms, strict=True)]
    by_rows = sum(extent.rows for extent in extents) / division.bucket_rows
    by_bytes = sum(extent.size_bytes for extent in extents) / division.bucket_bytes
    ids = folder / "ids.arrow"
    write_table(pa.table({"id": article_ids.cast(pa.binary()), "rank": ranks_of(article_ids)}), ids)
    (folder / shard_name(0)).parent.mkdir(exist_ok=True)
    rejects = {str(path): BadLines(str(path)) for path, _ in parts}
    pieces = _pieces([(path, form, is_dev) for (path, is_dev), form in zip(parts, forms, strict=True)], division)
    for bad in runner.spill(partial(_parse, ids), pieces, 1 + int(max(by_rows, by_bytes))):
        if bad.path in rejects:
            rejects[bad.path].merge(bad)
        progress(bad.total)
    built = list(runner.build(partial(_build, folder, ids)))
    ids.unlink()
    _check_recorded([path for path, _ in parts], built)
    return LogShards(folder, built, list(rejects.values()))


def count_shards(
    log: LogShards, runner: Runner, first_dev_s: int | None, ranks: NDArray[np.int32]
) -> list[ShardCounts]:
    """Divide every shard into train and dev, and count and hash both.

    Args:
        log: The shards.
        runner: What does the work.
        first_dev_s: From this second on all is dev; None where the files say what is.
        ranks: (num_articles,) place of each article among all in order of their ids: the hash is of these.
    """
    np.save(log.folder / "ranks.npy", ranks)
    found = list(runner.map(partial(_count, log.folder, first_dev_s), log.built))
    (log.folder / "ranks.npy").unlink()
    return found


def shard_facts(counted: Sequence[ShardCounts]) -> tuple[ShardFacts, ...]:
    """For the manifest."""
    return tuple(ShardFacts(one.file, *(part.impressions for part in one.parts)) for one in counted)


def _extent(path: Path, form: Form) -> Extent:
    return Extent(0, ebnerd.num_rows(path)) if form is Form.EBNERD else extent_of(path)


def _check_recorded(paths: Sequence[Path], built: Sequence[Built]) -> None:
    """Refuse a log whose readers are all strangers to the file that should have their histories."""
    recorded = Recorded()
    for one in built:
        recorded.add(one.left.recorded)
    for log, source in sorted(recorded.strangers):
        readers = recorded.readers[source]
        if readers and not recorded.known[log, source]:
            raise LogError(
                f"{ebnerd.history_beside(paths[source])}: has {readers} readers, none of whom is in {paths[log].name}: "
                "every history would be empty; give the history.parquet of the same readers, with ids written alike"
            )


Piece = tuple[Block | RowGroup, Form, bool]


def _pieces(parts: Iterable[tuple[Path, Form, bool]], division: Division) -> Iterator[Piece]:
    """The log, and the histories of EB-NeRD's readers, each file of them once."""
    firsts: dict[Path, int] = {}
    for number, (path, form, is_dev) in enumerate(parts):
        if form is not Form.EBNERD:
            yield from ((block, form, is_dev) for block in read_blocks(path, division.block_bytes))
            continue
        beside = ebnerd.history_beside(path)
        source = firsts.setdefault(beside, number)
        yield from ((group, form, is_dev) for group in ebnerd.row_groups(path, number, source))
        if source == number:
            yield from ((group, form, False) for group in ebnerd.row_groups(beside, -1, source))


@lru_cache(maxsize=1)
def _article_ids(path: Path, changed_ns: int) -> pa.BinaryArray:
    with pa.memory_map(str(path)) as source:
        return pa.ipc.open_file(source).read_all()["id"].combine_chunks()


def _parse(ids: Path, piece: Piece) -> Iterator[Parsed]:
    work, form, is_dev = piece
    article_ids = _article_ids(ids, ids.stat().st_mtime_ns)
    if isinstance(work, RowGroup):
        yield from ebnerd.parse_rows(work, article_ids, is_dev=is_dev)
    else:
        yield parse_block(work, form, article_ids, is_dev=is_dev)


def _build(folder: Path, ids: Path, number: int, pieces: Iterable[pa.Table]) -> Built:
    with pa.memory_map(str(ids)) as source:
        ranks = pa.ipc.open_file(source).read_all()["rank"].to_numpy()
    examples, left = build(pieces, ranks=ranks)
    write_shard(folder, number, examples)
    dev = int(pc.sum(examples["is_dev"], min_count=0).as_py())
    hours = np.unique(examples["time_s"].to_numpy() // HOUR_S, return_counts=True)
    return Built(number, len(examples) - dev, dev, hours, left)


def _count(folder: Path, first_dev_s: int | None, built: Built) -> ShardCounts:
    examples = open_shard(folder / shard_name(built.number))
    ranks = np.load(folder / "ranks.npy", mmap_mode="r")
    first_dev = built.train if first_dev_s is None else int(np.searchsorted(_times(examples), first_dev_s))
    parts = [_part_counts(rows, ranks) for rows in (examples.slice(0, first_dev), examples.slice(first_dev))]
    return ShardCounts(file_facts(folder, shard_name(built.number)), (parts[0], parts[1]))


def _part_counts(rows: pa.Table, ranks: NDArray[np.int32]) -> PartCounts:
    clicked, times = rows["clicked"].combine_chunks().flatten(), _times(rows)
    histories = windows_of([rows])
    has_history = pa.array(histories.lengths() > 0)
    num_readers, total = len(pc.unique(rows["user_id"])), 0
    for first in range(0, len(rows), HASHED_ROWS):
        some = rows.slice(first, HASHED_ROWS).combine_chunks()
        shown = some["candidates"].combine_chunks()
        read = histories.taken(np.arange(first, first + len(some))).expanded()
        hashed = pa.table(
            {
                **{name: some[name] for name in ("impression_id", "user_id", "time_s")},
                "history": lists(read.lengths(), ranks[read.values]),
                "candidates": lists(pc.list_value_length(shown).to_numpy(), ranks[shown.flatten().to_numpy()]),
                "clicked": some["clicked"],
            }
        )
        total += sum_of(row_digests(hashed))
    return PartCounts(
        impressions=len(rows),
        readers=num_readers,
        shown=len(clicked),
        clicks=int(pc.sum(clicked, min_count=0).as_py()),
        empty_histories=len(rows) - int(pc.sum(has_history, min_count=0).as_py()),
        readers_without_history=num_readers - len(pc.unique(rows["user_id"].filter(has_history))),
        first_s=int(times.min(initial=np.iinfo(np.int64).max)),
        last_s=int(times.max(initial=np.iinfo(np.int64).min)),
        sha256_sum=total % HASH_MODULUS,
    )


def _times(examples: pa.Table) -> NDArray[np.int64]:
    times: NDArray[np.int64] = examples["time_s"].to_numpy()
    return times
