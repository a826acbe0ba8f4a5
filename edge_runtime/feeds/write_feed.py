"""Articles as a feed that any reader can subscribe to, Atom (RFC 4287) or JSON Feed 1.1; `parse_feed` reads both.

A feed made here has texts and addresses of articles alone: no picture, no script, nothing that is fetched by itself.
"""

from __future__ import annotations

import html
import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from edge_runtime.feeds.plain_text import clean_text
from edge_runtime.types import Article

TITLE = "edge-news"
_NAMESPACE = uuid.UUID("6b6d1f0e-0d4e-5b0a-9a55-6c3e1c2f7d10")  # any; it must only stay the same


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """An article of a feed, with a note that stands at the end of its summary; "" is none."""

    article: Article
    note: str = ""
    at: datetime | None = None  # by which other readers order it, in the place of when it was published


def write_atom(entries: Sequence[FeedEntry], now: datetime) -> bytes:
    """An Atom feed in UTF-8.

    Atom wants a date of every entry: one that has none gets `now`.

    Args:
        entries: In their order.
        now: When the feed was made, UTC-aware.
    """
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<feed xmlns="http://www.w3.org/2005/Atom">',
        f"<id>{_identifier('')}</id>",
        f"<title>{TITLE}</title>",
        f"<updated>{_time(now)}</updated>",
        f"<author><name>{TITLE}</name></author>",
    ]
    for one in entries:
        lines += _atom_entry(one, now)
    return "\n".join([*lines, "</feed>", ""]).encode()


def write_json_feed(entries: Sequence[FeedEntry]) -> bytes:
    """A JSON Feed in UTF-8, with its entries in their order."""
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": TITLE,
        "items": [_json_item(one) for one in entries],
    }
    return (json.dumps(feed, ensure_ascii=False, indent=1) + "\n").encode()


def _atom_entry(one: FeedEntry, now: datetime) -> list[str]:
    article = one.article
    published = one.at or article.published
    at = _time(published or now)
    language = f' xml:lang="{_text(article.language)}"' if article.language else ""
    summary = "\n\n".join(filter(None, (_text(article.abstract), _text(one.note))))
    lines = [
        f"<entry{language}>",
        f"<id>{_identifier(article.article_id)}</id>",
        f"<title>{_text(article.title)}</title>",
        f'<link rel="alternate" href="{_text(article.url)}"/>' if article.url else "",
        f"<published>{at}</published>" if published else "",
        f"<updated>{at}</updated>",
        f"<author><name>{_text(article.source)}</name></author>" if article.source else "",
        f"<source><title>{_text(article.source)}</title></source>" if article.source else "",
        f'<category term="{_text(article.category)}"/>' if article.category else "",
        f"<summary>{summary}</summary>" if summary else "",
        "</entry>",
    ]
    return [line for line in lines if line]


def _json_item(one: FeedEntry) -> dict[str, object]:
    article = one.article
    published = one.at or article.published
    texts = [clean_text(text) for text in (article.abstract, one.note) if text]
    item: dict[str, object] = {
        "id": _identifier(article.article_id),
        "title": clean_text(article.title),
        "url": article.url,
        "summary": clean_text(article.abstract),
        # It wants a content; an article without a text has its title as one.
        "content_text": "\n\n".join(texts) or clean_text(article.title),
        "date_published": _time(published) if published else "",
        "authors": [{"name": clean_text(article.source)}] if article.source else [],
        "tags": [clean_text(article.category)] if article.category else [],
        "language": article.language,
        "_edge_news": {"source": clean_text(article.source)} if article.source else {},
    }
    return {name: value for name, value in item.items() if value}


def _identifier(article_id: str) -> str:
    """A name that stays the same whenever the article is written again."""
    return f"urn:uuid:{uuid.uuid5(_NAMESPACE, article_id)}"


def _time(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _text(text: str) -> str:
    return html.escape(clean_text(text))
