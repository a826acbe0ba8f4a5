"""What is known of the reader: how much, what of, whether it helps, and the ways to change it."""

from __future__ import annotations

from collections.abc import Sequence

from edge_runtime.screens.beliefs import BeliefsPage, ShareRow, beliefs_page
from edge_runtime.screens.worth import WorthPage, worth_page
from edge_runtime.screens.you import you_page
from edge_runtime.web import login
from edge_runtime.web.exchange import Answer
from edge_runtime.web.html import Html, html, tag
from edge_runtime.web.pages.bars import bar, stacks
from edge_runtime.web.visit import Visit


def you(visit: Visit) -> Answer:
    """The page."""
    tr, reading, now = visit.tr, visit.reading, visit.now
    known, beliefs, worth = you_page(reading, now), beliefs_page(reading, now), worth_page(reading, now)
    ways = [
        ("/rules", tr("What you follow and mute"), known.rules),
        ("/deeds", tr("What you did"), known.deeds),
        ("/words", tr("Words that you pick and pass over"), ""),
        ("/hidden", tr("What is left out, and why"), ""),
        ("/settings", tr("Settings"), tr("Theme, size of text, language, order")),
        ("/keys", tr("Keys"), ""),
    ]
    links = [
        tag("li", tag("a", tag("span", words), tag("small", about) if about else None, href=path))
        for path, words, about in ways
    ]
    return visit.page(
        tr("You"),
        tag("p", known.summary, class_="lead"),
        tag("p", tr("Private mode: nothing is kept."), class_="lead") if known.is_private else None,
        tag("ul", *links, class_="ways"),
        _worth(visit, worth),
        _beliefs(visit, beliefs),
        _leave(visit),
        tag("p", tr("Erasing, export and import are done on the device itself, with edge-news."), class_="soft"),
        here="/you",
    )


def _leave(visit: Visit) -> Html | None:
    """Where somebody had to log in."""
    if not visit.request.cookie(login.COOKIE):
        return None
    return tag("form", tag("button", visit.tr("Log out")), method="post", action=login.LOGOUT)


def _worth(visit: Visit, page: WorthPage) -> Html:
    interval = (
        html(
            tag(
                "svg",
                tag("rect", x=round(100 * page.low, 1), width=round(100 * (page.high - page.low), 1), height=6),
                tag("rect", x=round(100 * page.share - 0.7, 1), width=1.4, height=6, class_="here"),
                tag("rect", x=49.7, width=0.6, height=6, class_="half"),
                class_="bar interval",
                viewBox="0 0 100 6",
                preserveAspectRatio="none",
                aria_hidden="true",
            ),
            tag("p", page.about, class_="soft"),
        )
        if page.choices
        else None
    )
    return html(tag("h2", visit.tr("Does the order help you?")), tag("p", page.sentence), interval)


def _beliefs(visit: Visit, page: BeliefsPage) -> Html:
    tr = visit.tr
    if not page.about:
        nothing = tr("Nothing yet. Open or like a story, and it shows here.")
        return html(tag("h2", tr("What you read")), tag("p", nothing, class_="empty"))
    says = tr("Shares of topics, week by week, from {first} to {last}", first=page.first_week, last=page.last_week)
    return html(
        tag("h2", tr("What you read")),
        tag("p", page.about, class_="soft"),
        stacks(page.weeks, says),
        tag("p", tag("span", page.first_week), tag("span", page.last_week), class_="ends"),
        tag("h3", tr("Topics")),
        _shares(page.topics, has_colours=True),
        tag("h3", tr("Sources")),
        _shares(page.sources),
    )


def _shares(rows: Sequence[ShareRow], *, has_colours: bool = False) -> Html:
    body = [
        tag(
            "tr",
            tag("th", _swatch(place) if has_colours else None, row.words, scope="row", dir="auto"),
            tag("td", bar(row.bar), class_="bars"),
            tag("td", row.share, class_="number"),
        )
        for place, row in enumerate(rows)
    ]
    return tag("table", tag("tbody", *body))


def _swatch(place: int) -> Html:
    square = tag("rect", width=10, height=10, class_=f"c{place}")
    return tag("svg", square, class_="swatch", viewBox="0 0 10 10", aria_hidden="true")
