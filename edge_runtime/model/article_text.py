"""What is read of an article, the same in training and on the device."""

from __future__ import annotations

from edge_runtime.types import Article


def text_of(article: Article) -> str:
    """What the article encoder and the topic head read: the title, else the abstract."""
    return article.title or article.abstract


def whole_text(article: Article) -> str:
    """Title and abstract, for what counts every word."""
    return f"{article.title} {article.abstract}".strip()
