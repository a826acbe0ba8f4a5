"""What the reader did and searched for; each can be taken out, and is unlearned then."""

from __future__ import annotations

from collections.abc import Sequence

from edge_runtime import EdgeError
from edge_runtime.screens.deeds import MORE_DEEDS, DeedRow, deeds_page, undo_last
from edge_runtime.web.exchange import Answer
from edge_runtime.web.html import Html, html, tag
from edge_runtime.web.visit import Visit

MOST_DEPTH = 2000


def deeds(visit: Visit) -> Answer:
    """The page."""
    tr, asked = visit.tr, visit.request.one("depth")
    depth = min(int(asked), MOST_DEPTH) if asked.isascii() and asked.isdigit() and len(asked) < 9 else MORE_DEEDS
    page = deeds_page(visit.reading, visit.now, max(depth, 1))
    more = tag("p", tag("a", page.more, href=f"/deeds?depth={page.depth}", class_="big")) if page.more else None
    last = tag(
        "form",
        tag("button", tr("Take back the last thing"), name="do", value="undo", class_="plain"),
        method="post",
        action="/deeds",
    )
    return visit.page(
        tr("What you did"),
        tag("p", page.about, class_="soft"),
        last if page.deeds or page.searches else None,
        _list(visit, page.deeds, "event"),
        more,
        html(tag("h2", tr("Searches")), _list(visit, page.searches, "search")) if page.searches else None,
        here="/you",
    )


def take_out(visit: Visit) -> Answer:
    """Take one out for good, or take the last one back."""
    reader, tr, one = visit.reading.reader, visit.tr, visit.request.one
    try:
        if one("do") == "undo":
            return visit.done(undo_last(visit.reading)(tr), to="/deeds")
        if _is_number(number := one("event")):
            reader.forget_event(int(number))
        elif _is_number(number := one("search")):
            reader.forget_search(int(number))
    except EdgeError as error:
        return visit.done(tr.sentence(error.fact))
    return visit.done(tr("Taken out, and unlearned."))


def _is_number(text: str) -> bool:
    """Whether it can be one of the profile's."""
    return text.isascii() and text.isdigit() and len(text) < 19


def _list(visit: Visit, rows: Sequence[DeedRow], kind: str) -> Html:
    tr = visit.tr
    entries = [
        tag(
            "li",
            tag("div", tag("span", row.words, dir="auto"), tag("small", row.about), class_="grow"),
            tag(
                "form",
                tag("button", tr("Take out"), name=kind, value=row.number, aria_label=f"{tr('Take out')}: {row.words}"),
                method="post",
                action="/deeds",
            ),
        )
        for row in rows
    ]
    return tag("ul", *entries, class_="entries") if entries else html()
