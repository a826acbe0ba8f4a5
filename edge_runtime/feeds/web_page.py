"""The feeds that a web page names, for a reader who gave the page's address instead."""

from __future__ import annotations

import re

from edge_runtime.feeds.identity import web_url
from edge_runtime.feeds.markup import tag_attributes

MAX_FEEDS = 5
_MAX_CHARS = 262_144  # the head of a page ends before
_MAX_ATTRIBUTES = 20
_LINK = re.compile(r"<(link\s[^<>]{1,2000})>", re.IGNORECASE)
_TYPES = frozenset({"application/rss+xml", "application/atom+xml", "application/feed+json"})


def feeds_of_page(text: str, url: str) -> list[str]:
    """Addresses of the feeds in a page's `<link rel="alternate">`, in order; at most `MAX_FEEDS`."""
    feeds: list[str] = []
    for link in _LINK.finditer(text, 0, _MAX_CHARS):
        flat = tag_attributes(link[1], _MAX_ATTRIBUTES)
        attributes = {name.lower(): value for name, value in zip(flat[::2], flat[1::2], strict=True)}
        if "alternate" in attributes.get("rel", "").lower() and attributes.get("type", "").lower() in _TYPES:
            feeds += [found for found in [web_url(attributes.get("href", ""), url)] if found and found not in feeds]
    return feeds[:MAX_FEEDS]
