"""Looking at an address through a real server."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from edge_runtime.errors import FetchError
from edge_runtime.feeds.outcome import SyncOptions
from edge_runtime.feeds.preview import FeedPreview, preview_feed
from edge_runtime.feeds.wanted import NamedFeed, wanted_feed
from tests.edge_runtime.feeds.hostile_server import response, rss

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
LOCAL = SyncOptions(allow_private=True, time_limit_s=5)
LINK = "<link rel='alternate' type='application/rss+xml' title='{}' href='{}'>"


def test_a_feed_shows_its_titles_and_a_page_the_feed_that_it_names(server):
    server.answers["/feed"] = response(body=rss("One", "Two"))
    server.answers["/"] = response(
        body=f"<html>{LINK.format('Mine', '/feed')}</html>".encode(), Content_Type="text/html"
    )
    expected = FeedPreview(server.url("/feed"), "Example News", ("One", "Two"))
    assert preview_feed(wanted_feed(server.url("/feed")), NOW, LOCAL) == expected
    assert preview_feed(wanted_feed(server.url("/")), NOW, LOCAL) == expected


def test_of_several_feeds_of_a_page_none_is_taken(server):
    links = LINK.format("News", "/a") + LINK.format("Sport", "/b")
    server.answers["/"] = response(body=f"<html>{links}</html>".encode(), Content_Type="text/html")
    named = (NamedFeed(server.url("/a"), "News"), NamedFeed(server.url("/b"), "Sport"))
    assert preview_feed(wanted_feed(server.url("/")), NOW, LOCAL) == FeedPreview(named=named)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (response("410 Gone"), "ended by its publisher"),
        (response("429 Too Many Requests"), "asks for patience"),
        (response("404 Not Found"), "HTTP 404"),
        (response(body=b"plain words", Content_Type="text/plain"), "neither a feed nor a page"),
    ],
)
def test_what_is_no_feed_is_told(server, answer, told):
    server.answers["/feed"] = answer
    with pytest.raises(FetchError, match=told):
        preview_feed(wanted_feed(server.url("/feed")), NOW, LOCAL)


def test_who_vouches_for_the_server_is_as_in_a_sync(server, tmp_path):
    options = replace(LOCAL, ca_file=tmp_path / "none.pem")
    with pytest.raises(FetchError, match="cannot be read"):
        preview_feed(wanted_feed(server.url("/feed").replace("http://", "https://")), NOW, options)
