"""XML to events under stated limits: the names of elements, their attributes and their text, never a tree.

Well-formed XML goes through expat. What expat refuses is read again as loose markup. There an unknown entity is text,
and a closing tag closes the nearest element of its name. An element that is never closed is never reported as closed.
A document that was cut off is read up to there. Document types are cut off before: expat never sees an entity declared.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Protocol, TypeVar
from xml.parsers import expat

from edge_runtime.errors import FeedError
from edge_runtime.feeds.markup import Token, decode_entities, split_markup, tag_attributes, tag_name
from edge_runtime.feeds.prolog import without_prolog

MAX_BYTES = 8 * 1024 * 1024
MAX_DEPTH = 64
MAX_ELEMENTS = 200_000
MAX_ATTRIBUTES = 64  # of one element
MAX_NAMESPACES = 64  # known at one place; more are not looked at
MAX_LOOSE_PIECES = 200_000  # texts, tags and comments of a document that is not well-formed
_MAX_LOOSE_CHARS = 65_536  # of one text in it
_CHUNK_BYTES = 1024 * 1024
# Nothing more is saved by reading loosely if the end is missing, or the last tag or character of all is not whole.
_NO_END = frozenset(
    {
        expat.errors.codes[expat.errors.XML_ERROR_NO_ELEMENTS],
        expat.errors.codes[expat.errors.XML_ERROR_UNCLOSED_CDATA_SECTION],
    }
)
_CUT_TOKENS = frozenset(
    {expat.errors.codes[expat.errors.XML_ERROR_UNCLOSED_TOKEN], expat.errors.codes[expat.errors.XML_ERROR_PARTIAL_CHAR]}
)
_MAX_CUT_BYTES = 4096  # of the last tag; a longer one is one that was never closed

# The names that visitors see: "dc:date" whatever prefix the document uses, and no prefix for RSS of any version.
_PREFIXES = {
    "www.w3.org/2005/atom": "atom",
    "purl.org/atom/ns#": "atom",
    "purl.org/dc/elements/1.1": "dc",
    "purl.org/dc/elements/1.0": "dc",
    "purl.org/dc/terms": "dcterms",
    "purl.org/rss/1.0/modules/content": "content",
    "search.yahoo.com/mrss": "media",
    "rssnamespace.org/feedburner/ext/1.0": "feedburner",
    "www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf",
    "prismstandard.org/namespaces/basic/2.0": "prism",
    "www.itunes.com/dtds/podcast-1.0.dtd": "itunes",
    "urn:edge-news:popularity": "popularity",
    "purl.org/rss/1.0": "",
    "purl.org/net/rss1.1#": "",
    "my.netscape.com/rdf/simple/0.9": "",
    "channel.netscape.com/rdf/simple/0.9": "",
    "my.netscape.com/publish/formats/rss-0.91.dtd": "",
    "backend.userland.com/rss": "",
    "backend.userland.com/rss2": "",
    "blogs.law.harvard.edu/tech/rss": "",
}
_KNOWN = frozenset(_PREFIXES.values())
_UNKNOWN = "other"
_RSS_ALONE = frozenset({"rss", "channel", "item"})  # no other format has them, whatever namespace they are put in

# Closed by HTML without a closing tag: loose markup only.
_VOID = frozenset({"br", "hr", "img", "input", "wbr"})


class XmlVisitor(Protocol):
    """Told of a document's elements. Names are in lower case, their namespaces shortened ("dc:date", "item")."""

    def open(self, name: str, attributes: dict[str, str]) -> None: ...

    def text(self, text: str) -> None: ...

    def close(self, name: str) -> None: ...


Visitor = TypeVar("Visitor", bound=XmlVisitor)


class LimitError(FeedError):
    """A document beyond a stated limit; the visitor keeps what it was told before."""


class _CutError(FeedError):
    """A document that is well-formed up to its last byte, and has no end."""


def read_xml(text: str, make_visitor: Callable[[], Visitor]) -> tuple[Visitor, tuple[FeedError, ...]]:
    """Tell a visitor of the elements of a document.

    Args:
        make_visitor: Called again where a document has to be read again.

    Returns:
        The visitor, and what is wrong with the document, so that it was not read as it stands or not to its end.

    Raises:
        FeedError: It declares entities.
    """
    body = without_prolog(text)
    visitor = make_visitor()
    elements = _Elements(visitor)
    try:
        _read_strictly(body, elements)
    except LimitError as error:
        return visitor, (error,)
    except _CutError as error:
        return visitor, (error,)
    except expat.ExpatError as error:
        broken = FeedError(
            f"broken XML (line {error.lineno}: {expat.ErrorString(error.code)}), read as well as it goes"
        )
    else:
        deep = LimitError(f"elements nested deeper than {MAX_DEPTH}: their tags are left out")
        return visitor, (deep,) if elements.is_deep else ()
    visitor = make_visitor()
    try:
        _read_loosely(body, _Elements(visitor))
    except LimitError as error:
        return visitor, (broken, error)
    return visitor, (broken,)


class _Elements:
    """Keeps the limits, names elements by their namespaces, and passes them on."""

    def __init__(self, visitor: XmlVisitor) -> None:
        self.text = visitor.text
        self.tags: list[str] = []  # with the prefixes as written, in lower case, the outermost first
        self._visitor = visitor
        self._names: list[str] = []
        self._scopes: list[dict[str, str]] = [{"xml": "xml"}]  # written prefix to shortened namespace
        self._num_elements = 0
        self._num_below = 0  # elements that are open below MAX_DEPTH
        self.is_deep = False

    def open(self, tag: str, flat_attributes: list[str]) -> None:
        """Open an element; names and values of attributes take turns."""
        self._num_elements += 1
        if self._num_elements > MAX_ELEMENTS:
            raise LimitError(f"more than {MAX_ELEMENTS} elements: read only up to there")
        if len(self.tags) >= MAX_DEPTH:
            self._num_below += 1
            self.is_deep = True
            return
        if len(flat_attributes) > 2 * MAX_ATTRIBUTES:
            raise LimitError(f"an element with more than {MAX_ATTRIBUTES} attributes: read only up to there")
        attributes = {
            name.lower(): value for name, value in zip(flat_attributes[::2], flat_attributes[1::2], strict=True)
        }
        scope = self._scopes[-1]
        if len(scope) < MAX_NAMESPACES:
            declared = {name[6:]: _shorten(uri, name) for name, uri in attributes.items() if name.startswith("xmlns")}
            scope = scope | declared if declared else scope
        prefix, _, local = tag.lower().rpartition(":")
        if not prefix and local in _RSS_ALONE and scope.get(""):
            scope = scope | {"": ""}
        short = scope.get(prefix, prefix if prefix in _KNOWN else _UNKNOWN)
        name = f"{short}:{local}" if short else local
        self.tags.append(tag.lower())
        self._names.append(name)
        self._scopes.append(scope)
        self._visitor.open(name, attributes)

    def close(self, tag: str) -> None:
        """Close the innermost element."""
        if self._num_below:
            self._num_below -= 1
            return
        self.tags.pop()
        self._scopes.pop()
        self._visitor.close(self._names.pop())


def _shorten(uri: str, attribute: str) -> str:
    """An unknown namespace without prefix is taken for RSS: many feeds invent one."""
    known = re.sub(r"^https?://|/$", "", uri.strip().lower())
    return _PREFIXES.get(known, _UNKNOWN if ":" in attribute else "")


def _read_strictly(body: str, elements: _Elements) -> None:
    parser = expat.ParserCreate("utf-8")
    parser.ordered_attributes = True
    parser.buffer_text = True
    parser.StartElementHandler = elements.open
    parser.EndElementHandler = elements.close
    parser.CharacterDataHandler = elements.text
    data = body.encode("utf-8", "replace")
    # After an error in a handler expat goes on to the end of what it was given: so not all at once.
    for start in range(0, len(data), _CHUNK_BYTES):
        parser.Parse(data[start : start + _CHUNK_BYTES], False)
    try:
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        is_near = len(data) - parser.ErrorByteIndex <= _MAX_CUT_BYTES
        if elements.tags and (error.code in _NO_END or (error.code in _CUT_TOKENS and is_near)):
            raise _CutError("cut off in the middle: read up to there") from error
        raise


def _read_loosely(body: str, elements: _Elements) -> None:
    for number, (token, piece) in enumerate(split_markup(body)):
        if number >= MAX_LOOSE_PIECES:
            raise LimitError(f"more than {MAX_LOOSE_PIECES} pieces: read only up to there")
        if token is Token.TEXT:
            elements.text(decode_entities(piece[:_MAX_LOOSE_CHARS]))
        elif token is Token.CDATA:
            elements.text(piece)
        elif token is Token.CLOSE:
            tag = tag_name(piece).lower()
            if tag in elements.tags:
                while elements.tags[-1] != tag:
                    elements.close(elements.tags[-1])
                elements.close(tag)
        elif token is Token.OPEN and len(elements.tags) < MAX_DEPTH:  # deeper ones: <p> that are never closed
            tag = tag_name(piece)
            elements.open(tag, tag_attributes(piece, MAX_ATTRIBUTES))
            if piece.endswith("/") or tag.lower() in _VOID:
                elements.close(tag)
