"""How the pages look in this browser, and what orders the feed on this device."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from edge_runtime import OrderChoice
from edge_runtime.web.exchange import Answer
from edge_runtime.web.html import Html, tag
from edge_runtime.web.look import CHOICES, LANGUAGES, SIZES, Look, wording
from edge_runtime.web.visit import Visit


def settings(visit: Visit) -> Answer:
    """The page."""
    tr, look = visit.tr, visit.look
    themes = {"system": tr("As the device"), "light": tr("Light"), "dark": tr("Dark"), "eink": tr("E-ink")}
    seen = {"off": tr("Off"), "on": tr("On, with undo")}
    orders = {
        "auto": tr("Ranked, for as long as that helps you"),
        "ranked": tr("Ranked for you"),
        "newest": tr("Newest first"),
    }
    form = tag(
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
    return visit.page(tr("Settings"), form, here="/you")


def change(visit: Visit) -> Answer:
    """Keep what was chosen; what is no choice stays as it is."""
    given = {name: visit.request.one(name) for name in CHOICES}
    look = replace(visit.look, **{name: value for name, value in given.items() if value in CHOICES[name]})
    reader, wanted = visit.reading.reader, visit.request.one("order")
    if wanted in set(OrderChoice) and wanted != reader.order:
        reader.set_order(OrderChoice(wanted), visit.now)
    return _with_cookie(visit.done(wording(look.language)("Kept."), to="/settings"), look)


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
