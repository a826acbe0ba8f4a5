"""An article as lines of text."""

from __future__ import annotations

from edge_runtime.feeds.full_text import Block, BlockKind
from edge_runtime.feeds.plain_text import clean_text
from edge_runtime.pages.article import ArticlePage
from edge_runtime.pages.lines import Line, Look, Span, columns, cut_line, joined, paragraph, wrapped
from edge_runtime.sentences import Sentence

EXCERPT = Sentence("(the feed gives only this much)")
LEAST_COLUMNS = 20  # of text, however deep its lists and quotes


def article_lines(page: ArticlePage, width: int) -> list[Line]:
    """Title, byline, text, links and address; addresses may be wider, as a broken one cannot be copied."""
    heading = paragraph(page.title, width, Look.STRONG) if page.title else []
    heading += paragraph(page.byline, width, Look.FAINT) if page.byline else []
    return joined(
        [
            heading,
            *_text_lines(page, width),
            paragraph(EXCERPT, width, Look.FAINT) if page.is_excerpt else [],
            [(Span(f"[{number}] {link}"),) for number, link in enumerate(page.links, start=1)],
            [(Span(clean_text(page.url)),)] if page.url else [],
        ]
    )


def _text_lines(page: ArticlePage, width: int) -> list[list[Line]]:
    """Groups of lines, between which a line is left free; entries of a list are one group."""
    groups: list[list[Line]] = []
    is_in_list = False
    for block in page.blocks:
        if not (is_in_list and block.list_depth):
            groups.append([])
        groups[-1] += _block_lines(block, width)
        is_in_list = bool(block.list_depth)
    return groups


def _block_lines(block: Block, width: int) -> list[Line]:
    """The lines of a block, each with its indent and the marks of its quotes."""
    quotes = "> " * block.quote_depth
    label = f"{block.label} " if block.label else ""
    indent = "  " * block.list_depth
    first = quotes + indent[len(label) :] + label if len(label) < len(indent) else quotes + indent[2:] + label
    others = quotes + " " * (columns(first) - len(quotes))
    room = max(width - columns(first), min(LEAST_COLUMNS, width // 2))
    broken = cut_line if block.kind is BlockKind.PREFORMATTED else wrapped
    lines = [piece for line in _marked(block).split("\n") for piece in broken(line, room)]
    look = Look.STRONG if block.kind is BlockKind.HEADING else Look.PLAIN
    return [(Span(others if place else first), Span(line, look)) for place, line in enumerate(lines)]


def _marked(block: Block) -> str:
    """The text with the number of each link behind it."""
    pieces, start = [], 0
    for span in block.links:
        pieces += [block.text[start : span.end], f"[{span.number}]"]
        start = span.end
    return "".join([*pieces, block.text[start:]])
