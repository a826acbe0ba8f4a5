"""JSON Feed 1 and 1.1 (jsonfeed.org)."""

from __future__ import annotations

import html
import json
import re

from edge_runtime.errors import FeedError
from edge_runtime.feeds.newest import MAX_ARTICLES, TOO_MANY, newest_items
from edge_runtime.feeds.raw_feed import RawFeed, RawItem, RawPicture
from edge_runtime.sentences import Sentence
from edge_runtime.storage.contents import MAX_CONTENT_CHARS

MAX_NESTED = 200_000  # objects and arrays of a document

_DECODER = json.JSONDecoder()
_SPACE = re.compile(r"[\s,:]*")


def read_json_feed(text: str) -> tuple[RawFeed, tuple[str, ...]]:
    """The fields of a JSON feed, and warnings.

    Raises:
        FeedError: Not a JSON feed, or beyond a limit.
    """
    if text.count("{") + text.count("[") > MAX_NESTED:
        raise FeedError(
            Sentence("more than {number} objects and arrays, beyond the limits of a feed", number=str(MAX_NESTED))
        )
    warnings: list[str] = []
    try:
        feed = json.loads(text)
    except RecursionError as error:
        raise FeedError(Sentence("JSON nested too deep, beyond the limits of a feed")) from error
    except ValueError as error:
        feed = _save(text)
        warnings.append(f"broken JSON ({str(error)[:100]}), read as well as it goes")
    if not isinstance(feed, dict) or not isinstance(feed.get("items"), list):
        raise FeedError(Sentence("JSON, but without the items of a JSON feed; give the address of a feed"))
    items = [item for item in feed["items"] if isinstance(item, dict)]
    if len(items) > MAX_ARTICLES:
        warnings.append(TOO_MANY)
    raw = RawFeed(
        titles=_texts(feed, "title"),
        sites=_strings(feed, "home_page_url"),
        languages=_strings(feed, "language"),
        items=[_read_item(item) for item in newest_items(items, _dates)],
    )
    return raw, tuple(warnings)


def _read_item(item: dict[str, object]) -> RawItem:
    tags = item.get("tags")
    extension = item.get("_edge_news")
    said = extension if isinstance(extension, dict) else {}
    counts = [str(said.get(name, "")) for name in ("shown", "clicked", "as_of")]
    return RawItem(
        titles=_texts(item, "title"),
        texts=_texts(item, "summary") + _strings(item, "content_html") + _texts(item, "content_text"),
        pictures=[*map(RawPicture, _strings(item, "image", "banner_image")), *_attached_pictures(item)],
        links=_strings(item, "url", "external_url") + _addresses(item),
        guid=next(iter(_strings(item, "id")), ""),
        categories=[html.escape(tag) for tag in tags if isinstance(tag, str)] if isinstance(tags, list) else [],
        dates=_dates(item),
        languages=_strings(item, "language"),
        sources=_texts(said, "source"),
        popularity=(counts[0], counts[1], counts[2]) if any(counts) else None,
    )


def _dates(item: dict[str, object]) -> list[str]:
    return _strings(item, "date_published", "date_modified")


def _addresses(item: dict[str, object]) -> list[str]:
    """Where an item has no link: its id if that is an address, else the files it carries."""
    found = [*_strings(item, "id"), *(url for file in _attached(item) for url in _strings(file, "url"))]
    return [link for link in found if link.lower().startswith(("http://", "https://"))]


def _attached_pictures(item: dict[str, object]) -> list[RawPicture]:
    pictures = (file for file in _attached(item) if str(file.get("mime_type", "")).lower().startswith("image/"))
    return [RawPicture(url) for file in pictures for url in _strings(file, "url")]


def _attached(item: dict[str, object]) -> list[dict[str, object]]:
    files = item.get("attachments")
    return [file for file in files if isinstance(file, dict)] if isinstance(files, list) else []


def _strings(source: dict[str, object], *names: str) -> list[str]:
    """Strings, and numbers as strings: an id may be one."""
    found = (source.get(name) for name in names)
    return [
        str(value)[:MAX_CONTENT_CHARS]
        for value in found
        if isinstance(value, str | int) and not isinstance(value, bool)
    ]


def _texts(source: dict[str, object], name: str) -> list[str]:
    """Plain texts of a field, escaped to be read as HTML."""
    return [html.escape(text) for text in _strings(source, name)]


def _save(text: str) -> dict[str, object]:
    """The members of the outermost object, and the elements of its items, up to where the JSON breaks."""
    feed: dict[str, object] = {}
    offset = text.find("{") + 1
    try:
        while True:
            name, offset = _DECODER.raw_decode(text, _skip(text, offset))
            offset = _skip(text, offset)
            if name == "items" and text.startswith("[", offset):
                items: list[object] = []
                feed["items"] = items
                offset = _save_elements(text, offset + 1, items)
            else:
                feed[str(name)], offset = _DECODER.raw_decode(text, offset)
    except (ValueError, RecursionError):
        return feed


def _save_elements(text: str, offset: int, elements: list[object]) -> int:
    """Append the elements of an array one by one, so that they stay when a later one is broken."""
    while not text.startswith("]", offset := _skip(text, offset)):
        element, offset = _DECODER.raw_decode(text, offset)
        elements.append(element)
    return offset + 1


def _skip(text: str, offset: int) -> int:
    found = _SPACE.match(text, offset)
    return offset if found is None else found.end()
