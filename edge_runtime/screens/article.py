"""The article page: the whole text that its feed gives, and where its links lead."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from urllib.parse import urlsplit

from edge_runtime import Block, BlockKind, Wording
from edge_runtime import article_page as read_page
from edge_runtime.screens.marks import Marks
from edge_runtime.screens.reading import Reading
from edge_runtime.screens.rows import title_of

_SPACES = re.compile(" {2,}")


@dataclass(frozen=True, slots=True)
class Link:
    """Where in a text a link stands, and where it leads."""

    start: int
    end: int  # behind its last character
    url: str  # http or https


@dataclass(frozen=True, slots=True)
class TextBlock:
    """A paragraph, a heading, an entry of a list or lines as they are, ready to be broken."""

    text: str  # a line end within it is the author's
    kind: BlockKind = BlockKind.PARAGRAPH
    links: tuple[Link, ...] = ()
    label: str = ""  # of a list's entry, "•" or "3."
    list_depth: int = 0
    quote_depth: int = 0


@dataclass(frozen=True, slots=True)
class ArticlePage:
    """The words of the article page."""

    article_id: str
    title: str
    meta: str
    blocks: tuple[TextBlock, ...]
    excerpt: str  # says that the feed gives only this much, or ""
    url: str  # http or https, or ""
    link: str  # words for the link, or ""
    marks: Marks


def article_page(session: Reading, now: datetime, article_id: str) -> ArticlePage:
    """The page for one article; only http and https links are offered.

    Raises:
        UnknownArticleError: The cache does not have it any more.
    """
    article, tr = session.reader.article(article_id), session.tr
    page = read_page(session.reader, article_id, now)
    host = _host(article.url)
    blocks = tuple(block for block in (text_block(one, page.links, tr) for one in page.blocks) if block.text)
    if page.is_excerpt:
        excerpt = tr("The feed gives only this much.") if blocks else tr("The feed gives a title only.")
    else:
        excerpt = ""
    return ArticlePage(
        article_id=article.article_id,
        title=title_of(article, tr),
        meta=tr.joined(tr.line(article.source), tr.topic(article.category), tr.age(article.published, now)),
        blocks=blocks,
        excerpt=excerpt,
        url=article.url if host else "",
        link=tr("Read on at {site}", site=host) if host else "",
        marks=session.marks([article])[article_id],
    )


def text_block(block: Block, addresses: Sequence[str], tr: Wording) -> TextBlock:
    """A block as the screen can draw it, its links moved to where their words are then.

    Args:
        block: Of an article.
        addresses: Of all its links; the first has number 1.
        tr: Knows what can be drawn.
    """
    clean = tr.drawn if block.kind is BlockKind.PREFORMATTED else partial(_spaced, tr)
    parts: list[str] = []
    links: list[Link] = []
    length = start = 0
    for span in block.links:
        before, words = clean(block.text[start : span.start]), clean(block.text[span.start : span.end])
        parts += [before, words]
        url = addresses[span.number - 1]
        if words and _host(url):
            links.append(Link(length + len(before), length + len(before) + len(words), url))
        length += len(before) + len(words)
        start = span.end
    parts.append(clean(block.text[start:]))
    text = "".join(parts).rstrip()
    return TextBlock(
        "" if not text.strip() else text,
        block.kind,
        tuple(links),
        block.label,
        block.list_depth,
        block.quote_depth,
    )


def _spaced(tr: Wording, text: str) -> str:
    """With one space where what cannot be drawn leaves two."""
    return _SPACES.sub(" ", tr.drawn(text))


def _host(url: str) -> str:
    """The host of a web address, "" for any other."""
    if not url.startswith(("http://", "https://")):
        return ""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:  # http://[x
        return ""
