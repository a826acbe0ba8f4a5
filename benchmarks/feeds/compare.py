"""What two parsers make of one feed, and where they differ."""

from __future__ import annotations

import calendar
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from html import unescape
from itertools import count
from typing import Any
from urllib.parse import unquote

from benchmarks.feeds.texts import bare, text_of
from edge_runtime import FeedError, FeedItem, ParsedFeed, parse_feed

URL = "http://127.0.0.1:8097/feeds/feed.xml"
NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)  # only settles what a short year means
_CONTENT_TYPE = re.compile(rb"^\s*Header:\s*Content-type:\s*(.*)$", re.IGNORECASE | re.MULTILINE)
_END_OF_ITEM = re.compile(rb"</(\w+:)?(?:item|entry)\s*>", re.IGNORECASE)
_EXPECT = re.compile(r"Expect:\s*(.*?)\s*-->", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Difference:
    """A field of which two parsers say different things."""

    file: str
    field: str
    ours: str
    theirs: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """Of one file: how often each field was compared, and where it differs."""

    compared: Mapping[str, int]
    differences: tuple[Difference, ...]
    expectation_holds: bool | None  # of feedparser for what the file expects; None where it was not asked


def content_type_of(data: bytes) -> str:
    """The content type that a file says it is served with, in a comment as feedparser's tests have it."""
    found = _CONTENT_TYPE.search(data[:4000])
    return found[1].decode("ascii", "replace").strip() if found else ""


def parse_theirs(data: bytes, content_type: str) -> Any:
    """What feedparser makes of a feed.

    Raises:
        ModuleNotFoundError: It is not installed; it comes with the extra `bench`.
    """
    import feedparser

    # Without a type of XML it calls every feed broken.
    headers = {"content-location": URL, "content-type": content_type or "application/xml"}
    return feedparser.parse(data, response_headers=headers)


def compare(file: str, data: bytes, *, asks_expectation: bool) -> Comparison:
    """Read a feed with both parsers, and compare what both can say."""
    content_type = content_type_of(data)
    theirs = parse_theirs(data, content_type)
    holds = _expectation_holds(data, theirs) if asks_expectation else None
    try:
        ours = parse_feed(data, URL, NOW, content_type)
    except FeedError as error:
        is_feed = bool(theirs.entries or theirs.get("version"))
        refused = (Difference(file, "is a feed", str(error), f"{len(theirs.entries)} entries"),) if is_feed else ()
        return Comparison({"is a feed": 1}, refused, holds)
    fields = list(_fields(ours, theirs))
    if len(ours.items) != len(theirs.entries):
        # An item of nothing but a category is no article. With a title, its category is compared.
        titled = _with_titles(data)
        with suppress(FeedError):
            again = list(_fields(parse_feed(titled, URL, NOW, content_type), parse_theirs(titled, content_type)))
            fields = [field for field in again if field[0] != "title"] if titled != data else fields
    compared = Counter(field for field, *_ in fields)
    differences = tuple(
        Difference(file, field, mine[:300], other[:300]) for field, is_alike, mine, other in fields if not is_alike
    )
    return Comparison(compared, differences, holds)


def _with_titles(data: bytes) -> bytes:
    """A feed in which each item ends in one more title, of its own."""
    numbers = count()

    def titled(end: re.Match[bytes]) -> bytes:
        prefix = end[1] or b""
        return b"<%stitle>placeholder %d</%stitle>%s" % (prefix, next(numbers), prefix, end.group())

    return _END_OF_ITEM.sub(titled, data)


def _fields(ours: ParsedFeed, theirs: Any) -> Iterator[tuple[str, bool, str, str]]:
    """Field, whether both are alike, our value, theirs."""
    feed = theirs.feed
    yield "feed title", *_texts(ours.title, [feed.get("title", "")])
    yield "feed link", *_links(ours.site, feed.get("link", ""))
    language = str(feed.get("language", "") or "")
    yield "feed language", ours.language == language[:2].lower() or not language, ours.language, language
    entries = theirs.entries
    yield "entries", len(ours.items) == len(entries), str(len(ours.items)), str(len(entries))
    if len(ours.items) == len(entries):
        for item, entry in zip(ours.items, entries, strict=True):
            yield from _entry_fields(item, entry, ours)


def _entry_fields(item: FeedItem, entry: Any, ours: ParsedFeed) -> Iterator[tuple[str, bool, str, str]]:
    article = item.article
    title = entry.get("title", "")
    # Without a title ours has the words of a picture or the address.
    yield "title", *(_texts(article.title, [title]) if title else (True, article.title, ""))
    yield "link", *_links(article.url, entry.get("link", ""))
    guid = entry.get("id", "")
    # feedparser makes addresses of ids.
    is_in = item.guid != "" and unquote(item.guid).lower() in unquote(guid).lower()
    yield "id", is_in or not guid, item.guid, guid
    texts = [entry.get("summary", ""), *(content.get("value", "") for content in entry.get("content", []))]
    told = [text for text in texts if text and bare(text) != bare(title)]
    is_told, mine, other = _texts(article.abstract, told)
    # What is not in the abstract may be in the content.
    yield "text", is_told or (mine == "" and any(text_of(text) == text_of(item.content) for text in told)), mine, other
    tags = [tag.get("label") or tag.get("term") or "" for tag in entry.get("tags", [])]
    yield (
        "category",
        not any(tags) or bare(article.category) in [reading(tag) for tag in tags for reading in (bare, text_of)],
        article.category,
        str(tags),
    )
    source = entry.get("source", {}).get("title", "")
    yield "source", *(_texts(article.source, [source]) if source else (True, article.source, ours.title))
    dates = [entry.get(f"{name}_parsed") for name in ("published", "created", "updated")]
    times = [datetime.fromtimestamp(calendar.timegm(date), UTC) for date in dates if date]
    is_date = not times or article.published in times
    yield "date", is_date, str(article.published), " or ".join(map(str, times))


def _texts(ours: str, theirs: list[str]) -> tuple[bool, str, str]:
    """Whether ours is the start of one of theirs, read as text or as HTML; no text is alike only to none."""
    mine = bare(ours).removesuffix("…")
    readings = {bare(text) for text in theirs} | {text_of(text) for text in theirs}
    readings |= {text_of(unescape(text)) for text in theirs}
    is_cut = ours.endswith("…")
    is_alike = any(text == mine or (is_cut and mine and text.startswith(mine)) for text in readings or {""})
    return is_alike, ours, " | ".join(theirs)


def _links(ours: str, theirs: str) -> tuple[bool, str, str]:
    def plain(url: str) -> str:
        return unquote(url).strip().rstrip("/").lower()

    return not theirs or plain(ours) == plain(theirs), ours, theirs


def _expectation_holds(data: bytes, theirs: Any) -> bool | None:
    """Whether feedparser gives what the file expects; None if the file does not say, or says it of something else."""
    found = _EXPECT.search(data[:8000].decode("utf-8", "replace"))
    if found is None:
        return None
    try:
        return bool(eval(found[1], {"datetime": datetime}, theirs))
    except Exception:
        return False
