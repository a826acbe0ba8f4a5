"""Fetching from a real server: what is sent, what is refused, and what a hostile or broken server can do."""

from __future__ import annotations

import gzip
import itertools
import re
import socket
import ssl
import struct
import time
import zlib
from dataclasses import replace
from datetime import timedelta
from email.utils import format_datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from edge_runtime.addresses import hide_credentials, parse_target
from edge_runtime.errors import FetchError
from edge_runtime.feeds.answers import FetchStatus
from edge_runtime.feeds.certificates import tls_context
from edge_runtime.feeds.fetch import FetchOptions, fetch
from tests.edge_runtime.feeds.fetching import FEED, LOCAL, NOW, PUBLIC_IP
from tests.edge_runtime.feeds.hostile_server import HostileServer, redirect, response, slowly

# ------------------------------------------------------------------------------------------------------ what is sent


def test_a_request_holds_the_stated_headers_and_nothing_else(server, get):
    server.answers["/feed?a=1"] = response(body=FEED)
    assert get("/feed?a=1#part").data == FEED
    assert server.requests == [
        b"GET /feed?a=1 HTTP/1.1\r\n"
        + f"Host: 127.0.0.1:{server.port}\r\n".encode()
        + b"User-Agent: edge-news/0.1.0\r\n"
        b"Accept: application/rss+xml, application/atom+xml, application/feed+json, application/rdf+xml, "
        b"application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, */*;q=0.5\r\n"
        b"Accept-Encoding: gzip, deflate\r\n"
        b"Connection: close\r\n\r\n"
    ]


def test_cookies_and_pages_that_redirect_are_not_told_at_the_next_fetch(server, get):
    server.answers["/1"] = response("302 Found", Location="/2", Set_Cookie="id=7")
    server.answers["/2"] = response(body=FEED, Set_Cookie="id=8")
    get("/1")
    get("/2")
    first, second, third = [request.split(b"\r\n", 1)[1] for request in server.requests]
    assert first == third and second == first.replace(b"\r\n\r\n", b"\r\nCookie: id=7\r\n\r\n")


def test_what_the_server_said_of_its_version_is_repeated_and_304_brings_no_body(server, get):
    server.answers["/"] = response(body=FEED, ETag='W/"7"', Last_Modified="Tue, 24 Nov 2026 10:00:00 GMT")
    first = get("/")
    assert (first.status, first.etag, first.last_modified) == (
        FetchStatus.FRESH,
        'W/"7"',
        "Tue, 24 Nov 2026 10:00:00 GMT",
    )
    server.answers["/"] = response("304 Not Modified")
    second = get("/", first.etag, first.last_modified)
    assert (second.status, second.data) == (FetchStatus.UNCHANGED, b"")
    assert b'If-None-Match: W/"7"\r\nIf-Modified-Since: Tue, 24 Nov 2026 10:00:00 GMT\r\n' in server.requests[1]


def test_304_to_a_question_without_a_version_is_an_error(server, get):
    server.answers["/"] = response("304 Not Modified")
    with pytest.raises(FetchError, match="nothing has changed, though"):
        get("/")


@pytest.mark.parametrize("etag", ['"a\r\nX-Evil: 1"', '"naïve"', '"' + "x" * 600 + '"', " "])
def test_a_version_that_is_no_header_is_not_repeated(server, get, etag):
    server.answers["/"] = response(body=FEED)
    get("/", etag)
    assert b"If-None-Match" not in server.requests[0] and b"Evil" not in server.requests[0]


def test_spaces_and_other_scripts_in_an_address_are_percent_encoded(server, get):
    server.answers["/a%20b/%C3%A9?q=%E6%96%B0&r=%20"] = response(body=FEED)
    assert get("/a b/é?q=新&r=%20").data == FEED


def test_credentials_go_to_their_own_host_alone(server):
    def resolver(host, port):
        return ["127.0.0.1"]

    server.answers["/in"] = redirect("/same")
    server.answers["/same"] = redirect(server.url("/other", "other.example"))
    server.answers["/other"] = response(body=FEED)
    url = server.url("/in", "me:p%40ss:w@feeds.example")
    fetch(url, "", "", LOCAL, NOW, resolver)
    sent = [re.findall(rb"Authorization: (.*)\r\n", request) for request in server.requests]
    # base64 of me:p@ss:w
    assert sent == [[b"Basic bWU6cEBzczp3"], [b"Basic bWU6cEBzczp3"], []]


def test_a_name_without_address_and_a_closed_port_say_what_to_do(server, get):
    def unknown(host, port):
        raise socket.gaierror(-2, "Name or service not known")

    with pytest.raises(FetchError, match=r"typing mistake, or is the network down\?"):
        get("/", resolver=unknown)
    with pytest.raises(FetchError, match="has no address"):
        get("/", resolver=lambda host, port: [])
    server.close()
    with pytest.raises(FetchError, match="refuses the connection; look at the address"):
        get("/")


# ------------------------------------------------------------------------------------------- slow and endless servers


@pytest.mark.parametrize("part", ["head", "body", "chunks", "silence"])
@pytest.mark.usefixtures("slow")
def test_a_slow_server_is_left_at_the_limit(server, get, part):
    whole = response(body=FEED)
    start = whole[: whole.index(b"\r\n\r\n") + 4]
    server.answers["/"] = {
        "head": slowly(whole, 0.1),
        "body": lambda: itertools.chain([start], slowly(FEED, 0.1)()),
        "chunks": lambda: itertools.chain(
            [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"], slowly(b"1\r\n<\r\n" * 99, 0.1)()
        ),
        "silence": lambda: (time.sleep(1) for _ in range(1)),
    }[part]
    started = time.monotonic()
    with pytest.raises(FetchError, match=r"no whole answer within 0\.4 s; .* try again later"):
        get("/", options=FetchOptions(allow_private=True, time_limit_s=0.4))
    assert time.monotonic() - started < 5


def test_a_slow_body_without_a_length_is_not_taken_for_a_whole_one(server, get):
    start = b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\n\r\n"
    server.answers["/"] = lambda: itertools.chain([start], slowly(FEED, 0.1)())
    with pytest.raises(FetchError, match="no whole answer"):
        get("/", options=FetchOptions(allow_private=True, time_limit_s=0.4))


@pytest.mark.usefixtures("slow")
def test_the_limit_holds_for_all_redirects_together(server, get):
    for number in range(6):
        server.answers[f"/{number}"] = slowly(redirect(f"/{number + 1}"), 0.25, step=60)
    with pytest.raises(FetchError, match="no whole answer"):
        get("/0", options=FetchOptions(allow_private=True, time_limit_s=0.6))
    assert len(server.requests) <= 3


@pytest.mark.parametrize("head", [b"", b"Content-Length: 5000000000\r\n", b"Content-Encoding: gzip\r\n"])
def test_of_an_endless_body_eight_megabytes_are_kept_and_it_is_asked_for_anew(server, get, head):
    sent = itertools.count()

    def endless():
        yield b'HTTP/1.1 200 OK\r\nETag: "1"\r\n' + head + b"\r\n"
        for _ in sent:
            yield bytes(1 << 20)

    server.answers["/"] = endless
    found = get("/")
    assert (found.data, found.etag) == (bytes(8 << 20), "")
    assert found.warnings[0] == f"{server.url('/')}: more than 8,388,608 bytes: the rest was not fetched"
    assert not any("cut short" in warning for warning in found.warnings)  # that would blame the server
    assert next(sent) < 20


def test_a_body_of_exactly_the_limit_is_whole(server, get):
    server.answers["/"] = response(body=b" " * 1000, ETag='"1"')
    found = get("/", options=replace(LOCAL, max_bytes=1000))
    assert (len(found.data), found.etag, found.warnings) == (1000, '"1"', ())


def test_an_endless_head_is_left(server, get):
    def endless():
        yield b"HTTP/1.1 200 OK\r\n"
        while True:
            yield b"X-More: " + b"x" * 60000 + b"\r\n"

    server.answers["/"] = endless
    with pytest.raises(FetchError, match=r"ended early or was no HTTP|no whole answer"):
        get("/")


# ----------------------------------------------------------------------------------------------- lengths, compression


def test_a_body_shorter_than_promised_is_kept_with_a_warning_and_asked_for_anew(server, get):
    server.answers["/"] = response(body=FEED, Content_Length="9999", ETag='"1"', Last_Modified="yesterday")
    found = get("/")
    assert found.data == FEED and (found.etag, found.last_modified) == ("", "")
    assert found.warnings == (f"{server.url('/')}: cut short: {len(FEED)} of 9,999 bytes came",)


def test_a_body_longer_than_promised_is_read_as_far_as_promised(server, get):
    server.answers["/"] = response(body=FEED, Content_Length="20")
    assert get("/").data == FEED[:20]


@pytest.mark.parametrize("length", ["many", "-5"])
def test_a_length_that_is_none_is_not_looked_at(server, get, length):
    server.answers["/"] = response(body=FEED, Content_Length=length)
    assert get("/").data == FEED


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1000\r\n<rss",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nnonsense\r\n",
        b"220 smtp.example ready\r\n",
        b"HTTP/1.1 999999 What\r\n\r\n",
        response(Content_Length="5, 6"),
        bytes(range(256)) * 9,
    ],
)
def test_a_cut_connection_and_what_is_no_http_are_explained(server, get, answer):
    server.answers["/"] = answer
    with pytest.raises(FetchError, match=r"connection .*; try again later"):
        get("/")


def test_a_reset_connection_is_explained(server, get, monkeypatch):
    handle = server.handle

    def reset(connection):
        handle(connection)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()

    monkeypatch.setattr(server, "handle", reset)
    server.answers["/"] = b"HTTP/1.1 200 OK\r\n"
    with pytest.raises(FetchError, match=r"connection failed .*; try again later"):
        get("/")


def bare_deflate(data: bytes) -> bytes:
    deflater = zlib.compressobj(wbits=-15)
    return deflater.compress(data) + deflater.flush()


@pytest.mark.parametrize(
    "label, body",
    [
        ("gzip", gzip.compress(FEED)),
        ("GZIP", gzip.compress(FEED)),
        ("x-gzip", gzip.compress(FEED)),
        ("gzip, identity", gzip.compress(FEED)),
        ("", gzip.compress(FEED)),  # a .gz file
        ("deflate", zlib.compress(FEED)),
        ("deflate", bare_deflate(FEED)),
        ("deflate", gzip.compress(FEED)),
        ("gzip", gzip.compress(FEED[:50]) + gzip.compress(FEED[50:])),
        ("gzip", gzip.compress(FEED) + b"trailing bytes"),
        ("utf-8", FEED),
        ("identity", FEED),
    ],
)
def test_compressed_bodies_are_inflated_whatever_they_are_called(server, get, label, body):
    server.answers["/"] = response(body=body, Content_Encoding=label, ETag='"1"')
    found = get("/")
    assert (found.data, found.warnings, found.etag) == (FEED, (), '"1"')


@pytest.mark.parametrize("label", ["gzip", "deflate"])
def test_a_body_that_is_not_compressed_as_it_says_is_taken_as_it_is(server, get, label):
    server.answers["/"] = response(body=FEED, Content_Encoding=label)
    found = get("/")
    assert found.data == FEED and re.search("said to be .*; taken as it is", found.warnings[0])


@pytest.mark.usefixtures("slow")
def test_a_gzip_bomb_is_left_at_its_eighth_megabyte(server, get):
    bomb = gzip.compress(bytes(64 << 20))
    assert (64 << 20) / len(bomb) > 1000
    server.answers["/"] = response(body=bomb, Content_Encoding="gzip")
    found = get("/")
    assert found.data == bytes(8 << 20)
    assert found.warnings == (f"{server.url('/')}: more than 8,388,608 bytes when inflated: the rest is left out",)


@pytest.mark.parametrize(
    "label, body, said",
    [
        ("gzip, gzip", gzip.compress(gzip.compress(FEED)), "more than once"),
        ("deflate, gzip", gzip.compress(zlib.compress(FEED)), "more than once"),
        ("gzip", gzip.compress(gzip.compress(FEED)), "more than once"),
        ("br", b"\x0b\x02\x80feed\x03", "compressed as br, which was not asked for"),
        ("zstd", b"\x28\xb5\x2f\xfd", "compressed as zstd"),
    ],
)
def test_what_is_compressed_twice_or_otherwise_is_refused(server, get, label, body, said):
    server.answers["/"] = response(body=body, Content_Encoding=label)
    with pytest.raises(FetchError, match=said):
        get("/")


# ----------------------------------------------------------------------------------------------------------- statuses


def test_a_feed_that_is_gone_says_so(server, get):
    server.answers["/"] = response("410 Gone")
    assert get("/").status is FetchStatus.GONE


@pytest.mark.parametrize("status", ["429 Too Many Requests", "503 Service Unavailable"])
@pytest.mark.parametrize(
    "headers, seconds",
    [
        ({"Retry_After": "120"}, 120),
        ({"Retry_After": format_datetime(NOW + timedelta(hours=2), usegmt=True)}, 7200),
        # By the server's clock, which is three years off.
        (
            {
                "Date": format_datetime(NOW - timedelta(days=1000), usegmt=True),
                "Retry_After": format_datetime(NOW - timedelta(days=999), usegmt=True),
            },
            86400,
        ),
        ({"Retry_After": format_datetime(NOW - timedelta(hours=2), usegmt=True)}, 0),
        ({"Retry_After": "Tuesday, 24-Nov-26 12:00:30 GMT"}, 30),
        ({"Retry_After": "soon"}, None),
        ({"Retry_After": "-5"}, None),
        ({"Retry_After": "9" * 99}, None),
        ({}, None),
    ],
)
def test_how_long_a_server_wants_to_be_left_alone(server, get, status, headers, seconds):
    server.answers["/"] = response(status, **headers)
    found = get("/")
    assert (found.status, found.retry_after_s) == (FetchStatus.LATER, seconds)


@pytest.mark.parametrize(
    "status, said",
    [
        ("401 Unauthorized", "HTTP 401: .*https://user:password@host/"),
        ("403 Forbidden", "HTTP 403: .*ask there, or unsubscribe"),
        ("404 Not Found", "HTTP 404: .*look on the publisher's site"),
        ("500 Oops", "HTTP 500: .*asked again later"),
        ("599 Oops", "HTTP 599: .*asked again later"),
        ("204 No Content", "HTTP 204: that is no feed"),
        ("206 Partial Content", "HTTP 206: that is no feed"),
        ("418 I'm a teapot", "HTTP 418: that is no feed"),
    ],
)
def test_other_statuses_say_what_to_do(server, get, status, said):
    server.answers["/"] = response(status)
    with pytest.raises(FetchError, match=said):
        get("/")


@pytest.mark.parametrize("path", ["/404", "/loop", "/file", "/cut", "/late", "/nested"])
def test_credentials_and_keys_are_in_no_message(server, path):
    server.answers["/loop?key=hidden"] = redirect("/loop?key=hidden")
    server.answers["/file?key=hidden"] = redirect("file:///etc/passwd")
    server.answers["/cut?key=hidden"] = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n"
    server.answers["/late?key=hidden"] = slowly(response(body=FEED), 0.1)
    server.answers["/nested?key=hidden"] = response(body=gzip.compress(gzip.compress(FEED)))
    with pytest.raises(FetchError) as caught:
        fetch(
            server.url(f"{path}?key=hidden", "canary:se%40cret@127.0.0.1"),
            "",
            "",
            FetchOptions(allow_private=True, time_limit_s=0.3),
            NOW,
        )
    seen = str(caught.value) + repr(caught.value.__cause__)
    assert not re.search("canary|se@cret|se%40cret|hidden", seen)


@given(st.text(min_size=1, max_size=30))
@example("@0/")
def test_a_password_in_an_address_with_a_mistake_is_in_no_message(password):
    # Where a host ends a password cannot go on: "http://me:<@0/>CANARY@host:port/" is a sound address of the host 0.
    ends_host = bool(set("/?#") & set(password))
    marked = f"<{password}>CANARY"
    for url in (
        f"http://me:{marked}@host:port/",
        f"me:{marked}@host/",
        f"ftp://me:{marked}@host/",
        f"http://{marked}@",
    ):
        assert "CANARY" not in hide_credentials(url)
        try:
            parse_target(url)
        except FetchError as error:
            assert "CANARY" not in str(error) and error.__cause__ is None
        else:
            assert ends_host and url.startswith("http"), url


# ---------------------------------------------------------------------------------------------------------------- TLS


@pytest.mark.usefixtures("server")
def test_tls_goes_by_the_name_while_the_checked_address_is_dialled(certificate, monkeypatch, dialled):
    names = []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
    context.sni_callback = lambda connection, name, _: names.append(name)
    server = HostileServer(context)
    server.answers["/"] = response(body=FEED)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate / "cert.pem"))
    tls_context.cache_clear()
    try:
        url = f"https://feeds.example:{server.port}/"
        assert fetch(url, "", "", FetchOptions(), NOW, lambda host, port: [PUBLIC_IP]).data == FEED
        assert names == ["feeds.example"] and dialled == [PUBLIC_IP]
        assert f"Host: feeds.example:{server.port}\r\n".encode() in server.requests[0]
        with pytest.raises(FetchError, match=r"certificate is not good .* clock right\?"):
            fetch(url.replace("feeds", "other"), "", "", FetchOptions(), NOW, lambda host, port: [PUBLIC_IP])
        # Slow TLS is held by the same limit: a server that never answers the handshake.
        silent = socket.create_server(("127.0.0.1", 0))
        started = time.monotonic()
        with pytest.raises(FetchError, match=r"no whole answer|does not answer"):
            slow = FetchOptions(allow_private=True, time_limit_s=0.4)
            fetch(f"https://127.0.0.1:{silent.getsockname()[1]}/", "", "", slow, NOW)
        assert time.monotonic() - started < 5
        silent.close()
    finally:
        tls_context.cache_clear()
        server.close()
