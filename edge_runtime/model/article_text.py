"""What is read of an article, the same in training and on the device."""

from __future__ import annotations

from collections.abc import Callable

from edge_runtime.types import Article


def text_of(article: Article, clean: Callable[[str], str] = str) -> str:
    """What the article encoder and the topic head read, and what an article is called: the title, else the abstract.

    Args:
        article: With one of both at least.
        clean: What a screen needs; a title of which it leaves nothing counts as none.
    """
    return clean(article.title) or clean(article.abstract)


def whole_text(article: Article) -> str:
    """Title and abstract, for what counts every word."""
    return f"{article.title} {article.abstract}".strip()
