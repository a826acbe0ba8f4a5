"""What stands before the root of an XML document: cut off, so that no parser ever sees a declaration.

Declarations of elements and attributes say nothing that a feed needs. Entities are a way to attack: they nest
(billion laughs), repeat (quadratic blow-up) or name files. Two kinds are harmless and are read: characters, and short
plain texts, which are put in the place of their references up to a bound. What declares others is refused.
"""

from __future__ import annotations

import re
from html import escape, unescape

from edge_runtime.errors import FeedError
from edge_runtime.sentences import Sentence

_MAX_PIECES = 1000
_MAX_ADDED_CHARS = 65_536  # by all texts that stand for references

_MISC = re.compile(r"\s+|<\?.*?\?>|<!--.*?-->", re.DOTALL)
_DOCTYPE = re.compile(r"<!doctype\b[^\[>]*+(?P<declarations>\[)?", re.IGNORECASE)
_HARMLESS = re.compile(
    r"\s+|<!--.*?-->|%\w+;"
    # The W3C's lists of characters, and characters: every parser of ours knows them.
    r"|<!ENTITY\s+%\s+\w+\s+PUBLIC\s+\"-//W3C//[^\"]*+\"\s+\"[^\"]*+\"\s*+>"
    r"|<!ENTITY\s+\w+\s+(?:\"&(?:amp;)?#\w{2,7};\"|'&(?:amp;)?#\w{2,7};')\s*+>"
    # A text without markup or other entities.
    r"|<!ENTITY\s+(?P<name>\w{1,40})\s+"
    r"(?:\"(?P<text>(?:[^\"&%<]|&\#\w{2,7};){0,200})\"|'(?P<single>(?:[^'&%<]|&\#\w{2,7};){0,200})')\s*+>"
    r"|<!(?:ELEMENT|ATTLIST|NOTATION)\s(?:[^\"'<>]++|\"[^\"]*+\"|'[^']*+')*+>",
    re.DOTALL,
)
_END = re.compile(r"\]\s*+>")
_REFERENCE = re.compile(r"<!\[CDATA\[.*?\]\]>|&(\w{1,40});", re.DOTALL)


def without_prolog(text: str) -> str:
    """The document from its root element on, or from the first thing that is neither comment nor declaration.

    Raises:
        FeedError: The document type declares entities that are more than characters and short texts.
    """
    offset = max(text.find("<"), 0)  # text before is a blank line or a server's complaint
    texts: dict[str, str] = {}
    for _ in range(_MAX_PIECES):
        if found := _MISC.match(text, offset):
            offset = found.end()
        elif found := _DOCTYPE.match(text, offset):
            offset = _declarations_end(text, found.end(), texts) if found["declarations"] else found.end() + 1
        else:
            break
    return _with_texts(text[offset:], texts) if texts else text[offset:]


def _declarations_end(text: str, offset: int, texts: dict[str, str]) -> int:
    """Where a document type ends; the texts that it declares go into `texts`, the first of a name."""
    while (found := _HARMLESS.match(text, offset)) is not None:
        offset = found.end()
        if found["name"]:
            value = found["text"] if found["text"] is not None else found["single"]
            texts.setdefault(found["name"], escape(unescape(value)))
    end = _END.match(text, offset)
    if end is None:
        raise FeedError(
            Sentence(
                "the document declares entities that are neither characters nor short texts, which is refused; "
                "ask its publisher"
            )
        )
    return end.end()


def _with_texts(body: str, texts: dict[str, str]) -> str:
    """The document with declared texts in the place of references to them, outside of CDATA sections."""
    left = _MAX_ADDED_CHARS

    def text_of(reference: re.Match[str]) -> str:
        nonlocal left
        text = texts.get(reference[1] or "")
        if text is None:
            return reference.group()
        left -= len(text)
        if left < 0:
            raise FeedError(
                Sentence(
                    "entities of the document stand for more than {number} characters: refused",
                    number=str(_MAX_ADDED_CHARS),
                )
            )
        return text

    return _REFERENCE.sub(text_of, body)
