"""Splits markup of any quality into text and tags, in one pass whose time grows linearly with the input.

It knows where a tag, comment or CDATA section ends and nothing of what they mean. HTML and XML that expat refuses are
both read with it.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from enum import Enum, auto

MAX_QUOTED_VALUES = 200  # of one tag


class Token(Enum):
    """What a piece of markup is, and so what comes with it."""

    TEXT = auto()  # text with its entities as they stand
    CDATA = auto()  # the inside of a CDATA section
    OPEN = auto()  # the inside of <...>, a closing slash included
    CLOSE = auto()  # the inside of </...>
    OTHER = auto()  # comment, declaration or processing instruction; comes without its text


_START = re.compile(r"<(?=[!?]|/?[A-Za-z_])")
_IN_TAG = re.compile(r">|=\s{0,3}[\"']")
_NAME = re.compile(r"[^\s/>]{1,100}")
_ATTRIBUTE = re.compile(r"""(?<![^\s"'/])([^\s=/>"'<]++)\s*+=\s*+(?:"([^"]*)"|'([^']*)'|([^\s>"']++))""")
_ENTITY = re.compile(r"&(?:#[0-9]{1,8}|#[xX][0-9a-fA-F]{1,8}|[A-Za-z][A-Za-z0-9]{1,31});")


def split_markup(source: str, dropped: re.Pattern[str] | None = None) -> Iterator[tuple[Token, str]]:
    """The pieces of some markup, in order; a "<" that opens no tag is text.

    Args:
        dropped: Matches the start of tags whose element is left out with all that it holds (script, style).
    """
    offset = 0
    quotes_count = True
    while (found := _START.search(source, offset)) is not None:
        start = found.start()
        if start > offset:
            yield Token.TEXT, source[offset:start]
        if source.startswith("<![CDATA[", start):
            end, offset = _find(source, "]]>", start + 9)
            yield Token.CDATA, source[start + 9 : end]
        elif source.startswith("<!--", start):
            _, offset = _find(source, "-->", start + 4)
            yield Token.OTHER, ""
        elif source[start + 1] in "!?":
            _, offset = _find(source, ">", start)
            yield Token.OTHER, ""
        else:
            end = _tag_end(source, start) if quotes_count else -1
            if end < 0:
                # A quote that is never closed would swallow the rest. From here on quotes mean nothing: looking for
                # their ends again and again would take quadratic time.
                quotes_count = False
                end = _find(source, ">", start)[0]
            offset = end + 1
            if source[start + 1] == "/":
                yield Token.CLOSE, source[start + 2 : end]
                continue
            inside = source[start + 1 : end]
            if dropped is not None and dropped.match(inside) and not inside.endswith("/"):
                closing = re.compile(rf"</{re.escape(tag_name(inside))}", re.IGNORECASE).search(source, offset)
                offset = len(source) if closing is None else _find(source, ">", closing.end())[1]
                yield Token.OTHER, ""
            else:
                yield Token.OPEN, inside
    if offset < len(source):
        yield Token.TEXT, source[offset:]


def tag_name(inside: str) -> str:
    """The name at the head of a tag, as it is written."""
    found = _NAME.match(inside)
    return "" if found is None else found.group()


def tag_attributes(inside: str, max_attributes: int) -> list[str]:
    """Names and values by turns, entities decoded, as expat gives them; one more than `max_attributes` at most."""
    attributes: list[str] = []
    for found in _ATTRIBUTE.finditer(inside, len(tag_name(inside))):
        attributes += (found[1], decode_entities(found[2] or found[3] or found[4] or ""))
        if len(attributes) > 2 * max_attributes:
            break
    return attributes


def decode_entities(text: str) -> str:
    """Entities of HTML that end in a semicolon; "&copy=1" of an address stays what it is."""
    return _ENTITY.sub(lambda entity: html.unescape(entity.group()), text) if "&" in text else text


def _find(source: str, mark: str, start: int) -> tuple[int, int]:
    """Where a mark begins and ends; the end of the source if it does not come."""
    end = source.find(mark, start)
    return (len(source), len(source)) if end < 0 else (end, end + len(mark))


def _tag_end(source: str, start: int) -> int:
    """The offset of the ">" that closes a tag, or -1: a quoted value that is not closed, too many, or no end at all."""
    offset = start
    for _ in range(MAX_QUOTED_VALUES):
        found = _IN_TAG.search(source, offset)
        if found is None or found.group() == ">":
            return -1 if found is None else found.start()
        offset = source.find(found.group()[-1], found.end()) + 1
        if not offset:
            return -1
    return -1
