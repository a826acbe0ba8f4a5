"""Pages in a feed's place: followed once where they lead on, else told with the feeds that they name."""

from __future__ import annotations

import pytest

from edge_runtime.errors import FeedError
from edge_runtime.feeds.answers import FetchStatus
from edge_runtime.feeds.parse import parse_feed
from edge_runtime.feeds.web_page import Refresh, page_feeds, refresh_of_page
from tests.edge_runtime.feeds.fetching import FEED, NOW
from tests.edge_runtime.feeds.hostile_server import redirect, response, rss

PAGE = "https://news.example/old/feed"


def leading_to(content: str) -> bytes:
    return f'<!DOCTYPE html><title>Moved</title><meta http-equiv="refresh" content="{content}"><p>Moved.'.encode()


@pytest.mark.parametrize(
    "page, url, delay_s",
    [
        ('<meta http-equiv="refresh" content="0;url=/rss.xml">', "https://news.example/rss.xml", 0),
        ("<META CONTENT=\"5; URL='rss.xml'\" HTTP-EQUIV=Refresh />", "https://news.example/old/rss.xml", 5),
        ('<html><meta http-equiv=refresh content="0,https://b.example/?a=1&amp;b=2">', "https://b.example/?a=1&b=2", 0),
        ('<meta http-equiv="refresh" content="0.5 //b.example/f">', "https://b.example/f", 0),
        ('<base href="/new/"><meta http-equiv="refresh" content="0;url=f">', "https://news.example/new/f", 0),
        ('<noscript><meta http-equiv="refresh" content="0;url=/f"></noscript>', "https://news.example/f", 0),
        ('<!-- <rss> --><html><meta http-equiv="refresh" content="900;url=/f">', "https://news.example/f", 900),
        ('<!doctype html><p><meta http-equiv="refresh" content="0;url=/f">', "https://news.example/f", 0),
    ],
)
def test_where_a_page_leads(page, url, delay_s):
    assert refresh_of_page(page, PAGE) == Refresh(url, delay_s)


@pytest.mark.parametrize(
    "text",
    [
        '<html><meta http-equiv="refresh" content="300">',
        '<html><meta http-equiv="refresh" content="0;url=javascript:alert(1)">',
        '<html><meta http-equiv="refresh" content="0;url=file:///etc/passwd">',
        '<html><!-- <meta http-equiv="refresh" content="0;url=/f"> -->',
        '<html><script>\'<meta http-equiv="refresh" content="0;url=/f">\'</script>',
        '<rss><channel><html><meta http-equiv="refresh" content="0;url=/f">',
        '{"content_html": "<html><meta http-equiv=refresh content=0;url=/f>"}',
        "",
    ],
)
def test_what_leads_nowhere(text):
    assert refresh_of_page(text, PAGE) is None


def test_the_header_leads_on_from_a_page_and_not_from_a_feed():
    assert refresh_of_page("", PAGE, "0;url=/f") == Refresh("https://news.example/f", 0)
    assert refresh_of_page("<html>", PAGE, "0;url=/f") == Refresh("https://news.example/f", 0)
    assert refresh_of_page(FEED.decode(), PAGE, "0;url=/f") is None


def test_a_page_is_followed_as_a_redirect_that_is_not_for_good(server, get):
    server.answers["/old"] = redirect("/page", "301 Moved")
    server.answers["/page"] = response(body=leading_to("0;url=/new"), ETag='"page"')
    server.answers["/new"] = response(body=FEED, ETag='"feed"')
    found = get("/old", etag='"1"')
    assert (found.data, found.moved_to, found.url) == (FEED, "", server.url("/new"))
    assert found.etag == ""  # it might be the page that says "unchanged" the next time


def test_a_page_that_leads_to_a_page_is_followed_once(server, get):
    for number in range(3):
        server.answers[f"/{number}"] = response(body=leading_to(f"0;url=/{number + 1}"))
    found = get("/0")
    assert (found.status, found.data) == (FetchStatus.FRESH, leading_to("0;url=/2"))
    assert server.asked() == ["/0", "/1"]


@pytest.mark.parametrize("content", ["0;url=/0", "61;url=/1", "1"])
def test_a_page_that_leads_to_itself_or_much_later_is_told(server, get, content):
    server.answers["/0"] = response(body=leading_to(content))
    assert get("/0").data == leading_to(content) and server.asked() == ["/0"]


def test_a_page_at_the_end_of_the_redirects_is_told(server, get):
    for number in range(5):
        server.answers[f"/{number}"] = redirect(f"/{number + 1}")
    server.answers["/5"] = response(body=leading_to("0;url=/6"))
    assert get("/0").data == leading_to("0;url=/6") and len(server.requests) == 6


def test_a_feed_that_speaks_of_such_a_page_is_a_feed(server, get):
    server.answers["/"] = response(body=rss(leading_to("0;url=/1").decode()))
    assert get("/").data.startswith(b"<rss") and server.asked() == ["/"]


def test_the_error_names_where_a_page_leads_and_the_feeds_of_it_as_data():
    page = leading_to("300;url=/rss.xml") + (
        b'<base href="https://news.example/en/"><link rel="alternate" type="application/rss+xml" href="f.xml">'
        b'<link rel="alternate" type="application/atom+xml" href="/a?x=1&amp;y=2">'
    )
    with pytest.raises(FeedError) as caught:
        parse_feed(page, PAGE, NOW)
    assert caught.value.feeds == ("https://news.example/en/f.xml", "https://news.example/a?x=1&y=2")
    assert str(caught.value).endswith(
        "; the page leads on to https://news.example/rss.xml; "
        "the page names https://news.example/en/f.xml, https://news.example/a?x=1&y=2"
    )


def test_links_of_a_page_are_relative_to_where_the_redirects_ended():
    page = b'<html><link rel="alternate" type="application/rss+xml" href="f.xml">'
    with pytest.raises(FeedError, match=r"^https://a\.example/x: neither") as caught:
        parse_feed(page, "https://a.example/x", NOW, page_url="https://b.example/en/")
    assert caught.value.feeds == ("https://b.example/en/f.xml",)
    assert [feed.url for feed in page_feeds(page.decode(), "https://a.example/x")] == ["https://a.example/f.xml"]
