"""Lines of text for a screen whose characters have columns, such as a terminal: how wide they are, where they end."""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from edge_runtime.feeds.plain_text import clean_text


class Look(StrEnum):
    """How a text stands out; a screen without colours may show all alike."""

    PLAIN = "plain"
    STRONG = "strong"  # titles and headings
    FAINT = "faint"  # what is said beside


@dataclass(frozen=True, slots=True)
class Span:
    """A clean text of one look."""

    text: str
    look: Look = Look.PLAIN


Line = tuple[Span, ...]


def paragraph(text: str, width: int, look: Look = Look.PLAIN, indent: int = 0) -> list[Line]:
    """Lines of a text in one look, each indented, on a narrow screen by less."""
    indent = min(indent, width // 2)
    return [(Span(" " * indent + line, look),) for line in wrapped(text, width - indent)]


def joined(groups: Iterable[list[Line]]) -> list[Line]:
    """The lines of all groups, with an empty line between two; empty groups are left out."""
    lines: list[Line] = []
    for group in groups:
        lines += [(Span(""),), *group] if lines and group else group
    return lines


def columns(text: str) -> int:
    """How many columns a terminal gives a text: two to wide characters, none to marks."""
    return sum(map(_columns_of, text))


def wrapped(text: str, width: int) -> list[str]:
    """A cleaned text in lines of at most `width` columns, at least one; Chinese breaks anywhere, a long word where it
    must."""
    lines, line, room = [], "", width
    for piece in _pieces(clean_text(text)):
        needed = columns(piece.rstrip())
        if needed > room and line:
            lines.append(line.rstrip())
            line, room = "", width
        for character in piece:
            if _columns_of(character) > room and character != " ":
                lines.append(line.rstrip())
                line, room = "", width
            line += character
            room -= _columns_of(character)
    return [*lines, line.rstrip()]


def cut_line(line: str, width: int) -> list[str]:
    """A clean line with its spaces, in pieces of at most `width` columns; at least one."""
    pieces, room = [""], width
    for character in line:
        if _columns_of(character) > room:
            pieces.append("")
            room = width
        pieces[-1] += character
        room -= _columns_of(character)
    return pieces


def _pieces(text: str) -> list[str]:
    """A text cut where a line may end, each piece with the spaces after it."""
    pieces = [""]
    for character in text:
        last = pieces[-1]
        if last and character != " " and (last[-1] == " " or 2 in (_columns_of(last[-1]), _columns_of(character))):
            pieces.append("")
        pieces[-1] += character
    return pieces


@functools.lru_cache(4096)
def _columns_of(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1
