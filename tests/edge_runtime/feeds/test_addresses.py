"""Which addresses may be fetched, and how they are taken apart."""

from __future__ import annotations

import re
import time
from contextlib import suppress
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge_runtime.addresses import MAX_URL_CHARS, parse_target
from edge_runtime.errors import FetchError
from edge_runtime.feeds.hosts import is_public
from edge_runtime.feeds.identity import canonical_url


@pytest.mark.parametrize(
    "address, public",
    [
        ("8.8.8.8", True),
        ("2606:4700::1111", True),
        ("::ffff:8.8.8.8", True),
        ("64:ff9b::808:808", True),  # 8.8.8.8 through NAT64
        ("64:ff9b::7f00:1", False),  # 127.0.0.1 through NAT64
        ("64:ff9b:1::1", False),
        ("2002:7f00:1::", False),  # 127.0.0.1 through 6to4
        ("::7f00:1", False),
        ("0.0.0.0", False),
        ("::", False),
        ("127.8.8.8", False),
        ("10.0.0.1", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("100.64.0.1", False),
        ("169.254.169.254", False),
        ("fe80::1%2", False),
        ("fec0::1", False),
        ("fd00::1", False),
        ("224.0.0.1", False),
        ("ff02::1", False),
        ("240.0.0.1", False),
        ("255.255.255.255", False),
        ("2001:db8::1", False),
    ],
)
def test_which_addresses_are_public(address, public):
    assert is_public(address) is public


@pytest.mark.parametrize(
    "url, address",
    [
        ("HTTP://Example.ORG:80", "http://example.org/"),
        (" https://example.org:443/Feed#x \n", "https://example.org/Feed"),
        ("https://bücher.example/", "https://xn--bcher-kva.example/"),
        # As Firefox and Chrome ask for them; Python's own encoder has "fass.example", and refuses the last two.
        ("https://Faß.example/", "https://xn--fa-hia.example/"),
        ("https://ＢÜＣＨＥＲ。example/", "https://xn--bcher-kva.example/"),
        ("https://a_b.bücher.example/", "https://a_b.xn--bcher-kva.example/"),
        ("https://i❤.example/", "https://xn--i-7iq.example/"),
        ("https://-ü.example/", "https://xn----eha.example/"),
        ("http://[2606:4700:0::1111]:8080/", "http://[2606:4700:0::1111]:8080/"),
        ("https://blog.example/@writer/feed", "https://blog.example/@writer/feed"),
    ],
)
def test_two_spellings_of_an_address_are_one(url, address):
    assert parse_target(url).address == address


def test_hosts_are_compared_as_they_are_asked_for():
    assert canonical_url("http://www.Faß.example/a") == canonical_url("https://xn--fa-hia.example/a/")
    assert canonical_url("https://faß.example/a") != canonical_url("https://fass.example/a")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.org/feed",
        "feed://example.org/",
        "file:///etc/passwd",
        "http:///path",
        "http://a..b/",
        "http://exa mple.org/",
        "http://host:99999/",
        "http://host:0/",
        "http://[fe80::1%25eth0]/",
        "http://" + "é" * 300 + ".example/",
        "http://a\u200db.example/",  # a joiner that joins nothing
        "http://\u0301a.example/",
        "http://א1a.example/",  # neither from left to right nor from right to left
        "http://\ufdd0.example/",
        "http://ü..example/",
        "http://host/" + "x" * MAX_URL_CHARS,
        "http://\ud800/",
        "http://host/\ud800",
    ],
)
def test_what_is_no_address_is_refused(url):
    with pytest.raises(FetchError):
        parse_target(url)


@pytest.mark.parametrize("char", ["ß", "é", "\u0301", "א", "ب\u200c", "ß.", "\u200d", "\U0001f600", "１"])
def test_a_hostile_host_takes_no_time(char):
    started = time.process_time()
    for count in (126, 253, 3900):
        with suppress(FetchError):
            parse_target(f"http://{char * (count // len(char))}/")
        canonical_url(f"http://{char * (count // len(char))}/")
    assert time.process_time() - started < 0.5


@settings(max_examples=50)
@given(st.text(max_size=30), st.text(max_size=20), st.text(max_size=20))
def test_an_address_taken_apart_is_the_same_when_taken_apart_again(path, user, password):
    userinfo = f"{quote(user, '')}:{quote(password, '')}@" if user.isprintable() and password.isprintable() else ""
    try:
        target = parse_target(f"http://{userinfo}example.org/{path}")
    except FetchError:
        return
    assert parse_target(target.address) == target
    assert re.fullmatch(r"[\x21-\x7e]+", target.address)
