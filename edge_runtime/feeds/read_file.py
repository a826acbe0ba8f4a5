"""A file that a reader has, taken as what it is: a feed, a list of feeds, a page, or articles. Names do not count.

A gzip file is what is in it. What is none of these is refused, and then nothing of it is taken.
"""

from __future__ import annotations

import gzip
import io
import json
import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

from edge_runtime.content.articles_in import read_article_lines
from edge_runtime.errors import ArticleFileError, FeedError, Remedy
from edge_runtime.feeds.address_list import is_address_list, read_address_list
from edge_runtime.feeds.encodings import decode_feed
from edge_runtime.feeds.opml import Subscription, read_opml
from edge_runtime.feeds.parse import ParsedFeed, parse_feed
from edge_runtime.feeds.wanted import NamedFeed
from edge_runtime.feeds.web_page import is_page, page_feeds
from edge_runtime.feeds.xml_events import MAX_BYTES
from edge_runtime.sentences import Sentence
from edge_runtime.types import Article

STANDARD_INPUT = "standard input"
_HEAD_BYTES = 1 << 16
_OPML = re.compile(r"<(?:[\w-]+:)?opml[\s>]", re.IGNORECASE)
_JSON_FEED = re.compile(r'"items"\s*:\s*\[|"version"\s*:\s*"https?:..jsonfeed')
_CANONICAL = re.compile(r"""<link\s[^<>]*?rel=["']?canonical["']?[^<>]*>""", re.IGNORECASE)
_HREF = re.compile(r"""href=["']?(https?://[^\s"'<>]+)""", re.IGNORECASE)
_SAVED_FROM = re.compile(r"<!--\s*saved from url=\([0-9]+\)(https?://\S+)")


@dataclass(frozen=True, slots=True)
class FileContents:
    """What a file holds; one of the first four is not empty."""

    articles: Sequence[Article] = ()
    feed: ParsedFeed | None = None
    subscriptions: Sequence[Subscription] = ()
    page_feeds: Sequence[NamedFeed] = ()
    skipped: int = 0  # lines of a file of articles
    warnings: Sequence[str] = ()


def read_file(path: Path | None, now: datetime, stream: IO[bytes] | None = None) -> FileContents:
    """What a file holds.

    Args:
        path: Of the file; None if `stream` is one without a name.
        now: As of `parse_feed`.
        stream: In the place of the file.

    Raises:
        ArticleFileError: It cannot be read, or is none of the things that can be taken.
        FeedError: A feed or a list that cannot be used, or a page without the address of a feed.
    """
    name = str(path) if path else STANDARD_INPUT
    try:
        with path.open("rb") if path else io.BytesIO(stream.read() if stream else b"") as file:
            is_gzip = file.read(2) == b"\x1f\x8b"
            file.seek(0)
            inside: IO[bytes] = gzip.GzipFile(fileobj=file) if is_gzip else file  # type: ignore[assignment]
            head = inside.read(_HEAD_BYTES)
            inside.seek(0)
            if _is_articles(head):
                return _articles(inside, name)
            data = inside.read(MAX_BYTES + 1)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise ArticleFileError(f"{name}: damaged gzip file: {error}", Remedy.GET_AGAIN) from error
    except OSError as error:
        raise ArticleFileError(f"{name}: cannot be read: {error.strerror or error}", Remedy.CHECK_PATH) from error
    if len(data) > MAX_BYTES:
        raise FeedError(
            Sentence(
                "{file}: more than {number} bytes, beyond the limits of a feed", file=name, number=f"{MAX_BYTES:,}"
            )
        )
    return _document(data, name, path, now)


def _is_articles(head: bytes) -> bool:
    """Whether a file is to be read line by line: no markup, no feed in JSON, and text."""
    text, _ = decode_feed(head)
    start = text.lstrip("\ufeff \t\r\n\0")
    if not start or start[0] == "<" or b"\0" in head or is_address_list(start):
        return False
    if start[0] not in "{[":
        return True
    try:
        first = json.loads(start.partition("\n")[0])
    except (ValueError, RecursionError):
        # Of a document over many lines the first one is no JSON; of articles, one may be broken.
        return '"article_id"' in start or not _JSON_FEED.search(start)
    return isinstance(first, dict) and "items" not in first


def _articles(file: IO[bytes], name: str) -> FileContents:
    articles, warnings = read_article_lines(file, name)
    if not articles:
        raise ArticleFileError(
            f"{name}: neither a feed, a list of feeds, a page nor articles, a JSON object a line"
            + (f" (line {warnings[0].removeprefix(f'{name}:')})" if warnings else "")
        )
    return FileContents(articles=articles, skipped=len(warnings), warnings=warnings)


def _document(data: bytes, name: str, path: Path | None, now: datetime) -> FileContents:
    text, _ = decode_feed(data)
    if not text.strip("\ufeff \t\r\n\0"):
        raise FeedError(Sentence("{file}: is empty", file=name))
    if is_address_list(text):
        subscriptions, warnings = read_address_list(text)
        return FileContents(subscriptions=subscriptions, warnings=warnings)
    if text.lstrip("\ufeff \t\r\n\0")[0] not in "<{[":
        raise FeedError(
            Sentence("{file}: no text; a feed, a list of feeds, a page or articles can be taken", file=name)
        )
    if _OPML.search(text, 0, 4096):
        subscriptions, warnings = read_opml(data)
        if not subscriptions:
            raise FeedError(Sentence("{file}: a list without feeds", file=name))
        return FileContents(subscriptions=subscriptions, warnings=warnings)
    address = path.absolute().as_uri() if path else "stdin:"
    try:
        feed = parse_feed(data, address, now)
    except FeedError as error:
        if not is_page(text):
            raise FeedError(str(error).replace(address, name)) from error
        return _page(text, name)
    return FileContents(feed=feed, warnings=[f"{name}: {warning}" for warning in feed.warnings])


def _page(text: str, name: str) -> FileContents:
    """A page that was saved: relative links count where it says what its address was."""
    feeds = page_feeds(text, _address_of(text))
    if not feeds:
        raise FeedError(
            Sentence("{file}: a page that names no feed; add the address that it came from instead", file=name)
        )
    return FileContents(page_feeds=feeds)


def _address_of(text: str) -> str:
    saved = _SAVED_FROM.search(text, 0, 4096)
    if saved:
        return saved[1]
    canonical = _CANONICAL.search(text)
    href = _HREF.search(canonical[0]) if canonical else None
    return href[1] if href else ""
