"""What is parsed whole columns at a time is what parsing line by line gives."""

from __future__ import annotations

import json
import random
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from trainer.data import json_columns, mind_columns
from trainer.data.forms import Form
from trainer.data.lines import Block, read_blocks
from trainer.data.text_rows import parse_block

ARTICLES = pa.array([b"a1", b"a2", b"a3", "\u00e6".encode()], pa.binary())


def json_line(rng: random.Random) -> str:
    shown = rng.choices(["a1", "a2", "a3", "\u00e6", "gone"], [9, 9, 9, 1, 1], k=rng.randrange(0, 5))
    row = {
        "impression_id": rng.choice(["i", "\u00fc", "", 7]) if rng.random() < 0.2 else f"i{rng.randrange(9)}",
        "user_id": f"u{rng.randrange(3)}",
        "time": rng.choice(["2026-11-24T06:00:00Z", "2026-11-24T06:00:00.7+01:00", " 2026-11-24 06:00 ", "soon"]),
        "shown": shown,
        "clicked": shown[:1] if rng.random() < 0.5 else rng.choice([[], ["a1"]]),
    }
    if rng.random() < 0.5:
        row["history"] = rng.choice([None, [], ["a1", "gone", "a2"], "a1"])
    if rng.random() < 0.2:
        row["device"] = rng.choice(["phone", 'a "quoted" one', {"user_id": "x"}])
    line = json.dumps(row, ensure_ascii=rng.random() < 0.5)
    if rng.random() < 0.1:
        line = line[:-1] + rng.choice([', "user_id": "other"}', "", ', "x": NaN}', ', "shown": ["a2"]}'])
    return line


def mind_line(rng: random.Random) -> str:
    columns = ["1", rng.choice(["U1", "U2"]), "11/13/2019 12:00:05 AM", rng.choice(["", "a1 a2"]), "a1-0 a2-1"]
    odd = [
        ["2", ""],
        ["\u00fc", ""],
        [" 2/29/2020 1:00:00 PM ", "2/30/2020 1:00:00 PM", "1/1/0000 1:00:00 AM", "13/1/2020 1:00:00 AM"],
        [" a1  gone a3 ", "a1\x1ca2", "a1\u00a0a2"],
        ["a1-1", "", " ", "a1-0  a3-1\r", "a1-2", "gone-1", "-1", "\u00e6-1", "a1-0 a2"],
    ]
    if rng.random() < 0.5:
        place = rng.randrange(5)
        columns[place] = rng.choice(odd[place])
    return rng.choice("\t\t\t\t\t\t ").join(columns)


CASES = [(Form.JSON_LINES, json_line, json_columns), (Form.MIND, mind_line, mind_columns)]


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(("form", "line", "module"), CASES)
def test_the_quick_way_gives_what_the_slow_way_gives(form, line, module, seed, monkeypatch):
    rng = random.Random(seed)
    block = Block("log", 5, "\n".join(line(rng) for _ in range(400)).encode())
    quick = parse_block(block, form, ARTICLES, is_dev=True)
    columns, left = module.quick_columns(block, ARTICLES)
    assert 20 < len(columns["user_id"]) == 400 - len(left)

    none = {name: column[:0] for name, column in columns.items()}
    monkeypatch.setattr(module, "quick_columns", lambda *_: (none, list(block.lines())))
    slow = parse_block(block, form, ARTICLES, is_dev=True)

    def as_set(rows: pa.Table) -> list[str]:
        return sorted(map(repr, rows.to_pylist()))

    assert as_set(quick.rows) == as_set(slow.rows)
    assert (quick.bad.total, quick.bad.kept) == (slow.bad.total, slow.bad.kept)


def test_a_line_that_no_line_may_be_as_long_as_does_not_fill_the_memory(tmp_path: Path):
    path = tmp_path / "log"
    path.write_bytes(b"first\n" + b"x" * 20_000_000 + b"\nlast")
    blocks = list(read_blocks(path, 1_000_000))
    assert sum(len(block.data) for block in blocks) < 5_000_000
    lines = [(number, len(line)) for block in blocks for number, line in block.lines()]
    assert [number for number, _ in lines] == [1, 2, 3] and lines[1][1] > 1_000_000 and lines[2] == (3, 4)


def test_clicks_are_found_among_what_was_shown():
    shown, clicks = np.array([3, 1, 3, 2, 5], np.int32), np.array([3, 9], np.int32)
    marked, misses = json_columns.marks(shown, np.array([3, 0, 2]), clicks, np.array([1, 0, 1]))
    assert (marked.tolist(), misses.tolist()) == ([True, False, True, False, False], [False, False, True])
