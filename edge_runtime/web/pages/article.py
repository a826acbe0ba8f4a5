"""An article: its whole text, what can be done with it, and where it goes on."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from urllib.parse import urlsplit

from edge_runtime import BlockKind
from edge_runtime.screens.article import ArticlePage, TextBlock, article_page
from edge_runtime.screens.reports import reports_page
from edge_runtime.web.exchange import Answer, see_other
from edge_runtime.web.html import Html, html, tag
from edge_runtime.web.pages.article_deeds import record_open
from edge_runtime.web.pages.story_list import OPENED, all_deeds, plain_rows
from edge_runtime.web.visit import Visit, article_path

OUT = {"rel": "noopener noreferrer", "target": "_blank"}  # of a link that leaves
LOOK_AHEAD = 40  # of the ranked feed, for a story to go on with


def article(visit: Visit) -> Answer:
    """The page of a story; whoever came by a link of a page of ours has opened it."""
    article_id = visit.request.path_parts["article_id"]
    if visit.request.one("o"):
        # To an address of its own, so that a reload opens nothing twice; what another site links to opens nothing.
        if came_from := visit.came_from():
            record_open(visit, article_id, urlsplit(came_from).path)
        return see_other(article_path(article_id))
    tr, found = visit.tr, article_page(visit.reading, visit.now, article_id)
    others = reports_page(visit.reading, visit.now, article_id)
    return visit.page(
        found.title,
        tag("p", tag("bdi", found.meta), class_="meta"),
        all_deeds(article_id, found.marks, tr),
        tag("div", *text(found.blocks), class_="text"),
        tag("p", found.excerpt, class_="soft") if found.excerpt else None,
        _out(found),
        html(tag("h2", tr("Who else reports it")), plain_rows(others, tr)) if others else None,
        _onwards(visit, article_id),
    )


def text(blocks: Sequence[TextBlock]) -> list[Html]:
    """Blocks as markup: quotes and lists are told apart from what is around them."""
    found = []
    for depth, quoted in groupby(blocks, key=lambda block: block.quote_depth):
        pieces: list[Html] = []
        for is_list, group in groupby(quoted, key=lambda block: block.list_depth > 0):
            run = list(group)
            pieces += [_list(run)] if is_list else [_block(one) for one in run]
        for _ in range(depth):
            pieces = [tag("blockquote", *pieces)]
        found += pieces
    return found


def _list(blocks: Sequence[TextBlock]) -> Html:
    """Entries with their own labels; a block without one goes on with the entry before."""
    entries: list[tuple[int, list[Html]]] = []
    for block in blocks:
        if block.label or not entries:
            label = tag("span", f"{block.label} ", class_="label")
            entries.append((block.list_depth, [tag("p", label, _linked(block), dir="auto")]))
        else:
            entries[-1][1].append(_block(block))
    return tag("ul", *(tag("li", *pieces, class_=f"d{depth}") for depth, pieces in entries))


def _block(block: TextBlock) -> Html:
    names = {BlockKind.HEADING: "h2", BlockKind.PREFORMATTED: "pre"}
    return tag(names.get(block.kind, "p"), _linked(block), dir="auto")


def _linked(block: TextBlock) -> Html:
    pieces: list[object] = []
    start = 0
    for link in block.links:
        pieces += [block.text[start : link.start], tag("a", block.text[link.start : link.end], href=link.url, **OUT)]
        start = link.end
    return html(*pieces, block.text[start:])


def _out(found: ArticlePage) -> Html | None:
    """The link to the publisher; the story counts as opened since this page was, and if not, our script tells it."""
    if not found.url:
        return None
    told = None if found.marks.is_read else article_path(found.article_id)
    return tag("p", tag("a", found.link, href=found.url, class_="big out", data_open=told, **OUT))


def _onwards(visit: Visit, article_id: str) -> Html:
    """Why it is here, and the story to go on with: the first of the feed that is not read."""
    tr = visit.tr
    ranked = visit.reading.ranked(visit.now, LOOK_AHEAD)
    following = next((one for one in ranked if not one.is_read and one.article.article_id != article_id), None)
    on = (
        tag(
            "a",
            tag("small", tr("Next for you")),
            " ",
            tag("span", tr.line(following.article.title) or tr("No title"), dir="auto"),
            href=article_path(following.article.article_id, OPENED),
            class_="big wide",
            rel="next",
        )
        if following
        else None
    )
    return html(
        tag("p", tag("a", tr("Why is this here?"), href=article_path(article_id, "/why")), class_="after"),
        tag(
            "nav",
            tag("a", tr("Back to the list"), href="/", class_="big", rel="prev"),
            on,
            class_="pager",
            aria_label=tr("Onwards"),
        ),
    )
