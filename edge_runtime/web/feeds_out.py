"""The ranked feed for other readers: Atom and JSON Feed under an address that is the secret, for they cannot log in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from edge_runtime import OrderChoice, Wording
from edge_runtime.web.access import Access
from edge_runtime.web.desk import Desk
from edge_runtime.web.edition_times import APART, begun
from edge_runtime.web.etag import with_etag
from edge_runtime.web.exchange import Answer, Request
from edge_runtime.web.look import wording_of
from edge_runtime.web.router import NoSuchRoute, Route

if TYPE_CHECKING:
    from edge_runtime import FeedEntry

NUM_ITEMS = 50  # as `export-feed` writes
Write = Callable[["Sequence[FeedEntry]", datetime], bytes]


def feed_paths(secret: str) -> tuple[str, str]:
    """Where the feeds are: Atom, JSON Feed."""
    return f"/feeds/{secret}/feed.atom", f"/feeds/{secret}/feed.json"


def feed_routes(access: Access) -> Sequence[Route]:
    """The feeds; a wrong address is no page."""

    def page(desk: Desk, request: Request, content_type: str, write: Write) -> Answer:
        if not access.is_feed_secret(request.path_parts["secret"]):
            raise NoSuchRoute(frozenset())
        made, tr = begun(desk.now()), wording_of(request)
        data = desk.kept((content_type, made, tr.language), lambda: write(_entries(desk, made, tr), made))
        return with_etag(request, Answer(data, f"{content_type}; charset=utf-8"))

    def atom(desk: Desk, request: Request) -> Answer:
        from edge_runtime import write_atom  # loaded here: most readers have no other reader

        return page(desk, request, "application/atom+xml", write_atom)

    def json_feed(desk: Desk, request: Request) -> Answer:
        from edge_runtime import write_json_feed

        return page(desk, request, "application/feed+json", lambda entries, _: write_json_feed(entries))

    paths = feed_paths("{secret}")
    return [
        Route("GET", path, handler, needs_login=False) for path, handler in zip(paths, (atom, json_feed), strict=True)
    ]


def _entries(desk: Desk, made: datetime, tr: Wording) -> list[FeedEntry]:
    from edge_runtime import FeedEntry

    ranked = desk.reading.reader.feed(desk.now(), NUM_ITEMS, order=OrderChoice.RANKED)
    return [FeedEntry(one.article, tr.sentence(one.reason), made - rank * APART) for rank, one in enumerate(ranked)]
