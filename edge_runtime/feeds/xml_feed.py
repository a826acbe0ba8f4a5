"""RSS 0.9 to 2.0, RDF and Atom: which element means what, in one table for all of them."""

from __future__ import annotations

import html
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import urljoin

from edge_runtime.errors import FeedError
from edge_runtime.feeds.html import MAX_HTML_CHARS
from edge_runtime.feeds.raw_feed import RawFeed, RawItem
from edge_runtime.feeds.xml_events import LimitError, read_xml

MAX_ARTICLES = 2000  # of one feed; the rest is left out

_ROOTS = frozenset({"rss", "rdf:rdf", "channel", "feed", "atom:feed"})
_ITEMS = frozenset({"item", "entry", "atom:entry"})
# In a group, as YouTube writes them, they tell of the item; right in the item, of its picture.
_GROUP = "media:group"
_GROUP_ONLY = frozenset({"media:title", "media:description"})

# For each meaning its elements, best first. Unprefixed Atom is Atom whose namespace was forgotten.
_TITLES = ("title", "atom:title", "dc:title", "media:title")
_SUMMARIES = ("atom:summary", "summary", "description", "media:description", "itunes:summary", "dc:description")
_CONTENTS = ("content:encoded", "atom:content", "content", "body", "other:body")
_DATES = (
    "pubdate", "atom:published", "published", "dc:date", "dcterms:issued", "dcterms:created", "prism:publicationdate",
    "atom:issued", "atom:created", "date", "dcterms:modified", "atom:updated", "updated", "atom:modified",
    "lastbuilddate",
)  # fmt: skip
_CATEGORIES = ("category", "atom:category", "dc:subject")
_LANGUAGES = ("dc:language", "language")
_GUIDS = ("guid", "atom:id", "id", "dc:identifier")
_COUNTS = ("popularity:shown", "popularity:clicked", "popularity:asof")
_SOURCES = ("source", "atom:source")  # whom an aggregator has the item from; in Atom it is the title in it
_LINKS = ("feedburner:origlink", "link", "atom:link", "enclosure")
_READ = frozenset(
    (*_TITLES, *_SUMMARIES, *_CONTENTS, *_DATES, *_CATEGORIES, *_LANGUAGES, *_GUIDS, *_COUNTS, *_LINKS, "source")
)
# Plain text by their standards. What looks like escaped HTML is still read as such, later.
_PLAIN = frozenset({"title", "dc:title", "category", "dc:subject", "media:title", "source"})
_ATOM_TEXTS = frozenset(
    {"atom:title", "atom:summary", "atom:content", "atom:source"}
)  # plain unless their type says otherwise


@dataclass(slots=True)
class _Field:
    name: str
    attributes: dict[str, str]
    is_plain: bool
    parts: list[str] = field(default_factory=list)
    num_chars: int = 0

    def add(self, text: str, *, is_tag: bool = False) -> None:
        if self.num_chars < MAX_HTML_CHARS:
            text = text[: MAX_HTML_CHARS - self.num_chars]
            self.num_chars += len(text)
            self.parts.append(text if is_tag or not self.is_plain else html.escape(text, quote=False))

    @property
    def text(self) -> str:
        return "".join(self.parts)


@dataclass(slots=True)
class _Container:
    """The feed or one of its items: attributes of the element and the fields right under it."""

    attributes: dict[str, str]
    fields: list[_Field] = field(default_factory=list)

    def texts(self, names: Iterable[str]) -> list[str]:
        return [text for name in names for part in self.fields if part.name == name and (text := part.text.strip())]


class _FeedVisitor:
    """Collects the fields of a feed and of its items; an item counts when it is closed or the next one opens."""

    def __init__(self) -> None:
        self.feed: _Container | None = None
        self.items: list[_Container] = []
        self._path: list[str] = []
        self._item: _Container | None = None
        self._item_depth = 0
        self._field: _Field | None = None
        self._field_depth = 0

    def open(self, name: str, attributes: dict[str, str]) -> None:
        parent = self._path[-1] if self._path else ""
        self._path.append(name)
        if name in _ROOTS and self._item is None:
            self._open_root(attributes)
        elif name in _ITEMS and self.feed is not None:
            self._open_item(attributes)
        elif self._field is not None:
            self._field.add(f"<{name.rpartition(':')[2]}>", is_tag=True)
        elif (
            name == "atom:title" and parent == "atom:source" and len(self._path) == self._item_depth + 2 and self._item
        ):
            self._open_field(self._item, "atom:source", attributes)
        elif name in _READ:
            if self._item is not None and self._is_of_item(name, parent):
                self._open_field(self._item, name, attributes)
            elif self._item is None and self.feed is not None and parent in _ROOTS:
                self._open_field(self.feed, name, attributes)

    def text(self, text: str) -> None:
        if self._field is not None:
            self._field.add(text)

    def close(self, name: str) -> None:
        depth = len(self._path)
        self._path.pop()
        if self._field is not None:
            if depth == self._field_depth:
                self._field = None
            elif depth > self._field_depth:
                self._field.add(f"</{name.rpartition(':')[2]}>", is_tag=True)
        if self._item is not None and depth == self._item_depth:
            self._close_item()

    def _is_of_item(self, name: str, parent: str) -> bool:
        if name in _GROUP_ONLY:
            return parent == _GROUP
        return len(self._path) == self._item_depth + 1

    def _open_root(self, attributes: dict[str, str]) -> None:
        if self.feed is None:
            self.feed = _Container(dict(attributes))
        else:  # the channel in its rss
            self.feed.attributes |= attributes

    def _open_item(self, attributes: dict[str, str]) -> None:
        self._field = None
        self._close_item()
        self._item = _Container(attributes)
        self._item_depth = len(self._path)

    def _close_item(self) -> None:
        if self._item is not None:
            if len(self.items) >= MAX_ARTICLES:
                raise LimitError(f"more than {MAX_ARTICLES} items: the first ones are taken")
            self.items.append(self._item)
        self._item = None

    def _open_field(self, container: _Container, name: str, attributes: dict[str, str]) -> None:
        kind = attributes.get("type", "").lower().rpartition("/")[2]
        is_plain = name in _PLAIN or (name in _ATOM_TEXTS and kind != "html")
        self._field = _Field(name, attributes, is_plain and attributes.get("mode", "") != "escaped")
        self._field_depth = len(self._path)
        container.fields.append(self._field)


def read_xml_feed(text: str) -> tuple[RawFeed, tuple[str, ...]]:
    """The fields of an RSS, RDF or Atom feed, and warnings.

    Raises:
        FeedError: Not a feed, or beyond a limit before its first item.
    """
    visitor, troubles = read_xml(text, _FeedVisitor)
    wrong = tuple(map(str, troubles))
    if visitor.feed is None:
        because = f" ({'; '.join(wrong)})" if wrong else ""
        raise FeedError(f"neither RSS nor Atom{because}; give the address of a feed, not of a page")
    if not visitor.items and any(isinstance(trouble, LimitError) for trouble in troubles):
        raise FeedError(f"beyond the limits of a feed: {'; '.join(wrong)}")
    feed = visitor.feed
    raw = RawFeed(
        titles=feed.texts(_TITLES),
        sites=_links(feed),
        languages=[feed.attributes.get("xml:lang", ""), *feed.texts(("language", "dc:language"))],
        base=feed.attributes.get("xml:base", ""),
        items=[_read_item(item) for item in visitor.items],
    )
    return raw, wrong


def _read_item(item: _Container) -> RawItem:
    shown, clicked, as_of = (next(iter(item.texts([name])), "") for name in _COUNTS)
    return RawItem(
        titles=item.texts(_TITLES),
        texts=item.texts(_SUMMARIES) + [part.text for part in item.fields if part.name in _CONTENTS and _is_text(part)],
        links=_links(item) + _permalinks(item),
        guid=next(iter(item.texts(_GUIDS)), "") or _about(item),
        categories=[
            part.attributes.get("label") or part.attributes.get("term") or part.text
            for part in item.fields
            if part.name in _CATEGORIES and not part.attributes.get("scheme", "").endswith("#kind")  # Google's data
        ],
        sources=item.texts(_SOURCES),
        dates=item.texts(_DATES),
        languages=[item.attributes.get("xml:lang", ""), *item.texts(_LANGUAGES)],
        base=item.attributes.get("xml:base", ""),
        popularity=(shown, clicked, as_of) if shown or clicked or as_of else None,
    )


def _links(container: _Container) -> list[str]:
    """Addresses of the page, best first: what a proxy stands for, then the page, then an HTML form of it."""
    originals = container.texts(["feedburner:origlink"])
    links = [part for part in container.fields if part.name in ("link", "atom:link")]
    alternates = sorted(
        (link for link in links if _relation(link) in ("alternate", "")),
        key=lambda link: "html" not in link.attributes.get("type", "html"),
    )
    return [link for link in (*originals, *(link.text.strip() for link in links), *map(_href, alternates)) if link]


def _relation(link: _Field) -> str:
    """What a link is to its entry, without the address that precedes it in its long form."""
    return link.attributes.get("rel", "alternate").strip().lower().rpartition("/")[2]


def _href(link: _Field) -> str:
    base, href = link.attributes.get("xml:base", ""), link.attributes.get("href", "")
    try:
        return urljoin(base, href)
    except ValueError:  # not even half an address
        return href


def _permalinks(item: _Container) -> list[str]:
    """Where an item has no link: an address it is known by, else that of its entry, or the file it carries."""
    guids = [
        part.text.strip()
        for part in item.fields
        if part.name in _GUIDS and part.attributes.get("ispermalink", "true").strip().lower() != "false"
    ]
    own = [_href(part) for part in item.fields if part.name == "atom:link" and _relation(part) == "self"]
    files = [part.attributes.get("url", "") for part in item.fields if part.name == "enclosure"]
    return [link for link in (*guids, _about(item), *own, *files) if link.startswith(("http://", "https://"))]


def _about(item: _Container) -> str:
    return next((value for name, value in item.attributes.items() if name.rpartition(":")[2] == "about"), "")


def _is_text(content: _Field) -> bool:
    kind = content.attributes.get("type", "").lower()
    return "xhtml" in kind or not kind.startswith(("image/", "audio/", "video/", "application/"))
