"""One bucket of readers: what is kept of rows that come again, of heavy readers, and where histories lie."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pytest

from trainer.data import bucket
from trainer.data.bucket import EXAMPLE_SCHEMA, Left, build
from trainer.data.columns import rows_of
from trainer.data.log_rows import ROW_SCHEMA

Row = tuple[str, str, int, Sequence[int], Sequence[bool]]  # impression id, reader, second, shown, clicked


def table(rows: Sequence[Row], history: Sequence[Sequence[int] | None] = (), *, is_dev: bool = False) -> pa.Table:
    names = ("impression_id", "user_id", "time_s", "candidates", "clicked")
    columns = dict(zip(names, (list(column) for column in zip(*rows, strict=True)), strict=True))
    columns["candidates"] = pa.array(columns["candidates"], pa.list_(pa.int32()))
    columns["history"] = pa.array(history or [None] * len(rows), pa.list_(pa.int32()))
    columns["unknown"] = np.zeros(len(rows), np.int32)
    return rows_of(columns, is_dev=is_dev)


def test_an_empty_bucket_gives_no_examples():
    examples, left = build([])
    assert (examples.schema, len(examples), left) == (EXAMPLE_SCHEMA, 0, Left(0, 0, 0, 0, 0))


def test_of_versions_of_an_impression_train_counts_then_most_clicks_whatever_the_order():
    quiet = table([("i", "u", 5, [1, 2], [False, False])])
    lively = table([("i", "u", 5, [1, 2], [True, False])])
    other = table([("i", "u", 5, [1, 3], [True, False])])
    in_dev = table([("i", "u", 5, [1, 2], [True, True])], is_dev=True)
    found = set()
    for order in ([quiet, lively, other, in_dev], [in_dev, other, lively, quiet], [lively, in_dev, quiet, other]):
        examples, left = build(order)
        (kept,) = examples.to_pylist()
        assert (sum(kept["clicked"]), kept["is_dev"], left.repeated) == (1, False, 3)
        found.add(tuple(kept["candidates"]))
    assert len(found) == 1  # of `lively` and `other`, which a hash decides between


def test_what_a_hash_decides_does_not_depend_on_the_order_of_the_articles():
    ranks, chosen = np.arange(40, dtype=np.int32), []
    for row_of in (ranks, ranks[::-1], np.random.default_rng(0).permutation(ranks)):
        versions = [table([(f"i{n}", "u", n, [row_of[n + more]], [True]) for n in range(20)]) for more in (0, 20)]
        examples, _ = build(versions, ranks=np.argsort(row_of).astype(np.int32))
        chosen.append(np.argsort(row_of)[examples["candidates"].combine_chunks().flatten().to_numpy()].tolist())
    assert chosen[0] == chosen[1] == chosen[2]
    assert 0 < sum(article < 20 for article in chosen[0]) < 20  # neither version is always the one


@pytest.mark.parametrize("piece", [1, 7, 100])
def test_of_a_reader_with_too_many_impressions_the_latest_are_kept_and_the_others_counted(piece: int, monkeypatch):
    monkeypatch.setattr(bucket, "_ROWS_AT_ONCE", 15)
    rows = [(f"i{n:03d}", "machine", n, [n % 7], [True]) for n in range(100)]
    rows += [("i099", "machine", 99, [1], [True]), ("i000", "machine", 0, [0], [True])]  # once more
    rows += [("i1", "person", 50, [3], [False])]
    order = np.random.default_rng(piece).permutation(len(rows))
    shuffled = [rows[place] for place in order]
    examples, left = build([table(shuffled[at : at + piece]) for at in range(0, len(rows), piece)], most=10)
    kept = [row["impression_id"] for row in examples.to_pylist() if row["user_id"] == "machine"]
    assert kept == [f"i{n:03d}" for n in range(90, 100)]
    # 102 lines of the machine: 10 are kept, one of them came twice; 91 are left out.
    assert (len(examples), left) == (
        11,
        Left(repeated=1, unknown_history=0, capped_readers=1, over_cap=91, repeated_candidates=0),
    )


def test_histories_are_windows_of_what_a_reader_opened_and_equal_ones_are_stored_once():
    derived = table([(f"i{n}", "u", n, [n], [True]) for n in range(50)])
    given = table([(f"j{n}", "v", n, [1], [False]) for n in range(50)], [[4, 5, 6]] * 50)
    examples, _ = build([derived, given])
    line = examples["history"].combine_chunks().values
    assert len(line) == 49 + 3  # the last click is in no history
    found = {row["impression_id"]: row["history"] for row in examples.to_pylist()}
    assert found["i49"] == list(range(49)) and found["i0"] == [] and found["j9"] == [4, 5, 6]


def test_a_history_of_a_file_of_its_own_is_its_readers_and_that_of_its_own_file():
    impressions = [
        table([("i", "u", 5, [1], [True])]).set_column(4, "source", pa.array([n], pa.int32())) for n in (0, 1)
    ]
    impressions[1] = impressions[1].set_column(0, "impression_id", pa.array(["j"]))
    none = {field.name: pa.nulls(1, field.type) for field in ROW_SCHEMA}
    record = {**none, "user_id": ["u"], "history": pa.array([[7, 8]], pa.list_(pa.int32())), "unknown": [2]}
    examples, left = build([*impressions, rows_of(record, is_dev=False, source=1)])
    assert {row["impression_id"]: row["history"] for row in examples.to_pylist()} == {"i": [], "j": [7, 8]}
    assert left.unknown_history == 2


def test_an_article_that_a_list_has_twice_counts_once_and_twice_clicked_is_no_more_than_once():
    double = table([("i", "u", 5, [4, 6, 4], [True, False, True])])
    other = table([("i", "u", 5, [1, 2, 3], [True, True, False])])
    last = table([("j", "u", 6, [7], [False])])
    for order in ([double, other, last], [last, other, double]):
        examples, left = build(order)
        assert examples["candidates"].to_pylist() == [[1, 2, 3], [7]]  # two articles clicked, not one twice
        assert (left.repeated, left.repeated_candidates) == (1, 0)
    examples, left = build([double, last])
    assert examples["candidates"].to_pylist() == [[4, 6], [7]]
    assert examples["clicked"].to_pylist() == [[True, False], [False]]
    assert (examples["history"].to_pylist(), left.repeated_candidates) == ([[], [4]], 1)


def test_who_has_a_history_in_a_file_of_its_own_is_counted_by_log_and_file():
    none = {field.name: pa.nulls(2, field.type) for field in ROW_SCHEMA}
    histories = pa.array([[7], []], pa.list_(pa.int32()))
    records = rows_of({**none, "user_id": ["u", "v"], "history": histories, "unknown": [0, 0]}, is_dev=False, source=0)
    logs = []
    for number, readers in enumerate(("uvx", "xyz")):
        rows = table([(f"i{number}", reader, 5, [1], [True]) for reader in readers])
        columns = {name: rows[name].combine_chunks() for name in rows.column_names}
        logs.append(rows_of(columns, is_dev=False, log=number, source=0))
    _, left = build([*logs, records])
    assert left.recorded.readers == {0: 2}
    assert left.recorded.known == {(0, 0): 2}
    assert left.recorded.strangers == {(0, 0): 1, (1, 0): 3}
