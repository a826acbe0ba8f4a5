"""`build`: the rows of one bucket of readers become examples. It knows no file and no engine."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from trainer.data import histories
from trainer.data.hashes import row_digests
from trainer.data.histories import Found, Line
from trainer.data.log_rows import ROW_SCHEMA
from trainer.data.repeats import without_repeats

EXAMPLE_SCHEMA = pa.schema(
    [
        ("impression_id", pa.string()),
        ("user_id", pa.string()),
        ("time_s", pa.int64()),
        ("is_dev", pa.bool_()),
        ("history", pa.list_view(pa.int32())),  # windows of one line of articles
        ("candidates", pa.list_(pa.int32())),
        ("clicked", pa.list_(pa.bool_())),
    ]
)
MAX_READER_IMPRESSIONS = 10_000  # of the same reader, the latest: more is a machine, and would fill the memory
_ROWS_AT_ONCE = 200_000  # before it is looked for readers with too many
_KEYS = ("user_id", "time_s", "impression_id")


@dataclass(frozen=True, slots=True)
class Recorded:
    """Who has a history in a file of its own, which a log has beside it."""

    readers: Counter[int] = field(default_factory=Counter)  # in each such file
    known: Counter[tuple[int, int]] = field(default_factory=Counter)  # impressions of them, by log and such file
    strangers: Counter[tuple[int, int]] = field(default_factory=Counter)  # impressions of others, likewise

    def add(self, other: Recorded) -> None:
        """Take in what other readers gave."""
        self.readers.update(other.readers)
        self.known.update(other.known)
        self.strangers.update(other.strangers)


@dataclass(frozen=True, slots=True)
class Left:
    """What a bucket left out."""

    repeated: int  # impressions that the log had more than once, kept once
    unknown_history: int  # ids in histories that no article file has
    capped_readers: int  # with more than `MAX_READER_IMPRESSIONS`
    over_cap: int  # lines of theirs
    repeated_candidates: int  # places of lists whose article the list had already
    recorded: Recorded = field(default_factory=Recorded)


def build(
    pieces: Iterable[pa.Table], most: int = MAX_READER_IMPRESSIONS, ranks: NDArray[np.int32] | None = None
) -> tuple[pa.Table, Left]:
    """Repeated impressions out, repeated articles of a list too, and histories where the log has none.

    A derived history holds the reader's clicks of strictly earlier impressions in this log, the last
    `MAX_DERIVED_HISTORY` of them, each article once at its latest click. Of a repeated impression the one in train
    counts, else the one with most clicks, then the one with the longest history, also where that is in a file of its
    own; a hash decides the rest. The order of the files says nothing.

    Args:
        pieces: All rows of some readers, of ROW_SCHEMA, in any order. Read one after the other: what `most` leaves
            out is not held in memory.
        most: Impressions of a reader that are kept, the latest.
        ranks: (num_articles,) what the hash knows articles by, from `columns.ranks_of`; their rows, which the order of
            the article files gives, if not given.

    Returns:
        Examples of EXAMPLE_SCHEMA, train before dev, by time, impression id and reader; and what was left out.
    """
    rows, copies, cut = _capped(pieces, most, ranks)
    records = rows.slice(0, 0)
    if rows["impression_id"].null_count:
        is_record = rows["impression_id"].is_null()
        records, rows = rows.filter(is_record), rows.filter(pc.invert(is_record))
    records, once, _ = _each_once(records, ("source", "user_id"), ranks)
    records = records.take(pa.array(once)).combine_chunks()
    rows, kept, _ = _each_once(rows, _KEYS, ranks, records)
    line, unknown = Line(len(kept)), int(pc.sum(rows["unknown"], min_count=0).as_py())
    repeated = len(rows) - len(kept) + int(copies.sum()) - len(copies)
    unknown_recorded, recorded = _put_recorded(rows, kept, records, line)
    rows, repeated_candidates = without_repeats(rows.take(pa.array(kept)))
    is_open = _numpy(rows["history"].is_null())
    line.put(np.flatnonzero(~is_open), histories.given(_whole(rows["history"].filter(pa.array(~is_open)))))
    to_derive = np.flatnonzero(is_open & (_numpy(rows["source"]) < 0))
    if len(to_derive):
        _put_derived(rows, to_derive, line)
    left = Left(repeated, unknown + unknown_recorded, *cut, repeated_candidates, recorded)
    order = pc.sort_indices(rows, [(name, "ascending") for name in ("is_dev", "time_s", "impression_id", "user_id")])
    examples = rows.select([name for name in EXAMPLE_SCHEMA.names if name != "history"]).take(order)
    place = EXAMPLE_SCHEMA.get_field_index("history")
    examples = examples.add_column(place, EXAMPLE_SCHEMA.field("history"), line.array(_numpy(order)))
    return examples.combine_chunks(), left


def _each_once(
    rows: pa.Table, keys: Sequence[str], ranks: NDArray[np.int32] | None, records: pa.Table | None = None
) -> tuple[pa.Table, NDArray[np.int64], NDArray[np.int64]]:
    """Of rows that are equal in some columns one: train before dev, most clicks, longest history, then by a hash.

    Args:
        rows: Of ROW_SCHEMA.
        keys: The columns.
        ranks: See `build`.
        records: Rows with the histories that readers have in files of their own, each once.

    Returns:
        The rows in order of the columns; (num_different,) places of those to keep; and (num_rows,) which row a row is
        equal to, counted from 0.
    """
    rows = rows.sort_by([(name, "ascending") for name in keys]).combine_chunks()
    differ = _differ(rows, keys)
    groups = np.cumsum(differ) - 1
    if differ.all():
        return rows, np.arange(len(rows)), groups
    doubtful = np.flatnonzero(np.bincount(groups)[groups] > 1)
    some = _content(rows.take(pa.array(doubtful)), ranks, records)
    _, digests = np.unique(np.array(row_digests(some), "S32"), return_inverse=True)
    clicked = without_repeats(some)[0]["clicked"]
    owners = np.repeat(np.arange(len(some)), _lengths(clicked))
    clicks = np.bincount(owners[_numpy(_whole(clicked).flatten())], minlength=len(some))
    by_worth = (digests, -_lengths(some["history"]), -clicks, _numpy(pc.fill_null(some["is_dev"], False)))
    order = np.lexsort((*by_worth, groups[doubtful]))
    best = doubtful[order[np.diff(groups[doubtful][order], prepend=-1) != 0]]
    alone = np.flatnonzero(np.bincount(groups)[groups] == 1)
    return rows, np.sort(np.concatenate([alone, best])), groups


def _content(rows: pa.Table, ranks: NDArray[np.int32] | None, records: pa.Table | None) -> pa.Table:
    """What rows say, whatever the order of the files: each with its own history, articles by their ranks."""
    histories_of = _whole(rows["history"])
    if records is not None:
        sources, found = _numpy(rows["source"]), _places(rows, records)
        none = len(rows) + len(records)
        places = np.where(sources < 0, np.arange(len(rows)), np.where(found < 0, none, len(rows) + found))
        every = pa.concat_arrays([histories_of, _whole(records["history"]), pa.array([[]], histories_of.type)])
        histories_of = every.take(pa.array(places))
    # Not the numbers of files: those depend on the order in which they were given.
    rows = rows.drop_columns(["source", "log", "history"]).append_column("history", histories_of)
    if ranks is None:
        return rows
    for name in ("history", "candidates"):
        column = _whole(rows[name])
        by_rank = pa.array(ranks[_numpy(column.values)], pa.int32())
        column = pa.ListArray.from_arrays(column.offsets, by_rank, mask=column.is_null())
        rows = rows.set_column(rows.column_names.index(name), name, column)
    return rows


def _places(rows: pa.Table, records: pa.Table) -> NDArray[np.int64]:
    """(num_rows,) place of the reader's record in the source of each row; -1 where there is none."""
    found = pc.index_in(_reader_keys(rows), _reader_keys(records))
    return _numpy(pc.fill_null(found, -1)).astype(np.int64)


def _put_recorded(rows: pa.Table, kept: NDArray[np.int64], records: pa.Table, line: Line) -> tuple[int, Recorded]:
    """Give impressions the history that their reader has in a file of its own.

    Returns:
        How many unknown ids these histories had, counted once for each impression; and who has one.
    """
    sources = _numpy(rows["source"])
    if not (sources >= 0).any() and not len(records):
        return 0, Recorded()
    places = np.where(sources < 0, -1, _places(rows, records))
    unknown = _numpy(pc.fill_null(records["unknown"], 0))
    given = histories.given(_whole(records["history"]))
    has = np.flatnonzero(places[kept] >= 0)
    which = places[kept][has]
    line.put(has, Found(given.values, given.starts[which], given.lengths[which]))
    pairs = np.stack([_numpy(rows["log"]), sources], axis=1)
    known, strangers = (_counted(pairs[(sources >= 0) & is_known]) for is_known in (places >= 0, places < 0))
    recorded = Recorded(Counter(_numpy(records["source"]).tolist()), known, strangers)
    return int(unknown[places[places >= 0]].sum()), recorded


def _counted(pairs: NDArray[np.int32]) -> Counter[tuple[int, int]]:
    different, counts = np.unique(pairs, axis=0, return_counts=True)
    return Counter(
        {(log, source): count for (log, source), count in zip(different.tolist(), counts.tolist(), strict=True)}
    )


def _put_derived(rows: pa.Table, places: NDArray[np.int64], line: Line) -> None:
    clicked = _whole(rows["clicked"])
    marks = _numpy(clicked.flatten())
    owners = np.repeat(np.arange(len(rows)), _lengths(clicked))
    clicks = _numpy(_whole(rows["candidates"]).flatten())[marks]
    num_clicks = np.bincount(owners[marks], minlength=len(rows))
    users = _numpy(_whole(rows["user_id"]).dictionary_encode().indices).astype(np.int64)
    found = histories.derived(users, _numpy(rows["time_s"]), clicks, num_clicks)
    line.put(places, Found(found.values, found.starts[places], found.lengths[places]))


def _capped(
    pieces: Iterable[pa.Table], most: int, ranks: NDArray[np.int32] | None
) -> tuple[pa.Table, NDArray[np.int64], tuple[int, int]]:
    """All rows, but of readers who have too many impressions only the latest.

    Returns:
        The rows; how often each came, more than once only for rows of such readers; how many readers and lines were
        cut.
    """
    empty = ROW_SCHEMA.empty_table().append_column("copies", pa.array([], pa.int64()))
    waiting, num_waiting, room, lines = [empty], 0, _ROWS_AT_ONCE, 0
    cut: set[str] = set()
    for piece in pieces:
        waiting.append(piece.append_column("copies", pa.array(np.ones(len(piece), np.int64))))
        lines, num_waiting = lines + len(piece), num_waiting + len(piece)
        if num_waiting > room:
            waiting = [_cut(pa.concat_tables(waiting), most, ranks, cut)]
            num_waiting = len(waiting[0])
            room = max(_ROWS_AT_ONCE, 2 * num_waiting)
    rows = _cut(pa.concat_tables(waiting), most, ranks, cut)
    copies = _numpy(rows["copies"])
    return rows.drop_columns(["copies"]), copies, (len(cut), lines - int(copies.sum()))


def _cut(rows: pa.Table, most: int, ranks: NDArray[np.int32] | None, cut: set[str]) -> pa.Table:
    """Leave the latest impressions of readers who have too many, and name those who lost some.

    The latest of all are among the latest of each part, so it does not matter when or how often this is done.
    """
    counts = rows["user_id"].value_counts()
    heavy = counts.field("values").filter(pc.greater(counts.field("counts"), most))
    if not len(heavy):
        return rows
    is_heavy = pc.and_(pc.is_in(rows["user_id"], heavy), rows["impression_id"].is_valid())
    before = rows.filter(is_heavy)
    latest = _latest(before, most, ranks)
    lines = [table.group_by("user_id").aggregate([("copies", "sum")]) for table in (before, latest)]
    of_before, of_latest = (dict(zip(*map(pa.ChunkedArray.to_pylist, one.columns), strict=True)) for one in lines)
    cut.update(user for user, count in of_before.items() if of_latest[user] < count)
    return pa.concat_tables([rows.filter(pc.invert(is_heavy)), latest])


def _latest(rows: pa.Table, most: int, ranks: NDArray[np.int32] | None) -> pa.Table:
    """Of each reader so many of the latest impressions; once for each file with histories that it came with."""
    rows, kept, groups = _each_once(rows, (*_KEYS, "source"), ranks)
    copies = np.bincount(groups, _numpy(rows["copies"])).astype(np.int64)
    rows = rows.take(pa.array(kept)).set_column(len(ROW_SCHEMA), "copies", pa.array(copies))
    users = _numpy(_whole(rows["user_id"]).dictionary_encode().indices)
    impressions = np.cumsum(_differ(rows, _KEYS))
    lasts = impressions[np.cumsum(np.bincount(users)) - 1][users]
    return rows.filter(pa.array(lasts - impressions < most))


def _differ(rows: pa.Table, keys: Sequence[str]) -> NDArray[np.bool_]:
    """(num_rows,) whether a row differs from the one before in some columns."""
    found = np.ones(len(rows), bool)
    if len(rows) > 1:
        equal = [_numpy(pc.equal(rows[name].slice(1), rows[name].slice(0, len(rows) - 1))) for name in keys]
        found[1:] = ~np.logical_and.reduce(equal)
    return found


def _reader_keys(rows: pa.Table) -> pa.ChunkedArray:
    return pc.binary_join_element_wise(rows["source"].cast(pa.string()), rows["user_id"], " ")


def _lengths(column: pa.ChunkedArray) -> NDArray[np.int64]:
    """Of lists; 0 where there is none."""
    return _numpy(pc.fill_null(pc.list_value_length(column), 0)).astype(np.int64)


def _numpy(column: pa.Array | pa.ChunkedArray) -> NDArray[Any]:
    whole = _whole(column)
    found: NDArray[Any] = whole.to_numpy(zero_copy_only=False)
    return found


def _whole(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
