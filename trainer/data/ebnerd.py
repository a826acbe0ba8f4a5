"""EB-NeRD's parquet files (Kruse et al., RecSys Challenge 2024): behaviors, history and articles in one folder."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from edge_runtime import Article
from trainer.data.bad_lines import BadLines
from trainer.data.json_facts import Json
from trainer.data.log_rows import BadRow, LogRow
from trainer.errors import LogError

_BATCH = 20_000
_LISTS = ("article_id_fixed", "article_ids_inview", "article_ids_clicked")
_TIMES = ("impression_time", "published_time")
_TEXTS = ("title", "subtitle", "category_str", "url")


def read_articles(path: Path, bad: BadLines) -> Iterator[Article]:
    """articles.parquet: article_id, title, and where there subtitle, category_str, url, published_time.

    Raises:
        LogError: Unreadable, without ids or titles, or with a column of another type.
    """
    rows = _rows(path, ["article_id", "title"], ["subtitle", "category_str", "url", "published_time"], bad)
    for number, row in enumerate(rows, start=1):
        if row["article_id"] is None:
            bad.add(number, "bad article", "no article_id")
            continue
        published = row.get("published_time")
        yield Article(
            article_id=str(row["article_id"]),
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


def read_impressions(path: Path, bad: BadLines) -> Iterator[tuple[int, LogRow | BadRow]]:
    """behaviors.parquet, with history.parquet beside it: row number and row.

    Raises:
        LogError: One of the files is unreadable, or a column is missing or of another type.
    """
    history_path = history_beside(path)
    if not history_path.is_file():
        raise LogError(f"{path}: there is no history.parquet beside it; EB-NeRD's folders have one each")
    histories: dict[str, list[str]] = {}
    for row in _rows(history_path, ["user_id", "article_id_fixed"], [], BadLines(str(history_path))):
        histories[str(row["user_id"])] = [str(article_id) for article_id in row["article_id_fixed"] or []]
    needed = ["impression_id", "user_id", "impression_time", "article_ids_inview", "article_ids_clicked"]
    for number, row in enumerate(_rows(path, needed, [], bad), start=1):
        shown = [str(article_id) for article_id in row["article_ids_inview"] or []]
        clicked = {str(article_id) for article_id in row["article_ids_clicked"] or []}
        if row["impression_id"] is None or row["user_id"] is None:
            yield number, BadRow("missing field", "no impression_id or no user_id")
        elif row["impression_time"] is None:
            yield number, BadRow("unparsable time")
        elif not shown:
            yield number, BadRow("nothing shown")
        elif not clicked <= set(shown):
            yield number, BadRow("click on an article that was not shown", min(clicked - set(shown)))
        else:
            user_id = str(row["user_id"])
            yield (
                number,
                LogRow(
                    impression_id=str(row["impression_id"]),
                    user_id=user_id,
                    time_s=int(_utc(row["impression_time"]).timestamp()),
                    history=histories.get(user_id, []),
                    shown=shown,
                    clicked=[article_id in clicked for article_id in shown],
                ),
            )


def _rows(path: Path, needed: list[str], wanted: list[str], bad: BadLines) -> Iterator[Json]:
    try:
        with pq.ParquetFile(path) as file:
            missing = [name for name in needed if name not in file.schema_arrow.names]
            if missing:
                raise LogError(f"{path}: column {', '.join(missing)} is missing; it is no EB-NeRD file")
            columns = needed + [name for name in wanted if name in file.schema_arrow.names]
            for name in columns:
                found = file.schema_arrow.field(name).type
                if name in _TIMES and not pa.types.is_timestamp(found):
                    raise LogError(f"{path}: column {name} is of type {found}, not a timestamp; convert it")
                if name in _TEXTS and not (pa.types.is_string(found) or pa.types.is_large_string(found)):
                    raise LogError(f"{path}: column {name} is of type {found}, not a string; convert it")
                if name in _LISTS and not (pa.types.is_list(found) or pa.types.is_large_list(found)):
                    raise LogError(f"{path}: column {name} is of type {found}, not a list; convert it")
            for batch in file.iter_batches(batch_size=_BATCH, columns=columns):
                bad.total += len(batch)
                for name in set(columns).intersection(_TIMES):  # pandas writes nanoseconds, which datetime has not
                    times = batch[name].cast(pa.timestamp("us", batch[name].type.tz), safe=False)
                    batch = batch.set_column(columns.index(name), name, times)
                yield from batch.to_pylist()
    except (pa.ArrowException, OSError) as error:
        raise LogError(f"{path}: cannot be read as parquet: {error}; get it again") from error


def _utc(time: datetime) -> datetime:
    return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
