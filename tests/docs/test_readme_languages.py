"""README.md and README.zh-CN.md: the same commands, figures and links in the same order."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
COMMAND = re.compile(r"    ((?:make|pip|python|edge-news|edge-news-trainer) [^#]*)")


def commands(text: str) -> list[str]:
    """Commands of the indented blocks, without comments."""
    return [match[1].strip() for line in text.splitlines() if (match := COMMAND.fullmatch(line.partition("  #")[0]))]


def figures(text: str) -> list[list[str]]:
    """The numbers of each line of a table."""
    rows = [re.findall(r"\d[\d,.]*", line) for line in text.splitlines() if line.startswith("|")]
    return [row for row in rows if len(row) > 1]


def links(text: str) -> list[str]:
    """Files that the tables link to, and pictures."""
    lines = [line for line in text.splitlines() if line.startswith(("|", "<img"))]
    return [
        name for line in lines for name in re.findall(r'\]\(([^)]+)\)|src="([^"]+)"', line) for name in name if name
    ]


@pytest.mark.parametrize("of", [commands, figures, links])
def test_both_languages_say_the_same(of):
    english, chinese = ((ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "README.zh-CN.md"))
    assert of(english) == of(chinese)
    assert len(of(english)) >= 5


def test_both_have_the_same_sections():
    heads = [
        len(re.findall(r"^## ", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE))
        for name in ("README.md", "README.zh-CN.md")
    ]
    assert heads[0] == heads[1]


def test_a_command_stands_without_its_comment():
    assert commands("    make demo    # trains\ntext\n    After opening:\n") == ["make demo"]
