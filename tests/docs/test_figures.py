"""Figures of user pages are those of the lab pages, which scripts fill: rounded, never made up."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NUMBER = re.compile(r"(?<![\w.])-?\d[\d,]*(?:\.\d+)?")


def numbers(lines: list[str]) -> list[str]:
    """Figures as they are printed; names in backticks hold none."""
    return [number.replace(",", "") for line in lines for number in NUMBER.findall(re.sub(r"`[^`]*`", "", line))]


def tables(page: str) -> list[str]:
    """Rows of all tables but their heads."""
    text = (ROOT / page).read_text(encoding="utf-8")
    return re.findall(r"(?<=\|\n)\|.*\|$", text, re.MULTILINE)


def is_rounding(figure: str, exact: str) -> bool:
    """Whether a figure is another one with fewer digits."""
    digits = len(figure.partition(".")[2])
    return digits <= len(exact.partition(".")[2]) and abs(float(figure) - float(exact)) <= 0.5000001 * 10**-digits


@pytest.mark.parametrize(
    ("page", "heading", "lab"),
    [
        ("README.md", "| model | bytes |", "docs/lab/compression.md"),
        ("docs/compression.md", "| `--size` |", "docs/lab/compression.md"),
        ("docs/quality.md", "| ranked by |", "docs/lab/quality.md"),
        ("docs/ranking.md", "| the feed is |", "docs/lab/ranking.md"),
        ("docs/push.md", "| policy |", "docs/lab/push.md"),
        ("docs/stories.md", "| half of the stories |", "docs/lab/stories.md"),
    ],
)
def test_each_figure_of_a_user_page_is_in_the_lab(page, heading, lab):
    text = (ROOT / page).read_text(encoding="utf-8")
    rows = text[text.index(heading) :].partition("\n\n")[0].splitlines()[2:]
    exact = numbers(tables(lab))
    # The name of a row is no figure.
    found = numbers([row.strip("|").partition("|")[2] for row in rows])
    assert found
    assert [figure for figure in found if not any(is_rounding(figure, one) for one in exact)] == []


@pytest.mark.parametrize(
    ("figure", "exact", "expected"),
    [("0.399", "0.3991", True), ("0.40", "0.3991", True), ("0.398", "0.3991", False), ("0.3991", "0.40", False)],
)
def test_a_rounding_has_fewer_digits_and_the_same_value(figure, exact, expected):
    assert is_rounding(figure, exact) is expected
