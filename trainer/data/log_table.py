"""Click logs to Arrow tables: `parse` turns lines into rows, `build` gives one bucket of readers their histories.

Both are pure functions on Arrow tables, so that any engine may run them. Here a process pool does, one bucket of
readers (by a hash of the reader's id) at a time. Only the packed result is ever in memory whole. Sorted, it does not
depend on the number of workers or buckets.
"""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import sys
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from types import ModuleType
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from edge_runtime.model.json_lines import decode_line
from trainer.data import ebnerd, jsonl, mind
from trainer.data.bad_lines import BadLines
from trainer.data.forms import Form, form_of
from trainer.data.lines import CHUNK_LINES, Chunk, read_chunks
from trainer.data.log_rows import BadRow, LogRow
from trainer.data.progress import Progress

SCHEMA = pa.schema(
    [
        ("impression_id", pa.string()),
        ("user_id", pa.string()),
        ("time_s", pa.int64()),
        ("is_dev", pa.bool_()),
        ("history", pa.list_(pa.int32())),  # null: to be derived
        ("candidates", pa.list_(pa.int32())),
        ("clicked", pa.list_(pa.bool_())),
    ]
)
ORDER = [("time_s", "ascending"), ("impression_id", "ascending"), ("user_id", "ascending")]
MAX_BUCKETS = 128  # each is an open file, and some systems allow 256
MAX_DERIVED_HISTORY = 100
HASHED_ROWS = 100_000  # at a time
PARQUET_ROWS = 20_000  # at a time


@dataclass(frozen=True, slots=True)
class Division:
    """How the work is divided; the result is the same for any."""

    bucket_bytes: int = 20_000_000  # of the log's files; 30,000 to 60,000 impressions
    chunk_lines: int = CHUNK_LINES


@dataclass(frozen=True, slots=True)
class LogTable:
    """A whole log, sorted by time, impression id and reader."""

    rows: pa.Table
    rejects: list[BadLines]
    unknown_history: int  # ids in histories that no article file has, left out
    repeated: int  # impressions that the log had twice, kept once


def sha256_of(tables: Iterable[pa.Table]) -> str:
    """One hash of all rows in their order, the same however the work that made them was divided."""
    digest = hashlib.sha256()
    for table in tables:
        digest.update(len(table).to_bytes(8, "little"))
        for name in table.column_names:
            for first in range(0, len(table), HASHED_ROWS):
                column = table[name].slice(first, HASHED_ROWS).combine_chunks()
                if pa.types.is_timestamp(column.type):
                    column = column.cast(pa.int64()).fill_null(-(2**63))
                if pa.types.is_list(column.type):
                    digest.update(column.value_lengths().to_numpy(zero_copy_only=False).astype("<i4").tobytes())
                    column = column.flatten()
                if pa.types.is_string(column.type):
                    digest.update(pc.binary_length(column).to_numpy(zero_copy_only=False).astype("<i4").tobytes())
                    digest.update("".join(column.to_pylist()).encode())
                else:
                    digest.update(column.to_numpy(zero_copy_only=False).astype("<i8").tobytes())
    return digest.hexdigest()


def read_log(
    parts: Sequence[tuple[Path, bool]],
    article_ids: Sequence[str],
    spill: Path,
    workers: int,
    progress: Progress,
    division: Division = Division(),
) -> LogTable:
    """Read log files of any form.

    Args:
        parts: Files, each with whether it belongs to dev.
        article_ids: Their order gives the row numbers.
        spill: An empty folder for temporary files.
        workers: Processes; 1 works in this one.
        progress: Told after each chunk of lines.
        division: How large the pieces of work are.

    Raises:
        LogError: A file cannot be read or is of no known form.
    """
    forms = {path: form_of(path) for path, _ in parts}
    size = sum(path.stat().st_size * (5 if path.suffix in (".gz", ".parquet") else 1) for path in forms)
    num_buckets = min(1 + size // division.bucket_bytes, MAX_BUCKETS)
    rejects = {str(path): BadLines(str(path)) for path, _ in parts}
    unknown_history = 0
    with _Spill(spill, num_buckets) as buckets, _Pool(workers, article_ids) as pool:
        for path, is_dev in parts:
            for parsed in _parsed(path, forms[path], pool, division.chunk_lines, is_dev=is_dev):
                buckets.add(parsed.rows)
                rejects[str(path)].merge(parsed.bad)
                unknown_history += parsed.unknown_history
                progress(parsed.bad.total)
        tables, repeated = zip(*pool.map(build, buckets.paths()), strict=True)
    return LogTable(pa.concat_tables(tables).sort_by(ORDER), list(rejects.values()), unknown_history, sum(repeated))


@dataclass(frozen=True, slots=True)
class Parsed:
    """What `parse` makes of some rows."""

    rows: pa.Table
    bad: BadLines
    unknown_history: int


def parse(
    rows: Iterable[tuple[int, LogRow | BadRow]], path: str, article_rows: dict[str, int], *, is_dev: bool
) -> Parsed:
    """Impressions as Arrow rows; those that cannot be used are counted.

    Args:
        rows: Line number and row.
        path: For the report.
        article_rows: Row number of each article id.
        is_dev: Which part the rows belong to.
    """
    bad = BadLines(path)
    unknown_history = 0
    columns: dict[str, list[Any]] = {name: [] for name in SCHEMA.names}
    for number, row in rows:
        if isinstance(row, BadRow):
            bad.add(number, row.reason, row.detail)
            continue
        candidates = [article_rows.get(article_id, -1) for article_id in row.shown]
        if -1 in candidates:
            bad.add(number, "article that no article file has", row.shown[candidates.index(-1)])
            continue
        history = None
        if row.history is not None:
            history = [article_rows[article_id] for article_id in row.history if article_id in article_rows]
            unknown_history += len(row.history) - len(history)
        values = (row.impression_id, row.user_id, row.time_s, is_dev, history, candidates, row.clicked)
        for column, value in zip(columns.values(), values, strict=True):
            column.append(value)
    return Parsed(pa.table(columns, schema=SCHEMA), bad, unknown_history)


def build(bucket: Path) -> tuple[pa.Table, int]:
    """One bucket of readers: repeated impressions out, and histories where the log has none.

    A derived history holds the reader's clicks of strictly earlier impressions in this log, the last
    `MAX_DERIVED_HISTORY` of them, each article once at its latest click.

    Returns:
        The rows, sorted, and how many impressions were repeated.
    """
    with pa.memory_map(str(bucket)) as source:
        rows = pa.ipc.open_stream(source).read_all().sort_by(ORDER)
    first: dict[tuple[str, str, int], int] = {}
    keys = zip(*(rows[name].to_pylist() for name in ("user_id", "impression_id", "time_s")), strict=True)
    for row, key in enumerate(keys):
        first.setdefault(key, row)
    repeated = len(rows) - len(first)
    rows = rows.take(pa.array(first.values(), pa.int64()))
    if rows["history"].null_count:
        rows = rows.set_column(SCHEMA.get_field_index("history"), SCHEMA.field("history"), _derived_histories(rows))
    return rows, repeated


def _derived_histories(rows: pa.Table) -> pa.Array:
    """Rows are sorted by time; clicks of the same second do not count as earlier."""
    clicks: dict[str, dict[int, None]] = {}  # of each reader, oldest first; a dict keeps order and drops repetitions
    waiting: list[tuple[str, list[int]]] = []  # clicks of the present second
    now = None
    found = []
    columns = (rows[name].to_pylist() for name in ("user_id", "time_s", "history", "candidates", "clicked"))
    for user, time_s, history, candidates, clicked in zip(*columns, strict=True):
        if time_s != now:
            for reader, articles in waiting:
                own = clicks.setdefault(reader, {})
                for article in articles:
                    own.pop(article, None)
                    own[article] = None
            waiting, now = [], time_s
        found.append(list(clicks.get(user, ()))[-MAX_DERIVED_HISTORY:] if history is None else history)
        waiting.append((user, [article for article, hit in zip(candidates, clicked, strict=True) if hit]))
    return pa.array(found, SCHEMA.field("history").type)


def _parsed(path: Path, form: Form, pool: _Pool, chunk_lines: int, *, is_dev: bool) -> Iterator[Parsed]:
    """A file in pieces: text is shared out to the pool, parquet is parsed here, for its histories fill the memory."""
    if form is not Form.EBNERD:
        yield from pool.map(_parse, ((chunk, form, is_dev) for chunk in read_chunks(path, chunk_lines)))
        return
    rows = ebnerd.read_impressions(path, BadLines(str(path)))
    while piece := list(islice(rows, PARQUET_ROWS)):
        parsed = parse(piece, str(path), _article_rows, is_dev=is_dev)
        parsed.bad.total = len(piece)
        yield parsed


_article_rows: dict[str, int] = {}  # of a worker process


def _start_worker(article_ids: Sequence[str]) -> None:
    _article_rows.clear()
    _article_rows.update({article_id: row for row, article_id in enumerate(article_ids)})


def _parse(task: tuple[Chunk, Form, bool]) -> Parsed:
    work, form, is_dev = task
    parse_line = jsonl.parse_impression if form is Form.JSON_LINES else mind.parse_impression
    total = 0

    def rows() -> Iterator[tuple[int, LogRow | BadRow]]:
        nonlocal total
        for number, line in enumerate(work.lines, start=work.first):
            if not line.strip():
                continue
            total += 1
            try:
                yield number, parse_line(decode_line(line))
            except BadRow as error:
                yield number, error
            except ValueError as error:
                yield number, BadRow("not readable text", str(error))

    parsed = parse(rows(), work.path, _article_rows, is_dev=is_dev)
    parsed.bad.total = total
    return parsed


class _Pool:
    """Runs functions over tasks in order, in some processes or in this one, with few tasks under way at a time."""

    def __init__(self, workers: int, article_ids: Sequence[str]) -> None:
        self._workers = workers
        self._executor: ProcessPoolExecutor | None = None
        _start_worker(article_ids)  # this process works too: on parquet, and on all if it is the only one
        if workers > 1:
            # Spawned: forking a process in which TensorFlow runs can hang.
            context = multiprocessing.get_context("spawn")
            self._executor = ProcessPoolExecutor(workers, context, _start_worker, (article_ids,))

    def __enter__(self) -> _Pool:
        return self

    def __exit__(self, *failure: object) -> None:
        if self._executor is not None:
            self._executor.shutdown(cancel_futures=True)

    def map(self, function: Callable[[Any], Any], tasks: Iterable[Any]) -> Iterator[Any]:
        if self._executor is None:
            yield from map(function, tasks)
            return
        waiting: list[Future[Any]] = []
        for task in tasks:
            with _no_main_module():  # the executor starts its processes here
                waiting.append(self._executor.submit(function, task))
            if len(waiting) > 2 * self._workers:
                yield waiting.pop(0).result()
        while waiting:
            yield waiting.pop(0).result()


@contextmanager
def _no_main_module() -> Iterator[None]:
    """Let processes that are spawned now run nothing of the caller's.

    A spawned process runs the program's main module again. A script that calls `prepare` at its top level would then
    call it in each process anew, and a command line would load all that it could need.
    """
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


class _Spill:
    """Rows on disk, a file for each bucket of readers."""

    def __init__(self, folder: Path, num_buckets: int) -> None:
        self._paths = [folder / f"bucket-{number}.arrow" for number in range(num_buckets)]
        self._files = [pa.OSFile(str(path), "wb") for path in self._paths]
        self._writers = [pa.ipc.new_stream(file, SCHEMA) for file in self._files]

    def __enter__(self) -> _Spill:
        return self

    def __exit__(self, *failure: object) -> None:
        self.close()

    def close(self) -> None:
        for writer, file in zip(self._writers, self._files, strict=True):
            writer.close()
            file.close()
        self._writers, self._files = [], []

    def add(self, rows: pa.Table) -> None:
        numbers = [zlib.crc32(user.encode()) % len(self._paths) for user in rows["user_id"].to_pylist()]
        bucket = pa.array(numbers, pa.int32())
        for number in sorted(set(numbers)):
            self._writers[number].write_table(rows.filter(pc.equal(bucket, number)))

    def paths(self) -> list[Path]:
        """The finished files."""
        self.close()
        return self._paths


def default_workers() -> int:
    """How many processes share the work if nothing is asked for: one a core, at most 8."""
    return min(os.cpu_count() or 1, 8)
