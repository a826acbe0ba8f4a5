"""Pages with tables of a study: all between `<!-- NAME -->` and `<!-- end -->` is written anew, the rest stays."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from trainer.errors import ConfigError
from trainer.intervals import Interval

_PLACE = re.compile(r"(<!-- (?!end -->)([a-z-]+) -->\n).*?(<!-- end -->)", re.DOTALL)
Found = TypeVar("Found")
NOTHING = "Not measured in this run."


def read_page(page: Path) -> str:
    """A page that is to be filled.

    Raises:
        ConfigError: It cannot be read.
    """
    try:
        return page.read_text("utf-8")
    except OSError as error:
        raise ConfigError(f"{page}: cannot be read ({error.strerror}); give the page that has the marks") from error


def filled(text: str, found: Found, tables: Mapping[str, Callable[[Found], str]], where: str = "page") -> str:
    """The page with the tables of some figures.

    Args:
        text: With marks.
        found: The figures.
        tables: What makes the table of each mark.
        where: For the error.

    Raises:
        ConfigError: A mark that nothing belongs to.
    """

    def table(match: re.Match[str]) -> str:
        begin, name, end = match.groups()
        if name not in tables:
            raise ConfigError(f"{where}: nothing belongs to the mark {name!r}; known are {', '.join(tables)}")
        return f"{begin}{tables[name](found)}\n{end}"

    return _PLACE.sub(table, text)


def table_text(heads: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    """A table in Markdown; the first column to the left, numbers to the right."""
    rule = ["---", *["---:"] * (len(heads) - 1)]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in [heads, rule, *lines])


def interval_text(interval: Interval) -> str:
    """A mean with its interval."""
    return f"{interval.mean:.4f} [{interval.low:.4f}, {interval.high:.4f}]"


def difference_text(interval: Interval) -> str:
    """A difference with its interval, signed."""
    # Rounded first: no -0.0000.
    mean, low, high = (round(value, 4) + 0.0 for value in (interval.mean, interval.low, interval.high))
    return f"{mean:+.4f} [{low:+.4f}, {high:+.4f}]"


def count_text(number: float | None) -> str:
    """A whole number; nothing for None."""
    return "" if number is None else f"{number:,.0f}"
