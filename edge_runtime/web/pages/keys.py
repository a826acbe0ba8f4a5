"""What the keys do, where the browser runs our script."""

from __future__ import annotations

from edge_runtime.web.exchange import Answer
from edge_runtime.web.html import tag
from edge_runtime.web.visit import Visit


def keys(visit: Visit) -> Answer:
    """The list."""
    tr = visit.tr
    rows = [
        ("j", tr("next story")),
        ("k", tr("story before")),
        ("o", tr("open it; on its own page, at its publisher")),
        ("l", tr("more like this")),
        ("s", tr("save for later")),
        ("m", tr("mark as read or unread")),
        ("h", tr("hide")),
        ("/", tr("search")),
        ("?", tr("this list")),
    ]
    body = [tag("tr", tag("th", tag("kbd", key), scope="row"), tag("td", does)) for key, does in rows]
    swipe = tr("On a screen that you touch: swipe a story to the right to save it, to the left to hide it.")
    return visit.page(tr("Keys"), tag("table", tag("tbody", *body)), tag("p", swipe, class_="soft"), here="/you")
