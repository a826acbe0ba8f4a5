"""What a web page in a feed's place says: which feeds there are, and where it leads."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urljoin

from edge_runtime.addresses import parse_target
from edge_runtime.errors import FeedError, FetchError
from edge_runtime.feeds.identity import web_url
from edge_runtime.feeds.markup import Token, split_markup, tag_attributes, tag_name
from edge_runtime.feeds.plain_text import clean_text
from edge_runtime.feeds.wanted import NamedFeed, http_addresses
from edge_runtime.sentences import Sentence

MAX_FEEDS = 20  # of a page
MAX_NAMED = 5  # of these in a message
MAX_REFRESH_S = 60  # a page that is loaded anew later than that leads nowhere
MAX_CHARS = 262_144  # the head of a page ends before
MAX_PAGE_CHARS = 2 << 20  # YouTube names a channel's feed after half a megabyte of scripts
_MAX_ATTRIBUTES = 20
_MAX_TITLE_CHARS = 100
_TYPES = frozenset(
    f"application/{name}" for name in ("rss+xml", "atom+xml", "feed+json", "x.atom+xml", "x-atom+xml", "x-rss+xml")
)
_COMMENTS = re.compile(
    r"\bcomment(?:s|aires)?\b|kommentare?\b|\bcoment[aá]rios\b|commenti\b|评论|コメント", re.IGNORECASE
)
_FORMAT = re.compile(r"\b(?:rss|atom|json|rdf|xml|feed|[0-9]\.[0-9])\b|[^\w]+", re.IGNORECASE)
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


def page_feeds(text: str, url: str) -> list[NamedFeed]:
    """The feeds that a page's links name, in their order; those of comments come last, and one in two formats once.

    Args:
        text: Of the page.
        url: Where it came from; "" if that is not known, and then only whole addresses count.
    """
    base, feeds, titles = url, dict[str, NamedFeed](), set[str]()
    for name, attributes in _tags(text[:MAX_PAGE_CHARS], "link", "base"):
        if name == "base" and base == url:
            base = _joined(url, attributes.get("href", ""))
        found = _feed_of(attributes, base) if name == "link" else None
        if found is None or found.url in feeds:
            continue
        # "News (RSS)" and "News (Atom)" are one, and so are "RSS" and "Atom".
        bare = _FORMAT.sub("", found.title).casefold() if found.title else found.url
        if bare not in titles:
            titles.add(bare)
            feeds[found.url] = found
    return sorted(feeds.values(), key=is_of_comments)[:MAX_FEEDS]


def is_of_comments(feed: NamedFeed) -> bool:
    """Whether a feed has what readers write, by its title or address."""
    return bool(_COMMENTS.search(feed.title) or "/comments/" in feed.url)


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
    feeds, refresh = [feed.url for feed in page_feeds(text, page_url)], refresh_of_page(text, page_url)
    said = Sentence("{address}: {why}", address=url, why=why)
    if refresh and refresh.url not in (page_url, url):
        said = Sentence("{said}; the page leads on to {other}", said=said, other=refresh.url)
    if feeds:
        said = Sentence("{said}; the page names {others}", said=said, others=", ".join(feeds[:MAX_NAMED]))
    return FeedError(said, feeds=tuple(feeds))


def _tags(text: str, *wanted: str) -> Iterator[tuple[str, dict[str, str]]]:
    """The tags of some names, or all, that a browser without scripts would see; none of what is not markup."""
    if text.lstrip("\ufeff \t\r\n\0")[:1] != "<":
        return
    for token, piece in split_markup(text, _NOT_SHOWN):
        name = tag_name(piece).lower() if token is Token.OPEN else ""
        if name and (name in wanted or not wanted):
            yield name, _attributes(piece)


def _attributes(inside: str) -> dict[str, str]:
    flat = tag_attributes(inside, _MAX_ATTRIBUTES)
    return {name.lower(): value for name, value in zip(flat[::2], flat[1::2], strict=True)}


def _feed_of(attributes: dict[str, str], base: str) -> NamedFeed | None:
    """The feed that a link names, if it names one."""
    rels = attributes.get("rel", "").lower().split()
    kind = attributes.get("type", "").lower().partition(";")[0].strip()
    if not ({"alternate", "feed"} & {*rels} and kind in _TYPES):
        return None
    link = attributes.get("href", "").strip()
    if link.lower().startswith("feed:"):
        link = http_addresses(link)[0]
    try:
        address = parse_target(web_url(link, base)).address
    except FetchError:
        return None
    return NamedFeed(address, clean_text(attributes.get("title", ""))[:_MAX_TITLE_CHARS])


def _joined(url: str, href: str) -> str:
    try:
        return urljoin(url, href.strip()) if href.strip() else url
    except ValueError:  # not even half an address
        return url
