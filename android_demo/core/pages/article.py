"""The article page: what it says, and where its link leads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from android_demo.core.marks import Marks
from android_demo.core.rows import title_of
from android_demo.core.session import Session
from android_demo.core.wording import drawable, topic_in_words


@dataclass(frozen=True, slots=True)
class ArticlePage:
    """The words of the article page, ready to be shown."""

    article_id: str
    title: str
    meta: str
    paragraphs: tuple[str, ...]
    url: str
    link: str  # words for the link, or "" when there is none to follow
    marks: Marks


def article_page(session: Session, now: datetime, article_id: str) -> ArticlePage:
    """The page for one article; only http and https links are offered.

    Raises:
        UnknownArticleError: The cache does not have it any more.
    """
    article, tr = session.reader.article(article_id), session.tr
    host = urlsplit(article.url).hostname if article.url.startswith(("http://", "https://")) else None
    return ArticlePage(
        article_id=article.article_id,
        title=title_of(article, tr),
        meta=tr.joined(drawable(article.source), topic_in_words(article.category, tr), tr.age(article.published, now)),
        paragraphs=tuple(drawable(line) for line in article.abstract.splitlines() if line.strip()),
        url=article.url if host else "",
        link=tr("Read on at {site}", site=host) if host else "",
        marks=session.marks([article])[article_id],
    )
