"""Feeds for tests, and what is made of them."""

from __future__ import annotations

from datetime import UTC, datetime

from edge_runtime.feeds.parse import ParsedFeed, parse_feed

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
URL = "https://news.example/feed.xml"


def parse(text: str | bytes, url: str = URL, content_type: str = "") -> ParsedFeed:
    return parse_feed(text if isinstance(text, bytes) else text.encode(), url, NOW, content_type)


def rss(items: str, channel: str = "<title>Paper</title>", root: str = 'version="2.0"') -> str:
    return f'<?xml version="1.0"?><rss {root}><channel>{channel}{items}</channel></rss>'


def only(feed: ParsedFeed):
    (article,) = feed.articles
    return article
