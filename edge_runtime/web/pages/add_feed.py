"""Adding a feed: an address is looked at first, and what is there is shown before anything is subscribed to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial

from edge_runtime import FeedError, SyncOptions, Wording
from edge_runtime.screens import feeds as screen
from edge_runtime.screens.add_feed import Look, look_at
from edge_runtime.screens.reading import Reading
from edge_runtime.screens.suggested import SuggestedFeed, suggested_page
from edge_runtime.web.desk import Desk
from edge_runtime.web.exchange import Answer, Request, see_other
from edge_runtime.web.html import Html, html, tag
from edge_runtime.web.look import look_of, wording
from edge_runtime.web.notes import ByToken
from edge_runtime.web.visit import Visit

MOST_CHARS = 2000
LookAt = Callable[[str, datetime, SyncOptions, Wording], Look]


class AddFeed:
    """The pages of adding, which keep what was found for as long as somebody may choose of it."""

    def __init__(self, look: LookAt = look_at) -> None:
        """Begin with nothing found.

        Args:
            look: Asks a server.
        """
        self._look = look
        self._found: ByToken[tuple[str, Look]] = ByToken(40)

    def add(self, visit: Visit) -> Answer:
        """The form, and what is at the address that was typed last."""
        tr = visit.tr
        typed, look = self._found.get(visit.request.one("look")) or ("", None)
        return visit.page(
            tr("Add a feed"),
            tag("p", look.trouble, class_="trouble", role="alert") if look and look.trouble else None,
            _form(visit, typed),
            _preview(visit, look) if look and look.url else None,
            _choices(visit, look) if look and look.choices else None,
            tag("p", tag("a", tr("Well-known feeds"), href="/feeds/suggested"), class_="after"),
            here="/feeds",
        )

    def look(self, desk: Desk, request: Request) -> Answer:
        """Look at what was typed. Runs beside the desk: a server may take its time, and nobody has to wait for it."""
        typed = request.one("url").strip()[:MOST_CHARS]
        tr = wording(look_of(request).language)
        look = self._look(typed, desk.now(), SyncOptions(), tr) if typed else Look(trouble=tr("Type an address first."))
        return see_other(f"/feeds/add?look={desk.run(lambda: self._found.keep((typed, look)))}")

    def subscribe(self, visit: Visit) -> Answer:
        """Subscribe to what was looked at; a timer fetches it."""
        tr, url = visit.tr, visit.request.one("url")[:MOST_CHARS]
        title = visit.request.one("title")[:MOST_CHARS]
        try:
            new = screen.subscribe_all(visit.reading, visit.now, [(url, title, visit.request.one("topic"), "")])
        except FeedError:
            return visit.done(tr("This is no web address. Look for a typing mistake."))
        to = "" if visit.request.one("stay") else "/feeds"
        if not new:
            return visit.done(tr("You have this feed already."), to=to)
        words = tr("Subscribed: {name}. Its stories come with the next fetch.", name=title or screen.host_of(url))
        return visit.done(words, partial(_leave, new[0]), to)


def suggested(visit: Visit) -> Answer:
    """Well-known feeds by language."""
    tr = visit.tr
    groups = [
        html(
            tag("h2", language),
            tag("ul", *(tag("li", _suggestion(visit, one)) for one in feeds), class_="entries"),
        )
        for _, language, feeds in suggested_page(visit.reading, visit.now).groups
    ]
    return visit.page(tr("Well-known feeds"), *groups, here="/feeds")


def _leave(url: str, reading: Reading, now: datetime) -> None:
    reading.reader.feeds.unsubscribe(url)


def _form(visit: Visit, typed: str) -> Html:
    tr = visit.tr
    return tag(
        "form",
        tag("label", tr("Address of a feed or of a site"), for_="url"),
        tag(
            "div",
            tag(
                "input",
                id="url",
                name="url",
                value=typed,
                required=True,
                inputmode="url",
                autocapitalize="none",
                autocomplete="off",
                spellcheck="false",
                maxlength=MOST_CHARS,
            ),
            tag("button", tr("Have a look"), class_="plain"),
            class_="side",
        ),
        method="post",
        action="/feeds/look",
    )


def _preview(visit: Visit, look: Look) -> Html:
    return tag(
        "section",
        tag("h2", look.title, dir="auto"),
        tag("p", look.about, class_="meta"),
        tag("ul", *(tag("li", title, dir="auto") for title in look.titles), class_="titles"),
        _subscribing(visit, look.url, look.title),
        class_="card",
    )


def _choices(visit: Visit, look: Look) -> Html:
    tr = visit.tr
    heading = tr("Other feeds of this site") if look.url else tr("This site has several feeds: choose one")
    entries = [
        tag(
            "li",
            tag("div", tag("b", name, dir="auto"), tag("small", url), class_="grow"),
            tag(
                "form",
                tag("button", tr("Have a look"), name="url", value=url, aria_label=f"{tr('Have a look')}: {name}"),
                method="post",
                action="/feeds/look",
            ),
        )
        for url, name in look.choices
    ]
    return html(tag("h2", heading), tag("ul", *entries, class_="entries"))


def _suggestion(visit: Visit, one: SuggestedFeed) -> Html:
    about = tag("div", tag("b", one.name, dir="auto"), tag("small", one.about), class_="grow")
    if one.is_subscribed:
        return html(about, tag("small", visit.tr("Subscribed")))
    return html(about, _subscribing(visit, one.url, one.name, stays=True))


def _subscribing(visit: Visit, url: str, name: str, *, stays: bool = False) -> Html:
    says = visit.tr("Subscribe")
    return tag(
        "form",
        tag("input", type="hidden", name="title", value=name),
        tag("input", type="hidden", name="stay", value="1") if stays else None,
        tag("button", says, name="url", value=url, aria_label=f"{says}: {name}"),
        method="post",
        action="/feeds/subscribe",
    )
