"""Subscribing through a real server and a real store: what stays, what goes, and how often a server is asked."""

from __future__ import annotations

import socket
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from edge_runtime.feeds.outcome import SyncOptions
from edge_runtime.feeds.subscribe import subscribe_feeds
from edge_runtime.feeds.sync import sync_feeds
from edge_runtime.feeds.wanted import SubscribeStatus, WantedFeed, wanted_feed
from edge_runtime.storage.feeds import FeedStore
from edge_runtime.types import AddReport
from tests.edge_runtime.feeds.hostile_server import redirect, response, rss

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
LOCAL = SyncOptions(allow_private=True, time_limit_s=5)
PAGE = "<html><link rel='alternate' type='application/rss+xml' href='{}'></html>"


def page(href: str) -> bytes:
    return response(body=PAGE.format(href).encode(), Content_Type="text/html")


def here(host: str, port: int) -> list[str]:
    return ["127.0.0.1"]


def no_such_name(host: str, port: int) -> list[str]:
    raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")


@pytest.fixture
def subscribe(store):
    def run(*wanted: WantedFeed, resolver=here, take: Callable[..., AddReport] | None = None):
        def sync(urls, get):
            taking = take or (lambda feed, parsed: AddReport(1, 0, 0, ()))
            return sync_feeds(store, taking, NOW, LOCAL, resolver=resolver, only=urls, get=get)

        return subscribe_feeds(store, wanted, sync, NOW, takes_first=True)

    return run


def urls(store: FeedStore) -> list[str]:
    return [feed.url for feed in store.feeds()]


def test_a_page_is_replaced_by_its_feed_wherever_it_redirects_to(server, store, subscribe):
    server.answers["/"] = redirect("/de/")
    server.answers["/de/"] = page("feed.xml")
    server.answers["/de/feed.xml"] = response(body=rss("One"))
    (outcome,) = subscribe(wanted_feed(server.url("/"), "Mine", "food"))
    assert (outcome.status, outcome.feed.title, outcome.feed.topic) == (SubscribeStatus.SUBSCRIBED, "Mine", "food")
    assert urls(store) == [server.url("/de/feed.xml")] and server.asked() == ["/", "/de/", "/de/feed.xml"]
    assert subscribe(wanted_feed(server.url("/")))[0].status is SubscribeStatus.KNOWN
    assert urls(store) == [server.url("/de/feed.xml")] and store.feeds()[0].title == "Mine"


def test_a_feed_and_its_page_are_one_subscription(server, store, subscribe):
    server.answers["/"], server.answers["/a"] = page("/a"), response(body=rss("One"))
    found = subscribe(*(wanted_feed(server.url(path)) for path in ("/a", "/", "/a")))
    assert [one.status for one in found] == [
        SubscribeStatus.SUBSCRIBED,
        SubscribeStatus.KNOWN,
        SubscribeStatus.SUBSCRIBED,
    ]
    assert urls(store) == [server.url("/a")]


def test_without_a_network_everything_stays_and_one_name_that_is_not_known_goes(store, subscribe):
    two = [wanted_feed("a.example"), wanted_feed("https://b.example/feed")]
    found = subscribe(*two, resolver=no_such_name)
    assert [(one.status, one.is_offline) for one in found] == [(SubscribeStatus.KEPT, True)] * 2
    assert urls(store) == ["https://a.example/", "https://b.example/feed"]
    (mistake,) = subscribe(wanted_feed("c.example"), resolver=no_such_name)
    assert mistake.status is SubscribeStatus.REFUSED and mistake.is_unreached and len(urls(store)) == 2


def test_a_server_that_asks_for_patience_is_kept_and_one_that_has_ended_is_not(server, store, subscribe):
    server.answers["/busy"] = response("503 Service Unavailable", Retry_After="60")
    server.answers["/gone"] = response("410 Gone")
    found = subscribe(wanted_feed(server.url("/busy")), wanted_feed(server.url("/gone")))
    assert [one.status for one in found] == [SubscribeStatus.KEPT, SubscribeStatus.REFUSED]
    assert urls(store) == [server.url("/busy")]


def test_interrupted_what_was_fetched_and_what_was_listed_stays(server, store, subscribe):
    server.answers["/a"] = server.answers["/b"] = response(body=rss("One"))
    taken = []

    def take(feed, parsed):
        if taken:
            raise KeyboardInterrupt
        taken.append(feed.url)
        return AddReport(1, 0, 0, ())

    listed = WantedFeed((server.url("/c"),), is_listed=True)
    with pytest.raises(KeyboardInterrupt):
        subscribe(wanted_feed(server.url("/a")), wanted_feed(server.url("/b")), listed, take=take)
    assert urls(store) == [*taken, server.url("/c")]


def test_the_password_of_a_page_goes_to_its_own_feed_alone(server, store, subscribe):
    server.answers["/"], server.answers["/a"] = page("/a"), response(body=rss("One"))
    subscribe(wanted_feed(server.url("/").replace("http://", "http://me:canary@")))
    assert [b"Authorization" in request for request in server.requests] == [True, True]
    server.answers["/?x"] = page(server.url("/a", "localhost"))
    subscribe(wanted_feed(server.url("/?x").replace("http://", "http://me:canary@")))
    assert server.asked()[-1] == "/a" and b"Authorization" not in server.requests[-1]
    server.answers["/none"] = response(body=b"<html>", Content_Type="text/html")
    (outcome,) = subscribe(wanted_feed(server.url("/none").replace("http://", "http://me:canary@")))
    assert outcome.status is SubscribeStatus.REFUSED and "canary" not in outcome.error
