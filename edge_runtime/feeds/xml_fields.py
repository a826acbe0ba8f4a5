"""The fields of an XML feed and of its items, as a visitor collects them: names, attributes, texts."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from urllib.parse import urljoin

from edge_runtime.feeds.html import MAX_HTML_CHARS
from edge_runtime.feeds.pictures import picture_of
from edge_runtime.feeds.raw_feed import RawPicture
from edge_runtime.storage.contents import MAX_CONTENT_CHARS

ATOM_ROOTS = frozenset({"feed", "atom:feed"})
_ROOTS = frozenset({"rss", "rdf:rdf", "channel"}) | ATOM_ROOTS
_ITEMS = frozenset({"item", "entry", "atom:entry"})

# In a group, as YouTube writes them, they tell of the item; elsewhere of its picture.
_OF_MEDIA = frozenset({"media:title", "media:description", "media:category"})
_MEDIA = frozenset({"media:group", "media:content"})
_SOURCES = frozenset({"source", "atom:source"})
_KEPT_ATTRIBUTES = ("href", "src", "alt")  # of XHTML: what a page of text shows


@dataclass(frozen=True, slots=True)
class FieldNames:
    """What the fields to collect are called, and how they are read."""

    read: frozenset[str]
    plain: frozenset[str]  # plain text by their standards; what looks like escaped HTML is read as such, later
    atom_texts: frozenset[str]  # plain unless their type says otherwise
    markup: frozenset[str]  # elements in them belong to their text
    long: frozenset[str]  # up to `MAX_CONTENT_CHARS`


@dataclass(slots=True)
class Field:
    """An element with its text as HTML."""

    name: str
    attributes: dict[str, str]
    is_plain: bool = True
    max_chars: int = MAX_HTML_CHARS
    is_markup: bool = False
    parts: list[str] = field(default_factory=list)
    num_chars: int = 0
    text_below: str = ""  # of its elements, where it is no markup

    def add(self, text: str, *, is_tag: bool = False) -> None:
        """Append text, or a tag of it, up to `max_chars`."""
        if self.num_chars < self.max_chars:
            text = text[: self.max_chars - self.num_chars]
            self.num_chars += len(text)
            self.parts.append(text if is_tag or not self.is_plain else html.escape(text, quote=False))

    def add_below(self, text: str) -> None:
        """Append text of an element in it."""
        self.text_below += text[: self.max_chars - len(self.text_below)]

    @property
    def text(self) -> str:
        """Its own text; that of its elements where it has no other."""
        text = "".join(self.parts)
        return text if text.strip() else html.escape(self.text_below, quote=False)


@dataclass(slots=True)
class Container:
    """The feed or one of its items: attributes of the element and the fields right under it."""

    name: str
    attributes: dict[str, str]
    fields: list[Field] = field(default_factory=list)
    named: dict[str, list[Field]] = field(default_factory=dict)  # the same by their names
    pictures: list[RawPicture] = field(default_factory=list)

    def texts(self, names: Iterable[str]) -> list[str]:
        """The texts of these fields that have any, in the order of the names."""
        return [text for part in self.of(names) if (text := part.text.strip())]

    def of(self, names: Iterable[str]) -> list[Field]:
        """The fields of these names, in the order of the names."""
        return [part for name in names if name in self.named for part in self.named[name]]


class FieldVisitor:
    """Collects the fields of a feed and of its items; an item counts when it is closed or the next one opens."""

    def __init__(self, names: FieldNames, keep: Callable[[list[Container]], None]) -> None:
        """Collect the fields of these names.

        Args:
            keep: Called after each item with all of them, from which it may remove some.
        """
        self.feed: Container | None = None
        self.items: list[Container] = []
        self.num_items = 0  # with those that were removed
        self._names = names
        self._keep = keep
        self._path: list[str] = []
        self._item: Container | None = None
        self._item_depth = 0
        self._field: Field | None = None
        self._field_depth = 0

    def open(self, name: str, attributes: dict[str, str]) -> None:
        parent = self._path[-1] if self._path else ""
        self._path.append(name)
        if name in _ROOTS and self._item is None:
            self._open_root(name, attributes)
        elif name in _ITEMS and self.feed is not None:
            self._open_item(name, attributes)
        elif self._field is not None and self._field.name not in _SOURCES:
            if self._field.is_markup:
                self._field.add(_tag(name, attributes), is_tag=True)
        elif self._item is not None:
            self._open_in_item(self._item, name, parent, attributes)
        elif self.feed is not None and parent in _ROOTS and name in self._names.read:
            self._open_field(self.feed, name, attributes)

    def text(self, text: str) -> None:
        if self._field is not None:
            if self._field.is_markup or len(self._path) == self._field_depth:
                self._field.add(text)
            elif self._field.name not in _SOURCES:
                self._field.add_below(text)

    def close(self, name: str) -> None:
        depth = len(self._path)
        self._path.pop()
        if self._field is not None:
            if depth == self._field_depth:
                self._field = None
            elif depth > self._field_depth and self._field.is_markup:
                self._field.add(f"</{name.rpartition(':')[2]}>", is_tag=True)
        if self._item is not None and depth == self._item_depth:
            self._close_item()

    def _open_in_item(self, item: Container, name: str, parent: str, attributes: dict[str, str]) -> None:
        depth = len(self._path) - self._item_depth
        if parent not in _SOURCES and (picture := picture_of(name, attributes)):
            item.pictures.append(picture)
        if name in _OF_MEDIA and (depth == 1 or parent in _MEDIA):
            is_of_item = parent == "media:group" or name == "media:category"
            self._open_field(item, name if is_of_item else name.replace("media:", "picture:"), attributes)
        elif depth == 1 and name in self._names.read:
            self._open_field(item, name, attributes)
        elif depth == 2 and parent in _SOURCES and name.rpartition(":")[2] == "title":
            self._open_field(item, "source:title", attributes)

    def _open_root(self, name: str, attributes: dict[str, str]) -> None:
        if self.feed is None:
            self.feed = Container(name, dict(attributes))
            return
        known = self.feed.attributes  # of the rss that the channel is in
        if "xml:base" in attributes:
            attributes = attributes | {"xml:base": join(known.get("xml:base", ""), attributes["xml:base"])}
        self.feed.attributes = known | attributes

    def _open_item(self, name: str, attributes: dict[str, str]) -> None:
        self._field = None
        self._close_item()
        self._item = Container(name, attributes)
        self._item_depth = len(self._path)

    def _close_item(self) -> None:
        if self._item is not None:
            self.items.append(self._item)
            self.num_items += 1
            self._keep(self.items)
        self._item = None

    def _open_field(self, container: Container, name: str, attributes: dict[str, str]) -> None:
        kind = attributes.get("type", "").lower().rpartition("/")[2]
        is_plain = name in self._names.plain or (name in self._names.atom_texts and kind != "html")
        self._field = Field(
            name,
            attributes,
            is_plain and attributes.get("mode", "") not in ("escaped", "base64"),
            MAX_CONTENT_CHARS if name in self._names.long else MAX_HTML_CHARS,
            is_markup=name in self._names.markup,
        )
        self._field_depth = len(self._path)
        container.fields.append(self._field)
        container.named.setdefault(name, []).append(self._field)


def join(base: str, link: str) -> str:
    """A link relative to a base, which may itself be relative; the link alone where that cannot be."""
    try:
        return urljoin(base, link)
    except ValueError:  # not even half an address
        return link


def _tag(name: str, attributes: dict[str, str]) -> str:
    kept = (f' {key}="{html.escape(attributes[key])}"' for key in _KEPT_ATTRIBUTES if key in attributes)
    return f"<{name.rpartition(':')[2]}{''.join(kept)}>"
