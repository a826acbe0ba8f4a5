"""Lists of subscriptions as other readers export and import them (OPML 2.0)."""

from __future__ import annotations

import html
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import takewhile

from edge_runtime.addresses import parse_target
from edge_runtime.errors import FeedError, FetchError, Remedy
from edge_runtime.feeds.encodings import decode_feed
from edge_runtime.feeds.identity import web_url
from edge_runtime.feeds.markup import decode_entities
from edge_runtime.feeds.plain_text import clean_text
from edge_runtime.feeds.wanted import http_addresses
from edge_runtime.feeds.web_page import is_page
from edge_runtime.feeds.xml_events import MAX_BYTES, read_xml
from edge_runtime.sentences import Sentence
from edge_runtime.storage.feeds import folder_path

MAX_SUBSCRIPTIONS = 5000
MAX_NAME_CHARS = 200

# Where plain OPML cannot say it: a topic that is not the name of the folder.
_NAMESPACE = "urn:edge-news:opml"
_TOPIC = "edge:topic"
# A slash in a folder's name, as it is kept: there a plain one parts a folder from the one in it.
_SLASH = "\uff0f"
_FEEDS = ("rss", "atom:feed", "rdf:rdf", "channel")


@dataclass(frozen=True, slots=True)
class Subscription:
    """A feed that is read; all but the address may be empty."""

    url: str
    title: str = ""
    topic: str = ""  # what it is about: by default the name of the folder it lies in
    folder: str = ""  # the names of the folders around it, the outermost first, with "/" between


@dataclass(frozen=True, slots=True)
class _Outline:
    """One that is open."""

    folders: tuple[str, ...]  # of what lies in it, the outermost first
    num_found: int  # when it was opened
    lacks_address: bool = False  # it says that it is a feed


class _OpmlVisitor:
    def __init__(self) -> None:
        self.root = ""
        self.is_opml = False
        self.found: list[Subscription] = []
        self.addresses: list[str] = []  # of what was found, in the one spelling
        self.num_unusable = self.num_links = 0
        self._open = [_Outline((), 0)]

    def open(self, name: str, attributes: dict[str, str]) -> None:
        self.root = self.root or name
        if name == "opml":
            self.is_opml = True
        if name != "outline":
            return
        kind = attributes.get("type", "").strip().lower()
        link = (attributes.get("xmlurl") or (attributes.get("url", "") if kind == "rss" else "")).strip()
        title = _plain(attributes.get("title") or attributes.get("text") or "")
        folders = self._open[-1].folders
        if link:
            self._find(link, title, attributes)
        elif kind in ("link", "include") or attributes.get("url"):
            self.num_links += 1
        elif folder := _name(title):
            folders = (*folders, folder)
        self._open.append(_Outline(folders, len(self.found), lacks_address=kind == "rss" and not link))

    def _find(self, link: str, title: str, attributes: dict[str, str]) -> None:
        if title in (clean_text(link), _plain(link)):
            title = ""  # OPML must call a feed something
        folders = self._open[-1].folders
        topic = folders[-1] if folders else _last_of_category(attributes.get("category", ""))
        if _TOPIC in attributes:
            topic = _name(_plain(attributes[_TOPIC]))
        folder = folder_path("/".join(name.replace("/", _SLASH) for name in folders))
        try:
            url = web_url(http_addresses(link)[0] if link.lower().startswith("feed:") else link, "")
            self.addresses.append(parse_target(url).address)
        except FetchError:
            self.num_unusable += 1
        else:
            self.found.append(Subscription(url, _name(title), topic, folder))

    def text(self, text: str) -> None:
        """OPML says everything in attributes."""

    def close(self, name: str) -> None:
        if name == "outline":
            closed = self._open.pop()
            if closed.lacks_address and closed.num_found == len(self.found):  # else it is a folder by another name
                self.num_unusable += 1


def read_opml(data: bytes) -> tuple[list[Subscription], list[str]]:
    """The subscriptions in order, each address once, and warnings.

    Raises:
        FeedError: Not OPML, or larger than `MAX_BYTES`.
    """
    if len(data) > MAX_BYTES:
        raise FeedError(
            Sentence(
                "OPML of {number} bytes; at most {most} are read: split the file",
                number=str(len(data)),
                most=str(MAX_BYTES),
            )
        )
    text, notes = decode_feed(data)
    visitor, troubles = read_xml(text, _OpmlVisitor)
    if not visitor.is_opml:
        raise FeedError(_what_it_is(text, visitor.root, [*notes, *map(str, troubles)]), Remedy.OPML_FILE)
    warnings = [*notes, *map(str, troubles)]
    if visitor.num_unusable:
        warnings.append(f"{visitor.num_unusable} outlines have no http(s) address: left out")
    if visitor.num_links:
        warnings.append(f"{visitor.num_links} outlines are links to pages or to other lists: left out")
    pairs = zip(visitor.addresses, visitor.found, strict=True)
    once = list({address: subscription for address, subscription in reversed([*pairs])}.values())[::-1]
    if len(once) < len(visitor.found):
        warnings.append(f"{len(visitor.found) - len(once)} outlines repeat the address of another: the first counts")
    if len(once) > MAX_SUBSCRIPTIONS:
        warnings.append(f"more than {MAX_SUBSCRIPTIONS} subscriptions: the first ones are taken")
    return once[:MAX_SUBSCRIPTIONS], warnings


def write_opml(subscriptions: Iterable[Subscription], title: str) -> bytes:
    """OPML 2.0 in UTF-8. The order is kept, so a folder that comes again is written a second time."""
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<opml version="2.0" xmlns:edge="{_NAMESPACE}">',
        f"<head><title>{html.escape(clean_text(title))}</title></head>",
        "<body>",
    ]
    opened: list[str] = []
    for one in subscriptions:
        folders = [clean_text(name).replace(_SLASH, "/") for name in folder_path(one.folder).split("/") if name]
        common = len([*takewhile(lambda pair: pair[0] == pair[1], zip(opened, folders, strict=False))])
        lines += ["</outline>"] * (len(opened) - common)
        lines += [f'<outline text="{_attribute(name)}">' for name in folders[common:]]
        lines.append(_outline(one, folders))
        opened = folders
    return "\n".join([*lines, *["</outline>"] * len(opened), "</body>", "</opml>", ""]).encode()


def _outline(one: Subscription, folders: list[str]) -> str:
    topic = clean_text(one.topic)
    told = ""
    if not folders and topic and _last_of_category(f"/{topic}") == topic:
        told = f' category="/{_attribute(topic)}"'
    elif topic != (folders[-1] if folders else ""):
        told = f' {_TOPIC}="{_attribute(topic)}"'
    return (
        f'<outline type="rss" text="{_attribute(one.title or one.url)}" title="{_attribute(one.title)}" '
        f'xmlUrl="{html.escape(clean_text(one.url))}"{told}/>'
    )


def _plain(text: str) -> str:
    """Text of an attribute; entities in it were escaped once too often."""
    return clean_text(decode_entities(text))


def _attribute(text: str) -> str:
    """The opposite: text that looks escaped is escaped once more, so that it is read back as it was."""
    text = clean_text(text)
    return html.escape(text if decode_entities(text) == text else html.escape(text))


def _name(text: str) -> str:
    return text[:MAX_NAME_CHARS].strip()


def _last_of_category(category: str) -> str:
    """What a feed is about: the last name of the first category of "/Boston/Weather,/Harvard,tag"."""
    names = (name for path in _plain(category).split(",") for name in reversed(path.split("/")) if name.strip())
    return _name(next(names, "").strip())


def _what_it_is(text: str, root: str, troubles: list[str]) -> str:
    if not text.strip("\ufeff\0 \t\r\n"):
        return Sentence("not OPML: there is nothing in it")
    if is_page(text):
        return Sentence("not OPML but a web page")
    if root in _FEEDS:
        return Sentence("not OPML but a feed, which is subscribed to by its address")
    if troubles:
        return Sentence("not OPML ({what})", what="; ".join(troubles))
    return Sentence("not OPML")
