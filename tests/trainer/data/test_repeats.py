"""Lists that show an article twice: it counts once, at its first place, clicked if it was clicked anywhere."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from trainer.data.bucket import EXAMPLE_SCHEMA as SCHEMA
from trainer.data.repeats import without_repeats


def table(candidates: list[list[int]], clicked: list[list[bool]]) -> pa.Table:
    size = len(candidates)
    columns = {
        "impression_id": [str(number) for number in range(size)],
        "user_id": ["u"] * size,
        "time_s": [0] * size,
        "is_dev": [False] * size,
        "history": [[]] * size,
        "candidates": candidates,
        "clicked": clicked,
    }
    return pa.table(columns, schema=SCHEMA)


def test_a_repeated_article_counts_once_and_keeps_its_click():
    rows = table(
        [[5, 7, 5], [1, 2], [], [3, 3, 3, 0], [4, 6, 4]],
        [[False, True, True], [True, False], [], [False] * 4, [True, False, False]],
    )
    found, repeated = without_repeats(rows)
    # One place of 5, two of 3, one of 4.
    assert repeated == 4
    assert found["candidates"].to_pylist() == [[5, 7], [1, 2], [], [3, 0], [4, 6]]
    assert found["clicked"].to_pylist() == [[True, True], [True, False], [], [False, False], [True, False]]
    assert found.schema == SCHEMA


def test_a_log_without_repetitions_stays_as_it_is_and_so_does_an_empty_one():
    rows = table([[1, 2], [2, 1, 0]], [[True, False], [False, False, True]])
    assert without_repeats(rows) == (rows.combine_chunks(), 0)
    empty = SCHEMA.empty_table()
    assert without_repeats(empty) == (empty, 0)


def test_what_is_left_is_what_a_loop_leaves():
    rng = np.random.default_rng(3)
    candidates = [rng.integers(0, 6, rng.integers(0, 9)).tolist() for _ in range(300)]
    clicked = [(rng.random(len(shown)) < 0.3).tolist() for shown in candidates]
    found, repeated = without_repeats(table(candidates, clicked))
    expected = [list(dict.fromkeys(shown)) for shown in candidates]
    assert found["candidates"].to_pylist() == expected
    assert repeated == sum(map(len, candidates)) - sum(map(len, expected))
    hits = [
        [any(hit for at, hit in zip(shown, marks, strict=True) if at == article) for article in kept]
        for shown, marks, kept in zip(candidates, clicked, expected, strict=True)
    ]
    assert found["clicked"].to_pylist() == hits
