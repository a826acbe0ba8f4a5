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
from trainer.errors import LogError

_BATCH = 20_000
_IDS = ("article_id", "impression_id", "user_id")
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
    source: int  # number of the history file: the file itself, or the one beside it
    is_history: bool


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


def row_groups(path: Path, source: int, *, is_history: bool) -> Iterator[RowGroup]:
    """The parts of behaviors.parquet or history.parquet.

    Raises:
        LogError: Unreadable, or there is no history.parquet beside behaviors.parquet.
    """
    if not is_history and not history_beside(path).is_file():
        raise LogError(f"{path}: there is no history.parquet beside it; EB-NeRD's folders have one each")
    with _opened(path) as file:
        first = 1
        for number in range(file.num_row_groups):
            yield RowGroup(path, number, first, source, is_history)
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
    first = group.first
    for batch in _batches(group.path, _HISTORY if group.is_history else _IMPRESSION, (), group.number):
        bad = BadLines(str(group.path))
        try:
            if group.is_history:
                yield Parsed(_histories(batch, article_ids, group.source), bad)
            else:
                bad.total = len(batch)
                columns = _impressions(batch, first, article_ids, bad)
                yield Parsed(rows_of(columns, is_dev=is_dev, source=group.source), bad)
        except pa.ArrowException as error:
            place = f"{group.path}: rows {first} to {first + len(batch) - 1}"
            raise LogError(f"{place}: ids are no whole numbers: {error}; write them as such or as strings") from error
        first += len(batch)


def _histories(batch: pa.Table, article_ids: pa.BinaryArray, source: int) -> pa.Table:
    batch = batch.filter(batch["user_id"].is_valid())
    lengths, ids = _ragged(batch["article_id_fixed"])
    history, unknown = known_history(lengths, _numbers(ids, article_ids))
    none = {field.name: pa.nulls(len(batch), field.type) for field in ROW_SCHEMA}
    columns = {**none, "user_id": batch["user_id"], "history": history, "unknown": unknown}
    return rows_of(columns, is_dev=False, source=source)


def _impressions(batch: pa.Table, first: int, article_ids: pa.BinaryArray, bad: BadLines) -> dict[str, pa.Array]:
    """Columns of the rows that can be used; the others are counted."""
    num_shown, shown_ids = _ragged(batch["article_ids_inview"])
    num_clicks, click_ids = _ragged(batch["article_ids_clicked"])
    # Numbers for all ids, so that a click on an unknown article is told from one on what was not shown.
    if shown_ids.type != click_ids.type:
        shown_ids, click_ids = _texts(shown_ids), _texts(click_ids)
    every = pa.concat_arrays([shown_ids, click_ids]).dictionary_encode()
    codes = pc.fill_null(every.indices, len(every.dictionary)).to_numpy(zero_copy_only=False)
    clicked, misses = marks(codes[: len(shown_ids)], num_shown, codes[len(shown_ids) :], num_clicks)
    candidates = np.append(row_numbers(_texts(every.dictionary), article_ids), np.int32(-1))[codes[: len(shown_ids)]]
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
    shown, clicked = (_texts(_ragged(row[name])[1]) for name in ("article_ids_inview", "article_ids_clicked"))
    if number == 4:
        return "click on an article that was not shown", min(set(map(str, clicked)) - set(map(str, shown)))
    gone = row_numbers(shown, article_ids) < 0
    return "article that no article file has", str(shown[int(np.flatnonzero(gone)[0])])


@contextmanager
def _opened(path: Path) -> Iterator[pq.ParquetFile]:
    try:
        # Read as it is needed: whole columns of a group can be as large as the file.
        with pq.ParquetFile(path, buffer_size=1 << 20, pre_buffer=False) as file:
            yield file
    except (pa.ArrowException, OSError) as error:
        raise LogError(f"{path}: cannot be read as parquet: {error}; get it again") from error


def _batches(path: Path, needed: Sequence[str], wanted: Sequence[str], group: int | None = None) -> Iterator[pa.Table]:
    """Rows with ids and texts as strings."""
    with _opened(path) as file:
        schema = file.schema_arrow
        missing = [name for name in needed if name not in schema.names]
        if missing:
            raise LogError(f"{path}: column {', '.join(missing)} is missing; it is no EB-NeRD file")
        columns = [*needed, *(name for name in wanted if name in schema.names)]
        for name in columns:
            _check_type(path, name, schema.field(name).type)
        groups = None if group is None else [group]
        for batch in file.iter_batches(_BATCH, groups, columns, use_threads=False):
            table = pa.Table.from_batches([batch])
            for place, name in enumerate(columns):
                if name in _IDS or name in _TEXTS:
                    table = table.set_column(place, name, _texts(_whole(table[name])))
                elif name in _TIMES:  # pandas writes nanoseconds, which datetime has not
                    times = table[name].cast(pa.timestamp("us", table[name].type.tz), safe=False)
                    table = table.set_column(place, name, times)
            yield table


def _check_type(path: Path, name: str, found: pa.DataType) -> None:
    plain = found.value_type if pa.types.is_dictionary(found) else found
    if name in _TIMES and not pa.types.is_timestamp(found):
        raise LogError(f"{path}: column {name} is of type {found}, not a timestamp; convert it")
    if name in _TEXTS and not _is_text(plain):
        raise LogError(f"{path}: column {name} is of type {found}, not a string; convert it")
    if name in _LISTS and not (pa.types.is_list(found) or pa.types.is_large_list(found)):
        raise LogError(f"{path}: column {name} is of type {found}, not a list; convert it")
    if name in _LISTS:
        plain = found.value_type.value_type if pa.types.is_dictionary(found.value_type) else found.value_type
    if name in _IDS or name in _LISTS:
        kinds = (pa.types.is_integer, pa.types.is_floating, pa.types.is_null, _is_text)
        if not any(kind(plain) for kind in kinds):
            raise LogError(f"{path}: column {name} is of type {found}; ids are whole numbers or strings: convert it")


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or kind == pa.string_view())


def _texts(ids: pa.Array) -> pa.StringArray:
    """Ids as strings. Whole numbers that pandas made floats, because one was missing, are the same ids."""
    if pa.types.is_dictionary(ids.type):
        ids = ids.dictionary_decode()
    if pa.types.is_floating(ids.type):
        ids = pc.if_else(pc.is_nan(ids), pa.scalar(None, ids.type), ids).cast(pa.int64())
    return ids.cast(pa.string())


def _numbers(ids: pa.Array, article_ids: pa.BinaryArray) -> NDArray[np.int32]:
    """Article rows of ids, each different one looked up once."""
    every = ids.dictionary_encode()
    rows = np.append(row_numbers(_texts(every.dictionary), article_ids), np.int32(-1))
    found: NDArray[np.int32] = rows[pc.fill_null(every.indices, -1).to_numpy(zero_copy_only=False)]
    return found


def _ragged(column: pa.ChunkedArray) -> tuple[NDArray[np.int64], pa.Array]:
    """Lengths of lists, 0 for none, and their values end to end."""
    whole = _whole(column)
    lengths = pc.fill_null(pc.list_value_length(whole), 0).to_numpy(zero_copy_only=False).astype(np.int64)
    values = whole.flatten()
    return lengths, values.dictionary_decode() if pa.types.is_dictionary(values.type) else values


def _absent(batch: pa.Table, name: str) -> NDArray[np.bool_]:
    absent: NDArray[np.bool_] = batch[name].is_null().to_numpy()
    return absent


def _whole(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def _utc(time: datetime) -> datetime:
    return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
