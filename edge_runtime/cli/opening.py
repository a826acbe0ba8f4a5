"""The command open: an article's text with its links, or one of its addresses in the browser."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from edge_runtime.cli.argument_types import count, seconds, words
from edge_runtime.cli.article_lists import article_fields
from edge_runtime.cli.article_names import NAME_HELP, article_named, origin_of
from edge_runtime.cli.call import Call, Commands, kept
from edge_runtime.errors import EdgeError
from edge_runtime.feeds.identity import web_url
from edge_runtime.model.json_lines import Json
from edge_runtime.types import Signal

if TYPE_CHECKING:
    from edge_runtime.pages.article import ArticlePage


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
    from edge_runtime.pages.article_lines import article_lines

    options = call.options
    with call.open() as reader:
        article_id = article_named(reader, options.article)
        article, page = reader.article(article_id), article_page(reader, article_id, call.now)
        # Before anything is recorded: a wrong number is no reading.
        address = _address(page, options.link) if options.browser or options.link else ""

        def record() -> None:
            origin = origin_of(reader, options.article, article_id)
            reader.record(article_id, Signal.OPEN, call.now, origin=origin)
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
        call.screen.show_long(facts, map(call.screen.styled, article_lines(page, call.screen.width)))


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
