"""An article as it is read: title, text with numbered links, and whether its feed gives no more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from edge_runtime.feeds.full_text import Block, BlockKind, read_full_text
from edge_runtime.feeds.plain_text import clean_text
from edge_runtime.pages.rows import byline
from edge_runtime.reader import Reader

# How a text ends that was cut before it came here.
_CUT_ENDS = "…", "...", "[…]", "[...]"


@dataclass(frozen=True, slots=True)
class ArticlePage:
    """An article with the text that its feed gave."""

    article_id: str
    title: str  # in one line; "" where it has none
    byline: str  # source, topic and age
    blocks: tuple[Block, ...]  # paragraphs, entries of lists and so on, in order
    links: tuple[str, ...]  # web addresses; `LinkSpan.number` counts them from 1
    is_excerpt: bool  # the feed gives only this much; the rest is behind `url`
    url: str  # of the article; "" where it has none
    # What `byline` is made of, for a front end that words it itself.
    source: str = ""
    topic: str = ""  # as the publisher calls it
    published: datetime | None = None  # UTC-aware


def article_page(reader: Reader, article_id: str, now: datetime) -> ArticlePage:
    """A cached article as it is read; what was recorded of it is left as it is.

    Raises:
        UnknownArticleError: It is not in the cache.
    """
    article = reader.article(article_id)
    content = reader.content(article_id)
    text = read_full_text(content.html, article.url)
    abstract = clean_text(article.abstract)
    blocks, links = text.blocks, text.links
    # Some feeds give a line such as "Comments" as their text.
    has_content = text.num_chars >= len(abstract.rstrip("…")) and text.num_chars > 0
    if not has_content:
        blocks, links = (Block(BlockKind.PARAGRAPH, abstract),) if abstract else (), ()
    is_cut = content.is_cut or text.is_cut or bool(blocks and blocks[-1].text.endswith(_CUT_ENDS))
    return ArticlePage(
        article.article_id,
        clean_text(article.title),
        byline(article, now),
        blocks,
        links,
        not has_content or is_cut,
        article.url,
        clean_text(article.source),
        clean_text(article.category),
        article.published,
    )
