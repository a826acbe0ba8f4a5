"""Items as apps read them: JSON, or Atom as newsboat asks for it. Texts alone: no picture and no script of a feed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from edge_runtime import Article, Block, BlockKind, Feed, Reader, Wording, article_page
from edge_runtime.screens.rows import title_of
from edge_runtime.web.greader.ids import (
    FOR_YOU,
    KEPT_UNREAD,
    LABEL,
    OTHERS,
    READ,
    READING_LIST,
    STARRED,
    item_name,
    label_name,
)
from edge_runtime.web.greader.streams import OWN_FOLDER, Items
from edge_runtime.web.html import Html, element, html, tag, web_address

_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_SCHEME = "http://www.google.com/reader/"


def feed_title(feed: Feed) -> str:
    """What a subscription is called."""
    return feed.title or feed.shown_url


def site_of(feed: Feed) -> str:
    """The page of a feed's host: apps want one, and of a feed no other is known."""
    parts = urlsplit(feed.shown_url)
    return f"{parts.scheme}://{parts.netloc}/"


def streams_shown(items: Items, tr: Wording, home: str) -> dict[str, tuple[str, str]]:
    """Title and home page of each stream that an item can come from.

    Args:
        items: Whose.
        tr: Names those that are no subscriptions.
        home: Where this server is, as the app names it.
    """
    own = {FOR_YOU: (tr("For you"), home), OTHERS: (tr("Other articles"), home)}
    return own | {name: (feed_title(feed), site_of(feed)) for name, feed in zip(items.names, items.feeds, strict=True)}


def items_json(
    reader: Reader, items: Items, places: Iterable[int], tr: Wording, home: str, now: datetime
) -> list[dict[str, object]]:
    """Some items with their texts; those whose articles are gone are left out."""
    chosen = [int(place) for place in places]
    articles = reader.articles([items.article_ids[place] for place in chosen])
    shown = streams_shown(items, tr, home)
    return [
        _item_json(items, place, article, _text(reader, items, place, now, tr), shown, tr)
        for place in chosen
        if (article := articles.get(items.article_ids[place]))
    ]


def items_atom(found: Sequence[Mapping[str, object]], stream: str, title: str, now: datetime) -> bytes:
    """The same items as Atom, with their state as categories.

    Args:
        found: From `items_json`.
        stream: What they are of.
        title: Its title.
        now: When they were asked for, UTC-aware.
    """
    body = html(
        element("id", f"tag:google.com,2005:reader/{stream}"),
        element("title", title),
        element("updated", _time(now.timestamp())),
        [_entry(item) for item in found],
    )
    feed = element("feed", body, xmlns="http://www.w3.org/2005/Atom")
    return ('<?xml version="1.0" encoding="UTF-8"?>\n' + _NO_XML.sub("", feed)).encode()


def _item_json(
    items: Items, place: int, article: Article, text: str, shown: Mapping[str, tuple[str, str]], tr: Wording
) -> dict[str, object]:
    """An item as apps parse it: a text is never null, and numbers that some would round are texts."""
    stream, came_s = items.stream_of(place), int(items.came_s[place])
    title, site = shown[stream]
    link = web_address(article.url) or site
    feed = int(items.feed_of[place])
    folder = OWN_FOLDER if stream in (FOR_YOU, OTHERS) else items.feeds[feed].folder
    states = [READING_LIST]
    states += [READ] if items.is_read[place] else []
    states += [STARRED] if items.is_saved[place] else []
    states += [LABEL + label_name(folder)] if folder else []
    return {
        "id": item_name(int(items.numbers[place])),
        "crawlTimeMsec": f"{came_s}000",
        "timestampUsec": f"{came_s}000000",
        "published": int(items.published_s[place]),
        "updated": int(items.published_s[place]),
        "title": title_of(article, tr),
        "author": tr.line(article.source),
        "canonical": [{"href": link}],
        "alternate": [{"href": link, "type": "text/html"}],
        "categories": states,
        "origin": {"streamId": stream, "title": title, "htmlUrl": site},
        "summary": {"content": text},
    }


def _text(reader: Reader, items: Items, place: int, now: datetime, tr: Wording) -> Html:
    """The text that the feed gives; of a copy, the reason for its place before it."""
    page = article_page(reader, items.article_ids[place], now)
    reason = items.reasons.get(place)
    return html(
        tag("p", tag("em", tr.sentence(reason))) if reason else None,
        [_quoted(_block(block, page.links), block.quote_depth) for block in page.blocks],
        tag("p", tag("em", tr("The feed gives only this much."))) if page.is_excerpt and page.blocks else None,
    )


def _block(block: Block, addresses: Sequence[str]) -> Html:
    pieces: list[object] = [f"{block.label} "] if block.label else []
    end = 0
    for span in block.links:
        words, address = block.text[span.start : span.end], web_address(addresses[span.number - 1])
        pieces += [_lines(block, block.text[end : span.start]), tag("a", words, href=address) if address else words]
        end = span.end
    pieces.append(_lines(block, block.text[end:]))
    name = {BlockKind.HEADING: "h3", BlockKind.PREFORMATTED: "pre"}.get(block.kind, "p")
    return tag(name, *pieces)


def _lines(block: Block, text: str) -> object:
    """The text with the author's line ends."""
    if block.kind is BlockKind.PREFORMATTED or "\n" not in text:
        return text
    first, *others = text.split("\n")
    return [first, *([tag("br"), line] for line in others)]


def _quoted(block: Html, depth: int) -> Html:
    for _ in range(depth):
        block = tag("blockquote", block)
    return block


def _entry(item: Mapping[str, object]) -> Html:
    """An item of JSON as an entry of Atom.

    What is unread says so: newsboat leaves an item that it knows as it is, if nothing is said.
    """
    read: Any = item
    states = read["categories"] if READ in read["categories"] else [*read["categories"], KEPT_UNREAD]
    at = _time(read["published"])
    return element(
        "entry",
        element("id", read["id"]),
        element("title", read["title"]),
        element("link", rel="alternate", href=read["canonical"][0]["href"], type="text/html"),
        element("published", at),
        element("updated", at),
        element("author", element("name", read["author"])),
        element("summary", str(read["summary"]["content"]), type="html"),
        [element("category", term=name, scheme=_SCHEME, label=name.rpartition("/")[2]) for name in states],
    )


def _time(at_s: float) -> str:
    return datetime.fromtimestamp(at_s, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
