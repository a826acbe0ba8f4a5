"""What a page is made of, and how its numbers are written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from trainer.intervals import Interval

NOT_KNOWN = "–"


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph, or lines of a list, words side by side, or code."""

    text: str
    kind: str = "paragraph"  # paragraph, list, words, code


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture, by its name in `plots.PICTURES`, with what it says in words."""

    picture: str
    alt: str
    caption: str


@dataclass(frozen=True, slots=True)
class Table:
    """Rows whose first cell names them."""

    caption: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    words: Sequence[int] = ()  # columns of text; the others are numbers


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands under it."""

    title: str
    parts: Sequence[Text | Figure | Table]


def count(number: float | None) -> str:
    """A whole number in groups of three digits: 1,234."""
    return NOT_KNOWN if number is None else f"{number:,.0f}"


def decimal(number: float | None, places: int = 2) -> str:
    """A number with so many digits behind the point: 1.23."""
    return NOT_KNOWN if number is None or number != number else f"{number:,.{places}f}"


def interval(found: Interval | None) -> str:
    """A mean with its interval: 0.4166 [0.3911, 0.4396]."""
    if found is None or found.mean != found.mean:
        return NOT_KNOWN
    return f"{found.mean:.4f} [{found.low:.4f}, {found.high:.4f}]"


def difference(found: Interval | None) -> str:
    """A mean difference with signs: +0.0048 [-0.0035, +0.0125]."""
    if found is None or found.mean != found.mean:
        return NOT_KNOWN
    # Rounded first: no -0.0000.
    mean, low, high = (round(value, 4) + 0.0 for value in (found.mean, found.low, found.high))
    return f"{mean:+.4f} [{low:+.4f}, {high:+.4f}]"


def gained(number: float, places: int = 0) -> str:
    """A number with its sign: +1,234."""
    return f"{round(number, places) + 0.0:+,.{places}f}"


def share(number: float) -> str:
    """A share as a percentage: 12.3 %."""
    return f"{100 * number:.1f} %"
