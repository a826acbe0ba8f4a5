"""The command open: an article's text with its links, or one of its addresses in the browser."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from edge_runtime.cli.argument_types import count, seconds, words
from edge_runtime.cli.article_lists import article_fields
from edge_runtime.cli.article_names import NAME_HELP, article_named
from edge_runtime.cli.call import Call, Commands, kept
from edge_runtime.cli.printing import Screen, clean_text, columns, cut_line
from edge_runtime.errors import EdgeError
from edge_runtime.feeds.identity import web_url
from edge_runtime.model.json_lines import Json
from edge_runtime.types import Signal

if TYPE_CHECKING:
    from edge_runtime.feeds.full_text import Block
    from edge_runtime.pages.article import ArticlePage

EXCERPT = "(the feed gives only this much)"
LEAST_COLUMNS = 20  # of text, however deep its lists and quotes


class UnknownLinkError(EdgeError):
    """A link that the text does not have, or an article without an address."""


def add_command(commands: Commands) -> None:
    opened = commands.add(
        "open",
        _open,
        "an article's text and links; it counts as read",
        "open 3",
        "The text is what the feed gave. On a terminal a long one goes through $PAGER.",
    )
    opened.add_argument("article", type=words, help=NAME_HELP)
    opened.add_argument("--dwell", type=seconds, metavar="SECONDS", help="also keep how long it was read")
    opened.add_argument("--browser", action="store_true", help="open its page in $BROWSER, or in the usual browser")
    opened.add_argument(
        "--link", type=count, metavar="N", help="print the address of link N of the text; with --browser open it"
    )


def _open(call: Call) -> None:
    from edge_runtime.pages.article import article_page

    options = call.options
    with call.open() as reader:
        article_id = article_named(reader, options.article)
        article, page = reader.article(article_id), article_page(reader, article_id, call.now)
        # Before anything is recorded: a wrong number is no reading.
        address = _address(page, options.link) if options.browser or options.link else ""

        def record() -> None:
            reader.record(article_id, Signal.OPEN, call.now)
            if options.dwell is not None:
                reader.record(article_id, Signal.DWELL, call.now, options.dwell)

        recorded = kept(record) and not reader.private
    facts: Json = {
        "article": article_fields(article),
        "signal": Signal.OPEN.value,
        "recorded": recorded,
        "content": {
            "paragraphs": [asdict(block) for block in page.blocks],
            "links": list(page.links),
            "is_excerpt": page.is_excerpt,
        },
    }
    if address:
        facts["address"] = address
    if options.browser:
        _browse(call, address)
        call.screen.show(facts, [f"opened in the browser: {address}"])
    elif options.link:
        call.screen.show(facts, [address])
    else:
        call.screen.show_long(facts, _lines(call.screen, page))


def _address(page: ArticlePage, link: int | None) -> str:
    """The address of an article, or of a link of its text."""
    if link is None:
        if not (address := web_url(page.url, "")):
            raise UnknownLinkError("the article has no web address")
        return address
    if link > len(page.links):
        has = {0: "no links", 1: "one link"}.get(len(page.links), f"{len(page.links)} links")
        raise UnknownLinkError(f"no link {link}: the text has {has}; `edge-news open` lists them")
    return page.links[link - 1]


def _browse(call: Call, address: str) -> None:
    from edge_runtime.cli.browser import NoBrowserError, open_in_browser

    try:
        open_in_browser(address)
    except NoBrowserError:
        if not call.screen.is_json:  # to be copied; the error says why
            print(address, flush=True)
        raise


def _lines(screen: Screen, page: ArticlePage) -> list[str]:
    groups = [
        [screen.bold(line) for line in screen.paragraph(page.title)] if page.title else [],
        *_text_lines(screen, page),
        [screen.dim(EXCERPT)] if page.is_excerpt else [],
        # Never broken into lines, so that they can be copied.
        [f"[{number}] {link}" for number, link in enumerate(page.links, start=1)],
        [clean_text(page.url)] if page.url else [],
    ]
    if page.byline:
        groups[0] += [screen.dim(line) for line in screen.paragraph(page.byline)]
    return "\n\n".join("\n".join(group) for group in groups if group).split("\n")


def _text_lines(screen: Screen, page: ArticlePage) -> list[list[str]]:
    """Groups of lines, between which a line is left free; entries of a list are one group."""
    groups: list[list[str]] = []
    is_in_list = False
    for block in page.blocks:
        if not (is_in_list and block.list_depth):
            groups.append([])
        groups[-1] += _block_lines(screen, block)
        is_in_list = bool(block.list_depth)
    return groups


def _block_lines(screen: Screen, block: Block) -> list[str]:
    """The lines of a block, each with its indent and the marks of its quotes."""
    from edge_runtime.feeds.full_text import BlockKind

    quotes = "> " * block.quote_depth
    label = f"{block.label} " if block.label else ""
    indent = "  " * block.list_depth
    first = quotes + indent[len(label) :] + label if len(label) < len(indent) else quotes + indent[2:] + label
    others = quotes + " " * (columns(first) - len(quotes))
    width = max(screen.width - columns(first), LEAST_COLUMNS)
    text = _marked(block)
    if block.kind is BlockKind.PREFORMATTED:
        lines = [piece for line in text.split("\n") for piece in cut_line(line, width)]
    else:
        narrow = Screen(screen.is_json, screen.has_colours, width)
        lines = [piece for line in text.split("\n") for piece in narrow.paragraph(line)]
    style = screen.bold if block.kind is BlockKind.HEADING else str
    return [f"{others if place else first}{style(line)}".rstrip() for place, line in enumerate(lines)]


def _marked(block: Block) -> str:
    """The text with the number of each link behind it."""
    pieces, start = [], 0
    for span in block.links:
        pieces += [block.text[start : span.end], f"[{span.number}]"]
        start = span.end
    return "".join([*pieces, block.text[start:]])
