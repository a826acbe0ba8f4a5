"""docs/architecture.md against the code: the layers are those of the contract, and every place to change is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.integration.test_layers import RUNTIME, TRAINER

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")


def rows_after(text: str) -> list[list[str]]:
    """Cells of the first table behind a text, without its two rows of heads."""
    table = PAGE.partition(text)[2].partition("\n|")[2].partition("\n\n")[0]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()[2:]]


@pytest.mark.parametrize(("heading", "layers"), [("`edge_runtime`, highest", RUNTIME), ("`trainer`, highest", TRAINER)])
def test_the_layers_are_those_of_the_contract(heading, layers):
    assert [re.findall(r"`(\w+)`", names) for names, _ in rows_after(heading)] == layers[::-1]


def test_whoever_changes_something_finds_file_line_and_test():
    rows = rows_after("## How to change and add")
    assert len(rows) >= 10
    for task, file, line, test in rows:
        text = (ROOT / file.strip("`")).read_text(encoding="utf-8")
        assert all(named in text for named in re.findall(r"`([^`]+)`", line)), task
        assert (ROOT / test.strip("`")).is_file(), task


def test_the_glossary_is_in_order_and_names_each_thing_once():
    names = [row[0].casefold() for row in rows_after("## Glossary")]
    assert names == sorted(set(names))
