"""EB-NeRD's parquet files (Kruse et al., RecSys Challenge 2024): behaviors, history and articles in one folder."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from edge_runtime import Article
from trainer.data.bad_lines import BadLines
from trainer.data.columns import known_history, lists, marks, row_numbers, rows_of
from trainer.data.log_rows import ROW_SCHEMA, Parsed
from trainer.data.parquet_columns import as_id_lists, as_ids, as_texts, as_times
from trainer.errors import LogError

_BATCH = 20_000
_LISTS = ("article_id_fixed", "article_ids_inview", "article_ids_clicked")
_TIMES = ("impression_time", "published_time")
_TEXTS = ("title", "subtitle", "category_str", "url")
_IMPRESSION = ("impression_id", "user_id", "impression_time", "article_ids_inview", "article_ids_clicked")
_HISTORY = ("user_id", "article_id_fixed")


@dataclass(frozen=True, slots=True)
class RowGroup:
    """A part of a file that can be read alone."""

    path: Path
    number: int  # of the group in its file
    first: int  # number of its first row, from 1
    log: int  # number of the log; -1: the file holds histories
    source: int  # of the file with the histories, the file itself or the one beside it: number of its first log


def read_articles(path: Path, bad: BadLines) -> Iterator[Article]:
    """articles.parquet: article_id, title, and where there subtitle, category_str, url, published_time.

    Raises:
        LogError: Unreadable, without ids or titles, or with a column of another type.
    """
    needed, wanted = ("article_id", "title"), ("subtitle", "category_str", "url", "published_time")
    number = 0
    for batch in _batches(path, needed, wanted):
        bad.total += len(batch)
        for row in batch.to_pylist():
            number += 1
            if row["article_id"] is None:
                bad.add(number, "bad article", "no article_id")
                continue
            published = row.get("published_time")
            yield Article(
                article_id=row["article_id"],
                title=(row["title"] or "").strip(),
                abstract=(row.get("subtitle") or "").strip(),
                category=row.get("category_str") or "",
                source="Ekstra Bladet",
                url=row.get("url") or "",
                language="da",
                published=None if published is None else _utc(published),
            )


def history_beside(path: Path) -> Path:
    """Where the histories of a log lie."""
    return path.with_name("history.parquet")


def row_groups(path: Path, log: int, source: int) -> Iterator[RowGroup]:
    """The parts of behaviors.parquet or history.parquet.

    Args:
        path: The file.
        log: See `RowGroup`.
        source: Likewise.

    Raises:
        LogError: Unreadable, or there is no history.parquet beside behaviors.parquet.
    """
    if log >= 0 and not history_beside(path).is_file():
        raise LogError(f"{path}: there is no history.parquet beside it; EB-NeRD's folders have one each")
    with _opened(path) as file:
        first = 1
        for number in range(file.num_row_groups):
            yield RowGroup(path, number, first, log, source)
            first += file.metadata.row_group(number).num_rows


def num_rows(path: Path) -> int:
    """Rows of a file.

    Raises:
        LogError: Unreadable.
    """
    with _opened(path) as file:
        return int(file.metadata.num_rows)


def parse_rows(group: RowGroup, article_ids: pa.BinaryArray, *, is_dev: bool) -> Iterator[Parsed]:
    """Rows of behaviors.parquet or history.parquet, a batch at a time.

    Raises:
        LogError: The file is unreadable, or a column is missing or of another type.
    """
    is_history, first = group.log < 0, group.first
    for batch in _batches(group.path, _HISTORY if is_history else _IMPRESSION, (), group.number, first):
        bad = BadLines(str(group.path))
        if is_history:
            columns = _histories(batch, article_ids)
        else:
            bad.total = len(batch)
            columns = _impressions(batch, first, article_ids, bad)
        yield Parsed(rows_of(columns, is_dev=is_dev, log=group.log, source=group.source), bad)
        first += len(batch)


def _histories(batch: pa.Table, article_ids: pa.BinaryArray) -> dict[str, pa.Array]:
    """Columns of rows that are no impressions but hold a reader's history."""
    batch = batch.filter(batch["user_id"].is_valid())
    lengths, ids = _ragged(batch["article_id_fixed"])
    history, unknown = known_history(lengths, row_numbers(ids.dictionary, article_ids)[ids.indices.to_numpy()])
    none = {field.name: pa.nulls(len(batch), field.type) for field in ROW_SCHEMA}
    return {**none, "user_id": _whole(batch["user_id"]), "history": history, "unknown": pa.array(unknown)}


def _impressions(batch: pa.Table, first: int, article_ids: pa.BinaryArray, bad: BadLines) -> dict[str, pa.Array]:
    """Columns of the rows that can be used; the others are counted."""
    num_shown, shown_ids = _ragged(batch["article_ids_inview"])
    num_clicks, click_ids = _ragged(batch["article_ids_clicked"])
    # Numbers for all ids, so that a click on an unknown article is told from one on what was not shown.
    every = pa.concat_arrays([shown_ids, click_ids])
    codes = every.indices.to_numpy()
    clicked, misses = marks(codes[: len(shown_ids)], num_shown, codes[len(shown_ids) :], num_clicks)
    candidates = row_numbers(every.dictionary, article_ids)[codes[: len(shown_ids)]]
    owners = np.repeat(np.arange(len(batch)), num_shown)
    reasons = np.zeros(len(batch), np.int8)
    unknown = np.bincount(owners[candidates < 0], minlength=len(batch)) > 0
    # The first that is true counts: so from the last to the first.
    for number, found in ((5, unknown), (4, misses), (3, num_shown == 0), (2, _absent(batch, "impression_time"))):
        reasons[found] = number
    reasons[_absent(batch, "impression_id") | _absent(batch, "user_id")] = 1
    for row in np.flatnonzero(reasons):
        bad.add(first + int(row), *_reason(int(reasons[row]), batch.slice(row, 1), article_ids))
    good = pa.array(reasons == 0)
    columns = {
        "impression_id": batch["impression_id"],
        "user_id": batch["user_id"],
        "time_s": batch["impression_time"].cast(pa.timestamp("s", batch["impression_time"].type.tz), safe=False),
        "history": pa.nulls(len(batch), pa.list_(pa.int32())),
        "unknown": pa.array(np.zeros(len(batch), np.int32)),
        "candidates": lists(num_shown, candidates),
        "clicked": lists(num_shown, clicked),
    }
    columns["time_s"] = columns["time_s"].cast(pa.int64())
    return {name: _whole(column).filter(good) for name, column in columns.items()}


def _reason(number: int, row: pa.Table, article_ids: pa.BinaryArray) -> tuple[str, str]:
    """Why a row cannot be used, with what was found."""
    if number <= 3:
        texts = ("no impression_id or no user_id", "", "")
        return ("missing field", "unparsable time", "nothing shown")[number - 1], texts[number - 1]
    names = ("article_ids_inview", "article_ids_clicked")
    shown, clicked = (_ragged(row[name])[1].dictionary_decode() for name in names)
    if number == 4:
        return "click on an article that was not shown", min(set(clicked.to_pylist()) - set(shown.to_pylist()))
    gone = row_numbers(shown, article_ids) < 0
    return "article that no article file has", shown[int(np.flatnonzero(gone)[0])].as_py()


@contextmanager
def _opened(path: Path) -> Iterator[pq.ParquetFile]:
    try:
        # Read as it is needed: whole columns of a group can be as large as the file.
        with pq.ParquetFile(path, buffer_size=1 << 20, pre_buffer=False) as file:
            yield file
    except (pa.ArrowException, OSError) as error:
        raise LogError(f"{path}: cannot be read as parquet: {error}; get it again") from error


def _batches(
    path: Path, needed: Sequence[str], wanted: Sequence[str], group: int | None = None, first: int = 1
) -> Iterator[pa.Table]:
    """Rows of one type for each kind of column, whatever types the file has.

    Args:
        path: The file.
        needed: Columns that must be there.
        wanted: Columns that are read where they are there.
        group: The part of the file; None: all.
        first: Number of the part's first row in the file, from 1.
    """
    with _opened(path) as file:
        schema = file.schema_arrow
        missing = [name for name in needed if name not in schema.names]
        if missing:
            raise LogError(f"{path}: column {', '.join(missing)} is missing; it is no EB-NeRD file")
        columns = [*needed, *(name for name in wanted if name in schema.names)]
        groups = None if group is None else [group]
        for batch in file.iter_batches(_BATCH, groups, columns, use_threads=False):
            read = {name: _column(batch[name], name, f"{path}: column {name}", first) for name in columns}
            first += len(batch)
            yield pa.table(read)


def _column(column: pa.Array, name: str, where: str, first_row: int) -> pa.Array:
    if name in _LISTS:
        return as_id_lists(column, where, first_row)
    if name in _TIMES:
        return as_times(column, where)
    return as_texts(column, where) if name in _TEXTS else as_ids(column, where, first_row)


def _ragged(column: pa.ChunkedArray) -> tuple[NDArray[np.int64], pa.DictionaryArray]:
    """Lengths of lists of ids, 0 for none, and their ids end to end."""
    whole = _whole(column)
    lengths = pc.fill_null(pc.list_value_length(whole), 0).to_numpy(zero_copy_only=False).astype(np.int64)
    return lengths, whole.flatten()


def _absent(batch: pa.Table, name: str) -> NDArray[np.bool_]:
    absent: NDArray[np.bool_] = batch[name].is_null().to_numpy()
    return absent


def _whole(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def _utc(time: datetime) -> datetime:
    return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
