"""The subscriptions: by folder, with how each stands; renaming, moving, and leaving one, which can be undone."""

from __future__ import annotations

from hashlib import sha256

from edge_runtime import Feed, UnknownFeedError
from edge_runtime.screens import feeds as screen
from edge_runtime.screens.feed_words import state_in_words
from edge_runtime.screens.feeds import FeedRow, FolderRow
from edge_runtime.web.exchange import Answer
from edge_runtime.web.html import Html, html, tag
from edge_runtime.web.visit import Visit

MOST_CHARS = 200


def feeds(visit: Visit) -> Answer:
    """The list."""
    tr, page = visit.tr, screen.feeds_page(visit.reading, visit.now)
    rows = [_folder(row) if isinstance(row, FolderRow) else _feed(row) for row in page.rows]
    ways = tag(
        "p",
        tag("a", tr("Add a feed"), href="/feeds/add", class_="big"),
        tag("a", tr("Well-known feeds"), href="/feeds/suggested", class_="big"),
        class_="pager",
    )
    listed = (
        html(tag("p", page.summary, class_="soft"), tag("ul", *rows, class_="entries feeds"))
        if rows
        else tag("p", tr("No feed yet."), class_="empty")
    )
    return visit.page(tr("Feeds"), ways, listed, here="/feeds")


def feed(visit: Visit) -> Answer:
    """One of them, and what can be changed of it."""
    tr, found = visit.tr, _found(visit)
    folders = screen.feeds_page(visit.reading, visit.now).folders
    name = tr.line(found.title) or screen.host_of(found.shown_url)
    form = tag(
        "form",
        tag(
            "p",
            tag("label", tr("Name"), for_="title"),
            tag("input", name="title", id="title", value=found.title, maxlength=MOST_CHARS, dir="auto"),
        ),
        tag(
            "p",
            tag("label", tr("Folder"), for_="folder"),
            tag(
                "input",
                name="folder",
                id="folder",
                value=found.folder,
                maxlength=MOST_CHARS,
                list="folders",
                dir="auto",
            ),
            tag("datalist", *(tag("option", value=one) for one in folders), id="folders"),
        ),
        tag("p", tag("button", tr("Keep"), class_="plain")),
        method="post",
        action=f"/feeds/{key_of(found.url)}",
        class_="card",
    )
    leave = tag(
        "form",
        tag("button", tr("Unsubscribe"), name="do", value="leave"),
        method="post",
        action=f"/feeds/{key_of(found.url)}",
    )
    return visit.page(
        name,
        tag("p", tag("bdi", found.shown_url), class_="meta address"),
        tag("p", state_in_words(found, visit.now, tr)),
        form,
        tag("h2", tr("Leave it")),
        tag("p", tr("Its stories stay until they are old. You can undo this."), class_="soft"),
        leave,
        here="/feeds",
    )


def change(visit: Visit) -> Answer:
    """Rename, move or leave a feed."""
    tr, one, found = visit.tr, visit.request.one, _found(visit)
    if one("do") == "leave":
        before = screen.unsubscribe(visit.reading, found.url)
        words = tr("Unsubscribed: {name}", name=tr.line(found.title) or screen.host_of(found.shown_url))
        return visit.done(words, lambda reading, now: screen.bring_back(reading, before), "/feeds")
    title, folder = one("title")[:MOST_CHARS], one("folder")[:MOST_CHARS]
    screen.change(visit.reading, found.url, title=title, folder=folder)
    return visit.done(
        tr("Kept."),
        lambda reading, now: screen.change(reading, found.url, title=found.title, folder=found.folder),
        "/feeds",
    )


def key_of(url: str) -> str:
    """What a feed is called in addresses of ours: its own may hold a password."""
    return sha256(url.encode(errors="surrogatepass")).hexdigest()[:20]


def _found(visit: Visit) -> Feed:
    key = visit.request.path_parts["key"]
    for one in visit.reading.reader.feeds.feeds():
        if key_of(one.url) == key:
            return one
    raise UnknownFeedError(visit.tr("This feed is not subscribed to."))


def _folder(row: FolderRow) -> Html:
    return tag("li", tag("h2", row.name, dir="auto"), _unread(row.unread), class_="folder")


def _feed(row: FeedRow) -> Html:
    return tag(
        "li",
        tag(
            "a",
            tag("b", row.name, dir="auto"),
            tag("small", row.state, class_="failing" if row.is_failing else None),
            href=f"/feeds/{key_of(row.url)}",
            class_="grow",
        ),
        _unread(row.unread),
    )


def _unread(number: int) -> Html | None:
    return tag("span", f"{number:,}", class_="count") if number else None
