"""Cookies within one fetch: what a gate needs, and nothing that could be told to anyone else."""

from __future__ import annotations

from datetime import timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_runtime.addresses import parse_target
from edge_runtime.errors import FetchError
from edge_runtime.feeds.answers import Answer
from edge_runtime.feeds.cookies import MAX_HEADER_CHARS, ChainCookies
from edge_runtime.feeds.fetch import fetch
from tests.edge_runtime.feeds.fetching import FEED, LOCAL, NOW
from tests.edge_runtime.feeds.hostile_server import redirect, response

HERE = "https://news.example/a/gate"


def sent(*set_cookies: str, to: str = "https://news.example/a/feed", by: str = HERE, **headers: str) -> str:
    """The Cookie header after an answer that set some."""
    cookies = ChainCookies()
    cookies.keep(parse_target(by), Answer(302, headers, b"", set_cookies=set_cookies), NOW)
    return cookies.header(parse_target(to)).get("Cookie", "")


def cookies_of(requests: list[bytes]) -> list[str]:
    return [
        line[8:].decode() for request in requests for line in request.split(b"\r\n") if line.startswith(b"Cookie: ")
    ]


def gate(server, needed: bytes = b"Cookie: ok=1\r\n"):
    """A feed that sends to /check, until the cookie of /check is there."""

    def feed():
        yield response(body=FEED) if needed in server.requests[-1] else redirect("/check")

    server.answers["/feed"] = feed
    server.answers["/check"] = response("302 Found", Location="/feed", Set_Cookie="ok=1; Path=/; HttpOnly")


def test_a_gate_that_wants_its_cookie_back_opens_and_its_cookie_is_forgotten(server, get):
    gate(server)
    assert get("/feed").data == FEED
    assert server.asked() == ["/feed", "/check", "/feed"]
    get("/feed")
    assert server.asked()[3:] == ["/feed", "/check", "/feed"]


def test_a_gate_that_never_opens_is_a_circle_that_says_so(server, get):
    gate(server, needed=b"Cookie: other")
    with pytest.raises(FetchError, match="redirects in a circle, back to"):
        get("/feed")
    # /feed, /check, /feed with the cookie, /check with it: the third time nothing would be new.
    assert len(server.requests) == 4


def test_a_page_that_sets_a_cookie_and_loads_itself_anew_is_asked_with_it(server, get):
    page = b"<html><meta http-equiv=refresh content='0'><meta http-equiv=refresh content='1;url=/feed'></html>"

    def feed():
        yield response(body=FEED) if b"Cookie: ok=1" in server.requests[-1] else response(body=page, Set_Cookie="ok=1")

    server.answers["/feed"] = feed
    assert get("/feed").data == FEED and len(server.requests) == 2


def test_another_host_and_another_port_are_told_nothing(server):
    server.answers["/1"] = response("302 Found", Location=server.url("/2", "b.example"), Set_Cookie="id=7; Path=/")
    server.answers["/2"] = response("302 Found", Location=server.url("/3", "a.example"), Set_Cookie="b=8; Path=/")
    server.answers["/3"] = response(body=FEED)
    assert fetch(server.url("/1", "a.example"), "", "", LOCAL, NOW, lambda host, port: ["127.0.0.1"]).data == FEED
    assert cookies_of(server.requests) == ["id=7"] and b"Cookie: id=7" in server.requests[2]
    assert sent("a=1", to="https://news.example:8443/a/") == ""
    assert sent("a=1; Domain=news.example", to="https://www.news.example/a/") == ""


@pytest.mark.parametrize(
    "set_cookie, header",
    [
        ("a=1", "a=1"),
        (' a = "x y" ; Secure; SameSite=Lax', 'a="x y"'),
        ("a=", "a="),
        ("a=b=c", "a=b=c"),
        ("a=1; Domain=.News.Example", "a=1"),
        ("a=1; Domain=example", "a=1"),  # a public suffix: kept, for this host alone
        ("a=1; Domain=evil.example", ""),
        ("a=1; Domain=s.example", ""),
        ("a=1; Path=/", "a=1"),
        ("a=1; Path=/a", "a=1"),
        ("a=1; Path=/a/feed", "a=1"),
        ("a=1; Path=/a/fee", ""),
        ("a=1; Path=/b", ""),
        ("a=1; Path=b", "a=1"),  # no path: that of the gate's folder
        ("a=1; Max-Age=60", "a=1"),
        ("a=1; Max-Age=0; Expires=Fri, 01 Jan 2100 00:00:00 GMT", ""),
        ("a=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT", ""),
        ("a=1; Expires=soon", "a=1"),
        ("a", ""),
        ("=1", ""),
        ("a=1\x00", ""),
        ("a=naïve", ""),
    ],
)
def test_what_a_cookie_says_of_itself_is_obeyed(set_cookie, header):
    assert sent(set_cookie) == header


def test_a_later_cookie_takes_the_place_of_an_earlier_one_or_ends_it():
    assert sent("a=1", "b=2", "a=3") == "a=3; b=2"
    assert sent("a=1", "b=2", "a=; Max-Age=0") == "b=2"
    assert sent("a=1; Path=/", "b=2; Path=/a") == "b=2; a=1"  # the longest path first


def test_an_expiry_is_judged_by_the_clock_of_its_server():
    # Our clock is a day ahead of the server's: what ends in an hour has not ended.
    server_time = NOW - timedelta(days=1)
    expires = format_datetime(server_time + timedelta(hours=1), usegmt=True)
    assert sent(f"a=1; Expires={expires}") == ""
    assert sent(f"a=1; Expires={expires}", date=format_datetime(server_time, usegmt=True)) == "a=1"


def test_a_secure_cookie_is_neither_sent_nor_taken_without_tls():
    assert sent("a=1; Secure", "b=2", to="http://news.example/a/feed") == "b=2"
    assert sent("a=1; Secure", "b=2", by="http://news.example/a/gate") == "b=2"


@given(st.lists(st.text(st.characters(max_codepoint=255), max_size=80), max_size=100))
def test_no_cookie_makes_a_header_that_is_none(set_cookies):
    header = sent(*set_cookies, *(f"n{number}={'x' * 4000}" for number in range(9)))
    assert header.isascii() and (header.isprintable() or not header) and len(header) <= MAX_HEADER_CHARS
