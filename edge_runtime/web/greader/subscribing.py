"""Subscriptions as apps change them: added, named, put into a folder, removed. Nothing is fetched here: a sync does."""

from __future__ import annotations

import json
from http import HTTPStatus
from urllib.parse import urlsplit

from edge_runtime import EdgeError, Feed, wanted_feed
from edge_runtime.web.exchange import Answer, text_answer
from edge_runtime.web.greader.calls import Asked
from edge_runtime.web.greader.ids import LABEL, feed_name, folder_of, plain_stream

_PRIVATE = "Private mode is on, so nothing is changed.\n"
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
