"""Articles as columns of the databases, and back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from edge_runtime.types import Article, Popularity


def article_row(article: Article) -> tuple[str | int | None, ...]:
    """The article's own columns, as `article_from` reads them; what others made of it is not among them."""
    published = None if article.published is None else int(article.published.timestamp())
    return (
        article.article_id,
        article.title,
        article.abstract,
        article.category,
        article.source,
        article.url,
        article.language,
        published,
    )


def article_from(
    row: Sequence[str | int | None], counts: Sequence[int | None] = (None, None, None), image: str = ""
) -> Article:
    """An article from the first eight columns of a row, from its counts, and its image."""
    article_id, title, abstract, category, source, url, language = (str(text) for text in row[:7])
    published = None if row[7] is None else datetime.fromtimestamp(int(row[7]), UTC)
    return Article(
        article_id, title, abstract, category, source, url, language, published, _popularity_from(counts), image
    )


def counts_row(article: Article) -> tuple[int | None, ...]:
    """What a publisher counted: shown, clicked, as of when."""
    counts = article.popularity
    return (None, None, None) if counts is None else (counts.shown, counts.clicked, int(counts.as_of.timestamp()))


def _popularity_from(row: Sequence[int | None]) -> Popularity | None:
    shown, clicked, counted = row
    if shown is None or clicked is None or counted is None:
        return None
    return Popularity(shown, clicked, datetime.fromtimestamp(counted, UTC))
