"""Rows on disk by bucket of readers: nothing is lost or changed when many files become few."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from trainer.data import runner, spill
from trainer.data.bad_lines import BadLines
from trainer.data.log_rows import ROW_SCHEMA, Parsed
from trainer.data.runner import LocalRunner
from trainer.data.spill import bucket_numbers, merge_spills, read_bucket, write_spill

BUCKETS = 5


def rows_of(users: Iterable[int]) -> pa.Table:
    """An impression for each, with a history and lists of lengths that differ."""
    rows = [
        {
            "impression_id": f"i{number}",
            "user_id": f"u{user}",
            "time_s": number,
            "is_dev": False,
            "source": -1,
            "history": None if user % 2 else [user] * (user % 4),
            "unknown": 0,
            "candidates": list(range(number % 3)),
            "clicked": [False] * (number % 3),
        }
        for number, user in enumerate(users)
    ]
    return pa.Table.from_pylist(rows, ROW_SCHEMA)


def parse(users: list[int]) -> list[Parsed]:
    return [Parsed(rows_of(users), BadLines("made up"))]


def rows_in(number: int, pieces: Iterable[pa.Table]) -> list[str]:
    return sorted(repr(row) for piece in pieces for row in piece.to_pylist())


@pytest.mark.parametrize("rows_at_once", [1, 7, 50_000])
def test_merged_files_hold_the_rows_of_each_bucket_in_the_same_order(
    rows_at_once: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(spill, "MERGED_ROWS", rows_at_once)
    rng = np.random.default_rng(3)
    paths = [tmp_path / f"{number}.arrow" for number in range(4)]
    for path, size in zip(paths, (30, 0, 1, 17), strict=True):
        write_spill([rows_of(rng.integers(0, 12, size).tolist())], BUCKETS, path)
    merge_spills(paths, tmp_path / "merged.arrow")
    for number in range(BUCKETS):
        expected = pa.concat_tables([ROW_SCHEMA.empty_table(), *read_bucket(paths, number)])
        found = pa.concat_tables([ROW_SCHEMA.empty_table(), *read_bucket([tmp_path / "merged.arrow"], number)])
        assert found.to_pylist() == expected.to_pylist()
        assert set(bucket_numbers(found["user_id"], BUCKETS).tolist()) <= {number}
    assert not list(tmp_path.glob("*.partial"))


def test_a_runner_with_many_files_merges_them_and_builds_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    tasks = [[piece, piece + 1, 7] for piece in range(9)]
    built = []
    for most in (100, 2):  # of nine, two at a time: 5, 3, 2
        monkeypatch.setattr(runner, "MOST_FILES", most)
        monkeypatch.setattr(runner, "MERGED", 2)
        folder = tmp_path / str(most)
        folder.mkdir()
        with LocalRunner(folder, workers=1) as local:
            assert len(list(local.spill(parse, tasks, BUCKETS))) == 9
            built.append(list(local.build(rows_in)))
    assert built[0] == built[1]
    assert sum(map(len, built[0])) == 27
    assert len(list((tmp_path / "2").iterdir())) == 2
