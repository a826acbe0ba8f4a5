"""RSS 0.9 to 2.0, RDF and Atom: which element means what, in one table for all of them."""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Iterable

from edge_runtime.errors import FeedError
from edge_runtime.feeds.newest import MAX_ARTICLES, TOO_MANY, newest_items
from edge_runtime.feeds.raw_feed import RawFeed, RawItem
from edge_runtime.feeds.xml_events import LimitError, read_xml
from edge_runtime.feeds.xml_fields import ATOM_ROOTS, Container, Field, FieldNames, FieldVisitor, join
from edge_runtime.sentences import Sentence

# For each meaning its elements, best first. Unprefixed Atom is Atom whose namespace was forgotten. What is said of a
# picture comes last.
_TITLES = ("title", "atom:title", "dc:title", "media:title", "itunes:title", "picture:title")
_SUMMARIES = ("atom:summary", "summary", "description", "media:description", "itunes:summary", "dc:description")
_CONTENTS = ("content:encoded", "atom:content", "content", "body", "other:body", "fullitem")
_CAPTIONS = ("picture:description",)
_DATES = (
    "pubdate", "atom:published", "published", "dc:date", "dcterms:issued", "dcterms:created", "prism:publicationdate",
    "atom:issued", "atom:created", "date", "dcterms:modified", "atom:updated", "updated", "atom:modified",
    "lastbuilddate",
)  # fmt: skip
_CATEGORIES = ("category", "atom:category", "dc:subject")
_MORE_CATEGORIES = ("media:category", "itunes:category")  # where an item has no other
_LANGUAGES = ("dc:language", "language")
_GUIDS = ("guid", "atom:id", "id", "dc:identifier")
_COUNTS = ("popularity:shown", "popularity:clicked", "popularity:asof")
_SOURCES = (
    "source:title",
    "source",
    "atom:source",
)  # Atom's, which is an element of its own, and RSS's: whom an item is from
_LINKS = ("feedburner:origlink", "link", "atom:link", "enclosure")
_ALL = (
    *(_TITLES, _SUMMARIES, _CONTENTS, _DATES, _CATEGORIES, _MORE_CATEGORIES, _LANGUAGES, _GUIDS, _COUNTS),
    *(_LINKS, _SOURCES),
)
_NAMES = FieldNames(
    read=frozenset(name for names in _ALL for name in names),
    plain=frozenset(
        {
            "title",
            "dc:title",
            "media:title",
            "itunes:title",
            "picture:title",
            *_SOURCES[1:],
            *_CATEGORIES,
            *_MORE_CATEGORIES,
        }
    ),
    atom_texts=frozenset({"atom:title", "atom:summary", "atom:content", "source:title"}),
    markup=frozenset((*_TITLES, *_SUMMARIES, *_CONTENTS, *_CAPTIONS, "source:title")),
    long=frozenset((*_SUMMARIES, *_CONTENTS)),
)
_NO_TEXTS = ("image/", "audio/", "video/", "application/")
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")


def read_xml_feed(text: str) -> tuple[RawFeed, tuple[str, ...]]:
    """The fields of an RSS, RDF or Atom feed, and warnings.

    Raises:
        FeedError: Not a feed, or beyond a limit before its first item.
    """
    visitor, troubles = read_xml(text, lambda: FieldVisitor(_NAMES, _keep_newest))
    wrong = tuple(map(str, troubles))
    if visitor.feed is None:
        because = f" ({'; '.join(wrong)})" if wrong else ""
        raise FeedError(
            Sentence("neither RSS nor Atom{because}; give the address of a feed, not of a page", because=because)
        )
    if not visitor.items and any(isinstance(trouble, LimitError) for trouble in troubles):
        raise FeedError(Sentence("beyond the limits of a feed: {what}", what="; ".join(wrong)))
    feed = visitor.feed
    items = newest_items(visitor.items, _dates)
    raw = RawFeed(
        titles=_texts(feed, _TITLES),
        sites=_links(feed),
        languages=[feed.attributes.get("xml:lang", ""), *feed.texts(("language", "dc:language"))],
        base=feed.attributes.get("xml:base", ""),
        is_relative_to_site=feed.name not in ATOM_ROOTS,
        items=[_read_item(item) for item in items],
    )
    return raw, wrong if visitor.num_items <= MAX_ARTICLES else (*wrong, TOO_MANY)


def _keep_newest(items: list[Container]) -> None:
    """Never hold more than twice as many as are taken."""
    if len(items) >= 2 * MAX_ARTICLES:
        items[:] = newest_items(items, _dates)


def _dates(item: Container) -> list[str]:
    return item.texts(_DATES)


def _read_item(item: Container) -> RawItem:
    shown, clicked, as_of = (next(iter(item.texts([name])), "") for name in _COUNTS)
    return RawItem(
        titles=_texts(item, _TITLES),
        texts=_texts(item, _SUMMARIES)
        + [text for part in item.fields if part.name in _CONTENTS and (text := _text(part))]
        + item.texts(_CAPTIONS),
        links=_links(item) + _permalinks(item),
        pictures=item.pictures,
        guid=next(iter(item.texts(_GUIDS)), "") or _about(item),
        categories=_categories(item, _CATEGORIES) + _categories(item, _MORE_CATEGORIES),
        sources=_texts(item, _SOURCES),
        dates=_dates(item),
        languages=[item.attributes.get("xml:lang", ""), *item.texts(_LANGUAGES)],
        base=item.attributes.get("xml:base", ""),
        popularity=(shown, clicked, as_of) if shown or clicked or as_of else None,
    )


def _categories(item: Container, names: Iterable[str]) -> list[str]:
    return [
        part.attributes.get("label") or part.attributes.get("term") or part.attributes.get("text") or part.text
        for part in item.fields
        if part.name in names and not part.attributes.get("scheme", "").endswith("#kind")  # Google's data
    ]


def _texts(container: Container, names: Iterable[str]) -> list[str]:
    """The texts of fields, those of Atom 0.3 that are in base64 decoded."""
    return [text for part in container.of(names) if (text := _text(part))]


def _text(part: Field) -> str:
    """The text of a field as HTML; an empty string where it is none, as of a picture in base64."""
    text = part.text.strip()
    if not part.attributes:
        return text
    kind = part.attributes.get("type", "").strip().lower()
    if part.attributes.get("mode", "").strip().lower() == "base64":
        return _decoded(text, kind)
    if "xhtml" in kind or not kind.startswith(_NO_TEXTS):
        return text
    is_base64 = kind.startswith("application/") and "xml" not in kind
    decoded = _decoded(text, kind, otherwise="") if is_base64 else ""
    # A title of such a type is a title all the same.
    return decoded if decoded or part.name in _CONTENTS else text


def _decoded(text: str, kind: str, otherwise: str | None = None) -> str:
    """What base64 stands for, if that is text; `otherwise`, or the text itself, where it is no base64."""
    try:
        data = base64.b64decode("".join(text.split()), validate=True)
    except ValueError:
        return text if otherwise is None else otherwise
    try:
        decoded = data.decode()
    except UnicodeDecodeError:
        return ""
    if _CONTROLS.search(decoded):
        return ""
    return html.escape(decoded, quote=False) if kind == "text/plain" else decoded


def _links(container: Container) -> list[str]:
    """Addresses of the page, best first: what a proxy stands for, then the page, then an HTML form of it."""
    originals = container.texts(["feedburner:origlink"])
    links = [part for part in container.fields if part.name in ("link", "atom:link")]
    alternates = sorted(
        (link for link in links if _relation(link) in ("alternate", "")),
        key=lambda link: "html" not in link.attributes.get("type", "html"),
    )
    pages = (*(link.text.strip() for link in alternates), *map(_href, alternates))
    return [link for link in (*originals, *pages) if link]


def _relation(link: Field) -> str:
    """What a link is to its entry, without the address that precedes it in its long form."""
    return link.attributes.get("rel", "alternate").strip().lower().rpartition("/")[2]


def _href(link: Field) -> str:
    return join(link.attributes.get("xml:base", ""), link.attributes.get("href", ""))


def _permalinks(item: Container) -> list[str]:
    """Where an item has no link: an address it is known by, else that of its entry, or of a file it carries."""
    guids = [
        part.text.strip()
        for part in item.fields
        if part.name in _GUIDS and part.attributes.get("ispermalink", "true").strip().lower() != "false"
    ]
    links = item.of(("link", "atom:link"))
    others = [
        _href(part) or part.text.strip()
        for relation in ("self", "related", "via", "enclosure")
        for part in links
        if _relation(part) == relation
    ]
    files = [part.attributes.get("url", "") for part in item.of(["enclosure"])]
    return [
        link for link in (*guids, _about(item), *others, *files) if link.lower().startswith(("http://", "https://"))
    ]


def _about(item: Container) -> str:
    return next((value for name, value in item.attributes.items() if name.rpartition(":")[2] == "about"), "")
