"""What a web page in a feed's place says: which feeds there are, and where it leads."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from edge_runtime.errors import FeedError
from edge_runtime.feeds.identity import web_url
from edge_runtime.feeds.markup import Token, split_markup, tag_attributes, tag_name

MAX_FEEDS = 5
MAX_REFRESH_S = 60  # a page that is loaded anew later than that leads nowhere
MAX_CHARS = 262_144  # the head of a page ends before
_MAX_ATTRIBUTES = 20
_LINK = re.compile(r"<((?:link|base)\s[^<>]{1,2000})>", re.IGNORECASE)
_TYPES = frozenset({"application/rss+xml", "application/atom+xml", "application/feed+json"})
# What a page may begin with; no feed does.
_PAGE_TAGS = frozenset(
    {"html", "head", "meta", "title", "base", "link", "script", "style", "noscript", "body", "center"}
)
_DOCTYPE = re.compile(r"\s*<!doctype\s+html\b", re.IGNORECASE)
_NOT_SHOWN = re.compile(r"(?:script|style|template|textarea)(?![^\s/])", re.IGNORECASE)
_REFRESH = re.compile(r"([0-9]{0,9})[0-9.]*(?:\s*[;,]|\s)\s*(?:url\s*=\s*)?(.+)", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Refresh:
    """Where a page sends its readers by itself, and after how many seconds."""

    url: str
    delay_s: int


def feeds_of_page(text: str, url: str) -> list[str]:
    """Addresses of the feeds in a page's `<link rel="alternate">`, in order; at most `MAX_FEEDS`."""
    feeds: list[str] = []
    base = url
    for link in _LINK.finditer(text, 0, MAX_CHARS):
        attributes = _attributes(link[1])
        if tag_name(link[1]).lower() == "base":
            base = web_url(attributes.get("href", ""), url) or base
        elif "alternate" in attributes.get("rel", "").lower() and attributes.get("type", "").lower() in _TYPES:
            feeds += [found for found in [web_url(attributes.get("href", ""), base)] if found and found not in feeds]
    return feeds[:MAX_FEEDS]


def refresh_of_page(text: str, url: str, header: str = "") -> Refresh | None:
    """Where a page leads on, by the HTTP header "Refresh" or by `<meta http-equiv="refresh">`.

    None where it leads to no web address, or is no page: a feed may hold pages as text. It may lead to itself.

    Args:
        header: The HTTP header, or "".
    """
    base = url
    if text.strip() and not is_page(text):
        return None
    instructions = [header] if header else []
    for name, attributes in _tags(text[:MAX_CHARS]):
        if name == "base":
            base = web_url(attributes.get("href", ""), url) or base
        elif name == "meta" and attributes.get("http-equiv", "").strip().lower() == "refresh":
            instructions.append(attributes.get("content", ""))
    for instruction in instructions:
        found = _REFRESH.match(instruction[:4200].strip())
        if found is None:
            continue
        link = found[2]
        if link[0] in "\"'":
            link = link[1:].partition(link[0])[0]
        leads_to = web_url(link, base)
        if leads_to:
            return Refresh(leads_to, int(found[1] or 0))
    return None


def is_page(text: str) -> bool:
    """Whether a text begins as HTML does."""
    first, _ = next(_tags(text[:MAX_CHARS]), ("", {}))
    return first in _PAGE_TAGS or bool(_DOCTYPE.match(text))


def error_of_page(text: str, url: str, page_url: str, why: str) -> FeedError:
    """Why an answer is no feed, with the addresses that it names if it is a page.

    Args:
        url: What was asked for.
        page_url: Where the answer came from.
    """
    feeds, refresh = feeds_of_page(text, page_url), refresh_of_page(text, page_url)
    said = f"{url}: {why}"
    if refresh and refresh.url not in (page_url, url):
        said += f"; the page leads on to {refresh.url}"
    if feeds:
        said += f"; the page names {', '.join(feeds)}"
    return FeedError(said, feeds=tuple(feeds))


def _tags(text: str) -> Iterator[tuple[str, dict[str, str]]]:
    """The tags that a browser without scripts would see; none of what is not markup."""
    if text.lstrip("\ufeff \t\r\n\0")[:1] != "<":
        return
    for token, piece in split_markup(text, _NOT_SHOWN):
        if token is Token.OPEN:
            yield tag_name(piece).lower(), _attributes(piece)


def _attributes(inside: str) -> dict[str, str]:
    flat = tag_attributes(inside, _MAX_ATTRIBUTES)
    return {name.lower(): value for name, value in zip(flat[::2], flat[1::2], strict=True)}
