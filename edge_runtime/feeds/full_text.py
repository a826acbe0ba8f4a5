"""The text of an article as a feed gives it: HTML to paragraphs, lists, headings and numbered links.

What comes out is clean text and where its links stand, so that a terminal, an app and a web page can draw it alike.
Nothing of the HTML itself is left. Time and size grow linearly with the input, which is cut at a bound.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from html import unescape

from edge_runtime.feeds.identity import web_url
from edge_runtime.feeds.markup import Token, split_markup, tag_attributes, tag_name
from edge_runtime.feeds.plain_text import clean_text, cut_at_word

MAX_CHARS = 65_536  # of HTML; the rest is not looked at
MAX_TAGS = 20_000
MAX_LINKS = 500  # that have numbers
MAX_DEPTH = 6  # of lists or quotes that are told apart
MAX_ALT_CHARS = 300
_MAX_ATTRIBUTES = 32

_DROPPED = re.compile(
    r"(?:script|style|iframe|noscript|template|svg|textarea|select|object|title|video|audio|canvas)(?![^\s/])",
    re.IGNORECASE,
)
# Every other tag begins another block.
_INLINE = re.compile(
    "abbr|acronym|b|bdi|bdo|big|cite|code|data|del|dfn|em|font|i|ins|kbd|label|mark|nobr|q|rp|rt|ruby|s|samp|small|"
    "span|strike|strong|sub|sup|time|tt|u|var|wbr"
)
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_TAG = re.compile(r"<[a-z/!][^<>]{0,2000}>", re.IGNORECASE)
_ESCAPED_TAG = re.compile(
    r"</(?:[abipu]|blockquote|code|div|em|h[1-6]|li|ol|pre|span|strong|ul)\s*>|<(?:br|p)\s?/?>", re.IGNORECASE
)
_BLANK_LINES = re.compile(r"\r?\n[ \t\r]*\n\s*")
_SPACES = re.compile("( +)")


class BlockKind(StrEnum):
    """What a block is, apart from the lists and quotes that it stands in."""

    PARAGRAPH = "paragraph"
    HEADING = "heading"
    PREFORMATTED = "preformatted"  # its spaces and line ends count


@dataclass(frozen=True, slots=True)
class LinkSpan:
    """Where in the text of a block a link stands."""

    start: int
    end: int  # behind its last character
    number: int  # from 1, of `FullText.links`


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, a heading, an entry of a list, or lines that are to be shown as they are."""

    kind: BlockKind
    text: str  # clean; a line end within it is one of the author's
    links: tuple[LinkSpan, ...] = ()
    label: str = ""  # of a list's entry, "•" or "3."; its later blocks have none
    list_depth: int = 0  # in how many lists it stands
    quote_depth: int = 0  # in how many quotes it stands


@dataclass(frozen=True, slots=True)
class FullText:
    """The text of an article."""

    blocks: tuple[Block, ...] = ()
    links: tuple[str, ...] = ()  # web addresses; the first has number 1
    is_cut: bool = False  # there was more than is read

    @property
    def num_chars(self) -> int:
        """How long the text is."""
        return sum(len(block.text) for block in self.blocks)


def read_full_text(html: str, base: str = "") -> FullText:
    """The visible text of some HTML, each word once and in order, in blocks.

    Scripts, styles and embedded pages are left out; an image is its description. Text without any tag is parted at
    blank lines. Text whose tags are all escaped was escaped once too often.

    Args:
        html: Of any quality.
        base: What links are relative to: the address of the article.
    """
    source = html[:MAX_CHARS]
    if not _TAG.search(source):
        unescaped = unescape(source)
        source = unescaped if _ESCAPED_TAG.search(unescaped) else _BLANK_LINES.sub("<p>", source)
    assembly = _Assembly(base)
    is_cut = len(html) > MAX_CHARS
    for num_tags, (token, piece) in enumerate(split_markup(source, _DROPPED)):
        if num_tags > MAX_TAGS:
            is_cut = True
            break
        if token in (Token.TEXT, Token.CDATA):
            assembly.text(unescape(piece))
        elif token is not Token.OTHER:
            assembly.tag(piece, is_closing=token is Token.CLOSE)
    return replace(assembly.finished(), is_cut=is_cut)


class _Assembly:
    """Told of tags and texts, makes blocks of them."""

    def __init__(self, base: str) -> None:
        self._base = base
        self._blocks: list[Block] = []
        self._numbers: dict[str, int] = {}  # of addresses
        self._lists: list[int] = []  # of each open list the number of its next entry; below 0 where it has dots
        self._quotes = 0
        self._pre = 0
        self._is_heading = False
        self._label = ""
        self._begin()

    def _begin(self) -> None:
        self._parts: list[str] = []
        self._length = 0
        self._spans: list[LinkSpan] = []
        self._address = ""  # of the link that is open
        self._link_start = self._link_part = 0  # among characters and parts

    def finished(self) -> FullText:
        self._end_block()
        return FullText(tuple(self._blocks), tuple(self._numbers))

    def text(self, text: str) -> None:
        if self._pre:
            lines = text.expandtabs(4).replace("\r\n", "\n").replace("\r", "\n").split("\n")
            self._append("\n".join("".join(map(_clean_word, _SPACES.split(line))) for line in lines))
            return
        words = clean_text(text)
        if text[:1].isspace() or not words:
            self._append_space()
        self._append(words)
        if words and text[-1:].isspace():
            self._append_space()

    def tag(self, inside: str, *, is_closing: bool) -> None:
        name = tag_name(inside).lower()
        if name == "a":
            self._end_link()
            if not is_closing:
                self._begin_link(inside)
        elif name == "br":
            self._end_line()
        elif name == "img":
            self._image(inside)
        elif name in ("td", "th"):
            if not is_closing and self._length:
                self._append_space()
                self._append("| ")
        elif not _INLINE.fullmatch(name):
            self._end_block()
            self._enter(name, by=-1 if is_closing else 1, inside=inside)

    def _enter(self, name: str, *, by: int, inside: str) -> None:
        """What is open after a tag of a block."""
        if name in _HEADINGS:
            self._is_heading = by > 0
        elif name == "pre":
            self._pre = max(self._pre + by, 0)
        elif name == "blockquote":
            self._quotes = max(self._quotes + by, 0)
        elif name in ("ul", "ol", "menu", "dir"):
            self._label = ""
            if by > 0:
                self._lists.append(_first_number(inside) if name == "ol" else -1)
            elif self._lists:
                self._lists.pop()
        elif name == "li":
            self._label = self._next_label() if by > 0 else ""

    def _next_label(self) -> str:
        if not self._lists or self._lists[-1] < 0:
            return "•"
        self._lists[-1] += 1
        return f"{self._lists[-1] - 1}."

    def _append(self, text: str) -> None:
        if not self._length:
            text = text.lstrip("\n")
        if text:
            self._parts.append(text)
            self._length += len(text)

    def _append_space(self) -> None:
        if self._parts and self._parts[-1][-1] not in " \n":
            self._append(" ")

    def _end_line(self) -> None:
        if self._pre or (self._parts and not self._parts[-1].endswith("\n")):
            self._append("\n")
        elif self._parts:  # an empty line parts paragraphs
            self._end_block()

    def _image(self, inside: str) -> None:
        alt = cut_at_word(clean_text(_attribute(inside, "alt")), MAX_ALT_CHARS)
        # What is so short is a picture of a character.
        self._append(f"[image: {alt}]" if len(alt) > 2 else alt)

    def _begin_link(self, inside: str) -> None:
        href = _attribute(inside, "href").strip()
        # A note of the same text, which has no address here.
        self._address = "" if href.startswith("#") else web_url(href, self._base)
        self._link_start, self._link_part = self._length, len(self._parts)

    def _end_link(self) -> None:
        address, self._address = self._address, ""
        if not address or (len(self._numbers) >= MAX_LINKS and address not in self._numbers):
            return
        text = "".join(self._parts[self._link_part :])
        if text.strip():
            start = self._link_start + len(text) - len(text.lstrip())
            number = self._numbers.setdefault(address, len(self._numbers) + 1)
            self._spans.append(LinkSpan(start, self._link_start + len(text.rstrip()), number))

    def _end_block(self) -> None:
        self._end_link()
        text = "".join(self._parts).rstrip()
        if text.strip():
            kind = BlockKind.HEADING if self._is_heading else BlockKind.PARAGRAPH
            kind = BlockKind.PREFORMATTED if self._pre else kind
            depths = min(len(self._lists), MAX_DEPTH), min(self._quotes, MAX_DEPTH)
            self._blocks.append(Block(kind, text, tuple(self._spans), self._label, *depths))
            self._label = ""
        self._begin()


def _clean_word(word: str) -> str:
    """One of the parts of a line that are spaces or a word."""
    return word if word.isspace() else clean_text(word)


def _first_number(inside: str) -> int:
    start = _attribute(inside, "start").strip()
    return int(start) if start.isascii() and start.isdigit() and len(start) < 7 else 1


def _attribute(inside: str, name: str) -> str:
    """The value of a tag's attribute; "" without one."""
    flat = tag_attributes(inside, _MAX_ATTRIBUTES)
    values: Iterable[tuple[str, str]] = zip(flat[::2], flat[1::2], strict=True)
    return next((value for key, value in values if key.lower() == name), "")
