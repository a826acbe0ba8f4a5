"""What a browser shows without a connection where it kept no page of ours."""

from __future__ import annotations

from edge_runtime.web.exchange import Answer
from edge_runtime.web.html import tag
from edge_runtime.web.visit import Visit


def offline(visit: Visit) -> Answer:
    """The page; the worker keeps it."""
    tr = visit.tr
    return visit.page(
        tr("No connection"),
        tag("p", tr("This page was not kept. The lists and the stories that you saw last are there.")),
        tag("p", tag("a", tr("For you"), href="/", class_="big")),
    )
