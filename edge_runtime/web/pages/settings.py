"""How the pages look in this browser, what orders the feed on this device, and where other readers find it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from edge_runtime import OrderChoice
from edge_runtime.web.access import Access
from edge_runtime.web.exchange import Answer
from edge_runtime.web.feeds_out import feed_paths
from edge_runtime.web.html import Html, html, tag
from edge_runtime.web.look import CHOICES, LANGUAGES, SIZES, Look, wording
from edge_runtime.web.visit import PageHandler, Visit


def settings(access: Access) -> PageHandler:
    """The page.

    Args:
        access: Knows the secret address of the feed.
    """
    return lambda visit: visit.page(
        visit.tr("Settings"), _form(visit), _feed_address(visit, access.feed_secret), here="/you"
    )


def renew(access: Access) -> PageHandler:
    """Make another secret address of the feed; the old one leads nowhere any more."""

    def make(visit: Visit) -> Answer:
        if visit.reading.reader.private:
            return visit.done(visit.tr("Private mode: nothing is kept."), to="/settings")
        access.new_feed_secret()
        return visit.done(visit.tr("The feed has another address."), to="/settings")

    return make


def _form(visit: Visit) -> Html:
    tr, look = visit.tr, visit.look
    themes = {"system": tr("As the device"), "light": tr("Light"), "dark": tr("Dark"), "eink": tr("E-ink")}
    seen = {"off": tr("Off"), "on": tr("On, with undo")}
    orders = {
        "auto": tr("Ranked, for as long as that helps you"),
        "ranked": tr("Ranked for you"),
        "newest": tr("Newest first"),
    }
    return tag(
        "form",
        _radios(tr("Theme"), "theme", themes, look.theme),
        _select(tr("Size of text"), "size", {size: f"{size} %" for size in SIZES}, look.size),
        _select(tr("Language"), "language", LANGUAGES, look.language),
        _radios(tr("Mark as read what you scroll past"), "seen", seen, look.seen),
        _radios(tr("Order of the feed"), "order", orders, visit.reading.reader.order.value),
        tag("p", tr("The order is kept on the device, the rest by this browser alone."), class_="soft"),
        tag("p", tag("button", tr("Keep"), class_="plain")),
        method="post",
        action="/settings",
        class_="settings",
    )


def change(visit: Visit) -> Answer:
    """Keep what was chosen; what is no choice stays as it is."""
    given = {name: visit.request.one(name) for name in CHOICES}
    look = replace(visit.look, **{name: value for name, value in given.items() if value in CHOICES[name]})
    reader, wanted = visit.reading.reader, visit.request.one("order")
    if wanted in set(OrderChoice) and wanted != reader.order:
        reader.set_order(OrderChoice(wanted), visit.now)
    return _with_cookie(visit.done(wording(look.language)("Kept."), to="/settings"), look)


def _feed_address(visit: Visit, secret: str) -> Html:
    """Where other readers find the feed, to be copied: over plain http a script may not."""
    tr = visit.tr
    scheme = "https" if visit.request.headers.get("referer", "").startswith("https:") else "http"
    paths = feed_paths(secret) if secret else ()
    addresses = [tag("p", tag("code", f"{scheme}://{visit.request.host}{path}", dir="ltr")) for path in paths]
    about = tr("Whoever knows such an address can read your feed. Another one makes the old one lead nowhere.")
    button = tag("button", tr("Make another address") if secret else tr("Make an address"))
    return html(
        tag("h2", tr("Your feed in another reader")),
        addresses,
        tag("p", about, class_="soft"),
        tag("form", button, method="post", action="/settings/feed"),
    )


def _with_cookie(answer: Answer, look: Look) -> Answer:
    return replace(answer, cookies=(*answer.cookies, look.cookie()))


def _radios(legend: str, name: str, choices: Mapping[str, str], chosen: str) -> Html:
    labels = [
        tag("label", tag("input", type="radio", name=name, value=value, checked=value == chosen), words)
        for value, words in choices.items()
    ]
    return tag("fieldset", tag("legend", legend), *labels)


def _select(label: str, name: str, choices: Mapping[str, str], chosen: str) -> Html:
    options = [tag("option", words, value=value, selected=value == chosen) for value, words in choices.items()]
    return tag("p", tag("label", label, for_=name), tag("select", *options, name=name, id=name))
