"""Lists of subscriptions as other readers export and import them (OPML 2.0)."""

from __future__ import annotations

import html
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from edge_runtime.errors import FeedError, Remedy
from edge_runtime.feeds.encodings import decode_feed
from edge_runtime.feeds.identity import web_url
from edge_runtime.feeds.plain_text import clean_text
from edge_runtime.feeds.xml_events import MAX_BYTES, read_xml

MAX_SUBSCRIPTIONS = 5000
MAX_NAME_CHARS = 200


@dataclass(frozen=True, slots=True)
class Subscription:
    """A feed that is read; title and topic may be empty."""

    url: str
    title: str = ""
    topic: str = ""  # the folder it lies in


class _OpmlVisitor:
    def __init__(self) -> None:
        self.is_opml = False
        self.found: list[Subscription] = []
        self.num_unusable = 0
        self._folders: list[str] = []  # a name an open outline; that of the nearest folder for a feed inside a feed

    def open(self, name: str, attributes: dict[str, str]) -> None:
        if name == "opml":
            self.is_opml = True
        if name != "outline":
            return
        topic = self._folders[-1] if self._folders else ""
        name = clean_text(attributes.get("title") or attributes.get("text") or "")
        link = attributes.get("xmlurl") or (attributes.get("url", "") if attributes.get("type") == "rss" else "")
        if not link.strip():
            self._folders.append(name[:MAX_NAME_CHARS].strip() or topic)
            return
        title = "" if name == clean_text(link) else name[:MAX_NAME_CHARS].strip()  # OPML must call a feed something
        self._folders.append(topic)
        link = link.strip()
        if link.lower().startswith("feed:"):  # feed://host or feed:https://host
            link = link[5:] if link.lower().startswith("feed:http") else f"https:{link[5:]}"
        url = web_url(link, "")
        if url:
            self.found.append(Subscription(url, title, topic))
        else:
            self.num_unusable += 1

    def text(self, text: str) -> None:
        """OPML says everything in attributes."""

    def close(self, name: str) -> None:
        if name == "outline":
            self._folders.pop()


def read_opml(data: bytes) -> tuple[list[Subscription], list[str]]:
    """The subscriptions in order, each address once, and warnings.

    Raises:
        FeedError: Not OPML, or larger than `MAX_BYTES`.
    """
    if len(data) > MAX_BYTES:
        raise FeedError(f"OPML of {len(data)} bytes; at most {MAX_BYTES} are read: split the file")
    text, notes = decode_feed(data)
    visitor, troubles = read_xml(text, _OpmlVisitor)
    if not visitor.is_opml:
        raise FeedError("not OPML", Remedy.OPML_FILE)
    warnings = [*notes, *map(str, troubles)]
    if visitor.num_unusable:
        warnings.append(f"{visitor.num_unusable} outlines have no http(s) address: left out")
    once = list({subscription.url: subscription for subscription in reversed(visitor.found)}.values())[::-1]
    if len(once) < len(visitor.found):
        warnings.append(f"{len(visitor.found) - len(once)} outlines repeat the address of another: the first counts")
    if len(once) > MAX_SUBSCRIPTIONS:
        warnings.append(f"more than {MAX_SUBSCRIPTIONS} subscriptions: the first ones are taken")
    return once[:MAX_SUBSCRIPTIONS], warnings


def write_opml(subscriptions: Iterable[Subscription], title: str) -> bytes:
    """OPML 2.0 in UTF-8, a folder a topic. The order is kept, so a topic that comes again has a second folder."""
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<opml version="2.0">',
        f"<head><title>{_attribute(title)}</title></head>",
        "<body>",
    ]
    for topic, group in groupby(subscriptions, key=lambda subscription: clean_text(subscription.topic)):
        outlines = [
            f'<outline type="rss" text="{_attribute(one.title or one.url)}" title="{_attribute(one.title)}" '
            f'xmlUrl="{_attribute(one.url)}"/>'
            for one in group
        ]
        lines += [f'<outline text="{_attribute(topic)}">', *outlines, "</outline>"] if topic else outlines
    return "\n".join([*lines, "</body>", "</opml>", ""]).encode()


def _attribute(text: str) -> str:
    return html.escape(clean_text(text))
