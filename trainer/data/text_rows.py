"""Blocks of lines to rows: what a form's quick way is sure of goes whole columns at a time, all else line by line.

The quick ways (`mind_columns`, `json_columns`) take a line only where the slow ones (`mind`, `jsonl`) would give the
same. So the slow ones say what a line means and why one cannot be used.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

import pyarrow as pa

from edge_runtime.model.json_lines import decode_line
from trainer.data import json_columns, jsonl, mind, mind_columns
from trainer.data.bad_lines import BadLines
from trainer.data.columns import rows_of, rows_one_by_one
from trainer.data.forms import Form
from trainer.data.lines import Block
from trainer.data.log_rows import BadRow, LogRow, Parsed


def parse_block(block: Block, form: Form, article_ids: pa.BinaryArray, *, is_dev: bool) -> Parsed:
    """Rows of some lines.

    Args:
        block: The lines.
        form: MIND or JSON Lines.
        article_ids: Their order gives the row numbers.
        is_dev: Which part the rows belong to.
    """
    bad = BadLines(block.path)
    with _no_collection():
        columns, doubtful = (mind_columns if form is Form.MIND else json_columns).quick_columns(block, article_ids)
    outcomes = list(_one_by_one(doubtful, mind.parse_impression if form is Form.MIND else jsonl.parse_impression))
    pieces = [columns, rows_one_by_one(outcomes, article_ids, bad)]
    bad.total = len(columns["user_id"]) + len(outcomes)
    return Parsed(pa.concat_tables([rows_of(piece, is_dev=is_dev) for piece in pieces]), bad)


def _one_by_one(
    lines: Iterable[tuple[int, bytes]], parse_line: Callable[[str], LogRow]
) -> Iterator[tuple[int, LogRow | BadRow]]:
    for number, line in lines:
        if not line.strip():
            continue
        try:
            yield number, parse_line(decode_line(line))
        except BadRow as error:
            yield number, error
        except ValueError as error:
            yield number, BadRow("not readable text", str(error))


@contextmanager
def _no_collection() -> Iterator[None]:
    """Do not look for garbage among a hundred thousand new lists: there is none, and it takes a sixth of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
