"""Subscriptions and folders as apps change them, and the list as a file. Nothing is fetched here: a sync does."""

from __future__ import annotations

import json
from http import HTTPStatus
from urllib.parse import urlsplit

from edge_runtime import EdgeError, Feed, Subscription, wanted_feed, write_opml
from edge_runtime.web.exchange import Answer, text_answer
from edge_runtime.web.greader.calls import Asked
from edge_runtime.web.greader.ids import LABEL, feed_name, folder_of, label_name, plain_stream

_PRIVATE = "Private mode is on, so nothing is changed.\n"
_NO_FOLDER = "There is no such folder, or no name for it.\n"
_NO_ADDRESS = "Give the http or https address of a feed itself, not that of a page.\n"


def quick_add(asked: Asked) -> Answer:
    """Subscribe to an address; the next sync fetches it."""
    if asked.reader.private:
        return text_answer(_PRIVATE, HTTPStatus.FORBIDDEN)
    typed = asked.request.one("quickadd").strip()
    feed = _subscribed(asked, typed.removeprefix("feed/"))
    if feed is None:
        return text_answer(_NO_ADDRESS, HTTPStatus.BAD_REQUEST)
    title = feed.title or feed.shown_url
    found = {"numResults": 1, "query": typed, "streamId": feed_name(feed), "streamName": title}
    return Answer(json.dumps(found).encode(), "application/json; charset=utf-8")


def edit(asked: Asked) -> Answer:
    """Subscribe, unsubscribe, name or put into a folder."""
    if asked.reader.private:
        return text_answer(_PRIVATE, HTTPStatus.FORBIDDEN)
    one, store = asked.request.one, asked.reader.feeds
    action, stream = one("ac"), plain_stream(one("s"))
    feed = next((feed for feed in store.feeds() if feed_name(feed) == stream), None)
    if action == "subscribe" and feed is None:
        feed = _subscribed(asked, stream.removeprefix("feed/"))
        if feed is None:
            return text_answer(_NO_ADDRESS, HTTPStatus.BAD_REQUEST)
    if feed is None or action not in ("subscribe", "unsubscribe", "edit"):
        return text_answer("There is no such subscription, or nothing is to be done with it.\n", HTTPStatus.BAD_REQUEST)
    if action == "unsubscribe":
        store.unsubscribe(feed.url)
        return text_answer("OK")
    if title := one("t").strip():
        store.rename(feed.url, title)
    added, taken = (plain_stream(one(name)) for name in ("a", "r"))
    if added.startswith(LABEL):
        store.set_folder(feed.url, folder_of(added.removeprefix(LABEL)))
    elif taken.startswith(LABEL) and folder_of(taken.removeprefix(LABEL)) == feed.folder:
        store.set_folder(feed.url, "")
    return text_answer("OK")


def rename_folder(asked: Asked) -> Answer:
    """Give a folder another name; one that there is already gets its feeds too."""
    dest = plain_stream(asked.request.one("dest"))
    folder = folder_of(dest.removeprefix(LABEL)) if dest.startswith(LABEL) else ""
    return _moved(asked, folder) if folder else _no_folder()


def remove_folder(asked: Asked) -> Answer:
    """Take a folder away; its feeds stay, and are in none."""
    return _moved(asked, "")


def export(asked: Asked) -> Answer:
    """The subscriptions as OPML, without what their addresses hold of passwords and keys, as everywhere here."""
    feeds = sorted(asked.reader.feeds.feeds(), key=lambda feed: feed.folder)
    listed = (Subscription(feed.shown_url, feed.title, feed.topic, feed.folder) for feed in feeds)
    return Answer(write_opml(listed, "edge-news"), "text/x-opml; charset=utf-8")


def _moved(asked: Asked, folder: str) -> Answer:
    """All feeds of the folder that is named into another one, or into none."""
    if asked.reader.private:
        return text_answer(_PRIVATE, HTTPStatus.FORBIDDEN)
    label, store = plain_stream(asked.request.one("s")), asked.reader.feeds
    inside = [feed for feed in store.feeds() if feed.folder and LABEL + label_name(feed.folder) == label]
    if not inside:
        return _no_folder()
    for feed in inside:
        store.set_folder(feed.url, folder)
    return text_answer("OK")


def _no_folder() -> Answer:
    return text_answer(_NO_FOLDER, HTTPStatus.BAD_REQUEST)


def _subscribed(asked: Asked, address: str) -> Feed | None:
    """The subscription to an address, new or not; None if it is none of a feed's."""
    if urlsplit(address).scheme not in ("http", "https"):
        return None
    try:
        (url, *_) = wanted_feed(address).addresses
        asked.reader.feeds.subscribe(url, "", "", asked.now)
    except EdgeError:
        return None
    return next((feed for feed in asked.reader.feeds.feeds() if feed.url == url), None)
