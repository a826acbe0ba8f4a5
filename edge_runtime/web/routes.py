"""The table of pages: which path is which page."""

from __future__ import annotations

from edge_runtime.screens.add_feed import look_at
from edge_runtime.web import static_files
from edge_runtime.web.access import Access
from edge_runtime.web.notes import ByToken, Note
from edge_runtime.web.pages import (
    add_feed,
    article,
    article_deeds,
    deeds,
    feeds,
    keys,
    offline,
    rules,
    search,
    settings,
    stories,
    why,
    words,
    you,
)
from edge_runtime.web.router import Route
from edge_runtime.web.told_deeds import ToldDeeds
from edge_runtime.web.visit import PageHandler, handler


def page_routes(access: Access, look: add_feed.LookAt = look_at) -> list[Route]:
    """All pages and files.

    Args:
        access: Knows the secret address of the feed.
        look: Asks a server for a feed that is to be added.
    """
    notes: ByToken[Note] = ByToken()
    adding, told = add_feed.AddFeed(look), ToldDeeds()

    def get(pattern: str, make: PageHandler, *, is_kept: bool = False) -> Route:
        return Route("GET", pattern, handler(make, notes), is_kept=is_kept)

    def post(pattern: str, make: PageHandler) -> Route:
        return Route("POST", pattern, handler(told.once(make), notes))

    return [
        get("/", stories.for_you, is_kept=True),
        get("/latest", stories.latest, is_kept=True),
        get("/saved", stories.saved, is_kept=True),
        get("/hidden", stories.hidden, is_kept=True),
        get("/search", search.search),
        post("/search", search.ask),
        get("/a/{article_id}", article.article),
        post("/a/{article_id}", article_deeds.do),
        get("/a/{article_id}/why", why.why),
        post("/a/{article_id}/why", why.take_away),
        post("/read", article_deeds.mark_read),
        post("/shown", article_deeds.shown),
        post("/undo", article_deeds.undo),
        get("/you", you.you),
        get("/rules", rules.rules),
        post("/rules", rules.add),
        post("/rules/lift", rules.lift),
        post("/rules/topics", rules.pick),
        get("/words", words.words),
        post("/words", words.change),
        get("/deeds", deeds.deeds),
        post("/deeds", deeds.take_out),
        get("/feeds", feeds.feeds),
        get("/feeds/add", adding.add),
        get("/feeds/suggested", add_feed.suggested),
        Route("POST", "/feeds/look", adding.look, is_slow=True),
        post("/feeds/subscribe", adding.subscribe),
        get("/feeds/{key}", feeds.feed),
        post("/feeds/{key}", feeds.change),
        get("/settings", settings.settings(access)),
        post("/settings", settings.change),
        post("/settings/feed", settings.renew(access)),
        get("/keys", keys.keys),
        get("/offline", offline.offline),
        Route("GET", "/static/{name}", static_files.static_file, needs_login=False),
        Route("GET", "/sw.js", static_files.worker, needs_login=False),
        Route("GET", "/manifest.webmanifest", static_files.manifest, needs_login=False),
    ]
