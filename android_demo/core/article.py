"""The article page: what it says, and where its link leads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from android_demo.core.wording import age_in_words, drawable, meta_line, topic_in_words
from edge_runtime import Article


@dataclass(frozen=True, slots=True)
class ArticlePage:
    """The words of the article page, ready to be shown."""

    article_id: str
    title: str
    meta: str
    paragraphs: tuple[str, ...]
    url: str
    link: str  # words for the link, or "" when there is none to follow


def article_page(article: Article, now: datetime) -> ArticlePage:
    """The page for one article; only http and https links are offered."""
    return ArticlePage(
        article_id=article.article_id,
        title=drawable(article.title),
        meta=meta_line(
            topic_in_words(article.category), drawable(article.source), age_in_words(article.published, now)
        ),
        paragraphs=tuple(drawable(line) for line in article.abstract.splitlines() if line.strip()),
        url=article.url,
        link=_link_words(article.url),
    )


def _link_words(url: str) -> str:
    address = urlsplit(url)
    if address.scheme not in ("http", "https") or not address.hostname:
        return ""
    return f"Read it at {address.hostname.removeprefix('www.')}"
