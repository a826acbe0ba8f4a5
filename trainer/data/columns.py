"""Columns of parsed logs, whole at a time: lists, article rows, histories, clicks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from trainer.data.bad_lines import BadLines
from trainer.data.log_rows import ROW_SCHEMA, BadRow, LogRow


def lists(lengths: NDArray[np.int64], values: pa.Array | NDArray[Any]) -> pa.Array:
    """A column of lists from their lengths and all their values end to end."""
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
    values = values if isinstance(values, pa.Array) else pa.array(values)
    return pa.ListArray.from_arrays(pa.array(offsets), values)


def row_numbers(ids: pa.Array, article_ids: pa.BinaryArray) -> NDArray[np.int32]:
    """(num_ids,) the row of each article id; -1 where no article has it."""
    found: NDArray[np.int32] = pc.fill_null(pc.index_in(ids.cast(pa.binary()), article_ids), -1).to_numpy(
        zero_copy_only=False
    )
    return found


def ranks_of(article_ids: pa.StringArray) -> NDArray[np.int32]:
    """(num_articles,) the place of each article among all, in order of their ids."""
    ranks = np.empty(len(article_ids), np.int32)
    ranks[pc.sort_indices(article_ids).to_numpy()] = np.arange(len(article_ids))
    return ranks


def known_history(lengths: NDArray[np.int64], articles: NDArray[np.int32]) -> tuple[pa.Array, NDArray[np.int32]]:
    """Histories without unknown articles, and how many were left out of each.

    Args:
        lengths: (num_rows,) of the histories.
        articles: Their article rows end to end, -1 for unknown ones.
    """
    known = articles >= 0
    if known.all():
        return lists(lengths, articles), np.zeros(len(lengths), np.int32)
    owners = np.repeat(np.arange(len(lengths)), lengths)
    left = np.bincount(owners[known], minlength=len(lengths))
    return lists(left, articles[known]), (lengths - left).astype(np.int32)


def marks(
    shown: NDArray[np.int32], num_shown: NDArray[np.int64], clicks: NDArray[np.int32], num_clicks: NDArray[np.int64]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which of the shown articles were clicked.

    Args:
        shown: Article rows of all lists end to end, -1 for unknown ones.
        num_shown: (num_rows,) lengths of the lists.
        clicks: Article rows that were clicked, likewise.
        num_clicks: (num_rows,) how many of each list.

    Returns:
        (len(shown),) whether it was clicked, and (num_rows,) whether a row clicked an article that it did not show.
    """
    span = np.int64(max(shown.max(initial=-1), clicks.max(initial=-1)) + 2)
    rows = np.arange(len(num_shown), dtype=np.int64) * span + 1
    of_shown = np.repeat(rows, num_shown) + shown
    of_clicks = np.unique(np.repeat(rows, num_clicks) + clicks)
    if not len(of_clicks):
        return np.zeros(len(shown), bool), np.zeros(len(num_shown), bool)
    places = np.minimum(np.searchsorted(of_clicks, of_shown), len(of_clicks) - 1)
    is_clicked = of_clicks[places] == of_shown
    met = np.zeros(len(of_clicks), bool)
    met[places[is_clicked]] = True
    misses = np.zeros(len(num_shown), bool)
    misses[of_clicks[~met] // span] = True
    return is_clicked, misses


def rows_of(columns: dict[str, Any], *, is_dev: bool, log: int = -1, source: int = -1) -> pa.Table:
    """A table of ROW_SCHEMA from its other columns."""
    count = len(columns["user_id"])
    numbers = {name: np.full(count, number, np.int32) for name, number in (("log", log), ("source", source))}
    same = {"is_dev": np.full(count, is_dev), **numbers}
    arrays = {**columns, **same}
    found = [one if isinstance(one := arrays[name], pa.Array) else pa.array(one) for name in ROW_SCHEMA.names]
    return pa.table([one.cast(kind) for one, kind in zip(found, ROW_SCHEMA.types, strict=True)], schema=ROW_SCHEMA)


def rows_one_by_one(
    outcomes: Sequence[tuple[int, LogRow | BadRow]], article_ids: pa.BinaryArray, bad: BadLines
) -> dict[str, Any]:
    """Columns of the rows that can be used; the others are counted.

    Args:
        outcomes: Line numbers, and what parsing a line gave.
        article_ids: Their order gives the row numbers.
        bad: Told of the rows that cannot be used.
    """
    whole = [row for _, row in outcomes if isinstance(row, LogRow)]
    shown = row_numbers(_binary([one for row in whole for one in row.shown]), article_ids)
    first, kept, candidates = 0, [], []
    for number, row in outcomes:
        if isinstance(row, BadRow):
            bad.add(number, row.reason, row.detail)
            continue
        found, first = shown[first : first + len(row.shown)], first + len(row.shown)
        if len(unknown := np.flatnonzero(found < 0)):
            bad.add(number, "article that no article file has", row.shown[unknown[0]])
            continue
        kept.append(row)
        candidates.append(found)
    articles = row_numbers(_binary([one for row in kept for one in row.history or ()]), article_ids)
    history, num_unknown = known_history(np.array([len(row.history or ()) for row in kept], np.int64), articles)
    is_open = pa.array([row.history is None for row in kept], pa.bool_())
    lengths = np.array([len(row.shown) for row in kept], np.int64)
    return {
        "impression_id": [row.impression_id for row in kept],
        "user_id": [row.user_id for row in kept],
        "time_s": [row.time_s for row in kept],
        "history": pc.if_else(is_open, pa.scalar(None, history.type), history),
        "unknown": num_unknown,
        "candidates": lists(lengths, np.concatenate([np.zeros(0, np.int32), *candidates])),
        "clicked": lists(lengths, np.array([hit for row in kept for hit in row.clicked], bool)),
    }


def _binary(ids: list[str]) -> pa.BinaryArray:
    """Ids as bytes; a lone surrogate, which JSON allows, is that of no article."""
    return pa.array([one.encode("utf-8", "surrogatepass") for one in ids], pa.binary())
