"""Where a fetch may lead: redirects, and the addresses that names stand for, checked hop by hop."""

from __future__ import annotations

import re
import socket

import pytest

from edge_runtime.addresses import parse_target, redirect_target
from edge_runtime.errors import FetchError
from edge_runtime.feeds.fetch import FetchOptions, fetch
from tests.edge_runtime.feeds.fetching import FEED, LOCAL, NOW, PUBLIC_IP
from tests.edge_runtime.feeds.hostile_server import redirect, response


def test_only_permanent_redirects_in_a_row_from_the_start_change_the_address(server, get):
    server.answers["/1"] = redirect("/2", "301 Moved")
    server.answers["/2"] = redirect("/3", "308 Permanent Redirect")
    server.answers["/3"] = redirect("/4", "302 Found")
    server.answers["/4"] = redirect("/5", "301 Moved")
    server.answers["/5"] = response(body=FEED)
    found = get("/1")
    assert (found.data, found.moved_to) == (FEED, server.url("/3"))
    assert get("/3").moved_to == ""


def test_a_new_address_on_the_same_host_keeps_its_credentials(server):
    server.answers["/1"] = redirect("/2", "301 Moved")
    server.answers["/2"] = response(body=FEED)
    found = fetch(server.url("/1", "me:secret@127.0.0.1"), "", "", LOCAL, NOW)
    assert found.moved_to == server.url("/2", "me:secret@127.0.0.1")


def test_credentials_follow_to_tls_and_never_back_nor_from_the_redirect():
    def to(start, location):
        return redirect_target(parse_target(start), location).credentials

    assert to("http://me:secret@a.example/", "https://a.example/") == "me:secret"
    assert to("https://me:secret@a.example/", "http://a.example/") == ""
    assert to("https://me:secret@a.example/", "https://a.example:8443/") == ""
    assert to("https://a.example/", "https://you:evil@b.example/") == ""


def test_fifty_redirects_end_after_five_and_a_circle_at_once(server, get):
    for number in range(50):
        server.answers[f"/{number}"] = redirect(f"/{number + 1}")
    server.answers["/50"] = response(body=FEED)
    with pytest.raises(FetchError, match="more than 5 times"):
        get("/0")
    assert server.asked() == ["/0", "/1", "/2", "/3", "/4", "/5"]
    server.answers["/a"], server.answers["/b"] = redirect("/b"), redirect("/a#part")
    with pytest.raises(FetchError, match=r"/a: redirects in a circle, back to http://127\.0\.0\.1:[0-9]+/a; see in"):
        get("/a")
    assert server.asked()[6:] == ["/a", "/b"]


@pytest.mark.parametrize(
    "location, said",
    [
        ("file:///etc/passwd", "only http:// and https://"),
        ("javascript:alert(1)", "only http:// and https://"),
        ("http://:80/", "no sound host"),
        ("http://[::1", "no address"),
        ("", "without saying where"),
    ],
)
def test_a_redirect_to_what_is_no_web_address_is_refused(server, get, location, said):
    server.answers["/"] = redirect(location)
    with pytest.raises(FetchError, match=said):
        get("/")


@pytest.mark.parametrize("inner", ["127.0.0.1", "10.0.0.1", "::1", "169.254.169.254", "::ffff:127.0.0.1"])
@pytest.mark.parametrize("by_name", [True, False])
def test_a_redirect_to_an_address_that_is_not_public_is_refused_before_it_is_dialled(server, dialled, inner, by_name):
    def resolver(host, port):
        return {"outer.example": [PUBLIC_IP], "inner.example": [PUBLIC_IP, inner]}.get(host, [host])

    host = "inner.example" if by_name else f"[{inner}]" if ":" in inner else inner
    server.answers["/"] = redirect(server.url("/secret", host))
    server.answers["/secret"] = response(body=FEED)
    with pytest.raises(FetchError, match=f"{re.escape(inner)}, which is not a public address"):
        fetch(server.url("/", "outer.example"), "", "", FetchOptions(), NOW, resolver)
    assert dialled == [PUBLIC_IP] and server.asked() == ["/"]


def test_loopback_is_fetched_only_if_private_addresses_are_allowed(server, get, dialled):
    server.answers["/"] = response(body=FEED)
    with pytest.raises(FetchError, match="only if private addresses are allowed"):
        get("/", options=FetchOptions())
    assert dialled == []
    assert get("/").data == FEED


def test_a_name_that_changes_its_address_is_dialled_where_it_was_checked(server, dialled):
    answers = iter([[PUBLIC_IP], ["127.0.0.1"], ["127.0.0.1"]])
    asked = []

    def resolver(host, port):
        asked.append(host)
        return next(answers)

    server.answers["/"] = response(body=FEED)
    assert fetch(server.url("/", "rebinding.example"), "", "", FetchOptions(), NOW, resolver).data == FEED
    assert asked == ["rebinding.example"] and dialled == [PUBLIC_IP]
    assert f"Host: rebinding.example:{server.port}\r\n".encode() in server.requests[0]


def test_the_next_address_is_dialled_where_the_first_takes_no_connection(server):
    unused = socket.create_server(("127.0.0.2", 0))
    unused.close()
    server.answers["/"] = response(body=FEED)
    url = server.url("/", "two.example")
    assert fetch(url, "", "", LOCAL, NOW, lambda host, port: ["127.0.0.2", "127.0.0.1"]).data == FEED
