"""Which names are ours, and which pages: somebody else's may lead to this device or send forms here."""

from __future__ import annotations

import pytest

from edge_runtime.web.hosts import Hosts, host_name, is_at_home

LOOPBACK = Hosts()
HOME = Hosts.of(["Pi.local"], ["news.example", "fd00::5"])


@pytest.mark.parametrize("host", ["localhost", "localhost:8765", "LOCALHOST:9000", "127.0.0.1:8765", "[::1]:8765"])
def test_the_loopback_is_ours_by_any_port(host):
    assert LOOPBACK.is_ours(host, "127.0.0.1")


@pytest.mark.parametrize(
    "host",
    [
        "evil.example:8765",
        "",
        "localhost.evil.example",
        "localhost@evil.example",
        "localhost, evil.example",
        "evil.example#localhost",
        "127.0.0.2",  # another address than was asked
        "2130706433",  # 127.0.0.1 in one number
        "[::1%lo]",
        "localhost:",
        "pi.local",
        "localhost\tx",
    ],
)
def test_no_other_name_is(host):
    assert not LOOPBACK.is_ours(host, "127.0.0.1")


def test_at_home_own_names_count_and_the_address_that_was_asked():
    assert HOME.is_ours("PI.local:8765", "192.168.1.7") and HOME.is_ours("news.example", "127.0.0.1")
    # An address leads nowhere else than where it says; behind IPv6 sockets a short one looks long.
    assert HOME.is_ours("192.168.1.7:8765", "192.168.1.7") and HOME.is_ours("192.168.1.7", "::ffff:192.168.1.7")
    assert HOME.is_ours("[fe80::1]:8765", "fe80::1%eth0") and HOME.is_ours("[FD00::5]", "10.0.0.1")
    assert not HOME.is_ours("192.168.1.8:8765", "192.168.1.7")


@pytest.mark.parametrize(
    ("origin", "host", "is_ours"),
    [
        ("http://localhost:8765", "localhost:8765", True),
        ("http://pi.local", "pi.local", True),
        ("https://pi.local", "pi.local", True),  # a proxy that keeps the name
        ("https://pi.local:443", "pi.local", True),
        ("https://news.example", "localhost:8765", True),  # one that does not, and was told of
        ("http://news.example", "localhost:8765", False),
        ("https://news.example:8443", "localhost:8765", False),
        ("http://localhost:9000", "localhost:8765", False),  # another program of this device
        ("http://evil.example", "localhost:8765", False),
        ("https://pi.local", "localhost:8765", False),
        ("null", "localhost:8765", False),
        ("", "localhost:8765", False),
        ("file://", "localhost", False),
        ("http://localhost:8765/", "localhost:8765", False),
        ("http://localhost:8765 http://evil.example", "localhost:8765", False),
    ],
)
def test_only_a_page_of_ours_may_send_forms(origin, host, is_ours):
    assert HOME.is_from_here(origin, host) is is_ours


@pytest.mark.parametrize(
    ("origin", "is_so"),
    [("null", True), ("file://", True), ("app://x", True), ("http://evil.example", False), ("HTTPS://x", False),
     ("", False), ("null, http://evil.example", False), ("file:// http://evil.example", False)],
)  # fmt: skip
def test_an_origin_of_no_page_is_an_apps_own_window(origin, is_so):
    assert Hosts.is_of_no_page(origin) is is_so


@pytest.mark.parametrize("text", ["http://news.example", "news.example:80", "", "a b", "news.example/"])
def test_a_name_with_more_is_refused_in_words(text):
    with pytest.raises(ValueError, match="no name of a host"):
        host_name(text)


@pytest.mark.parametrize("text", ["[::1]", "::1", "localhost", "127.0.0.1", "127.0.0.9", "0.0.0.0", "::"])
def test_a_name_that_leads_to_whoever_asks_is_not_told(text):
    with pytest.raises(ValueError, match="leads to whoever asks"):
        Hosts.of(["pi.local"], [text])


@pytest.mark.parametrize(
    ("address", "is_home"),
    [
        ("127.0.0.1", True),
        ("192.168.1.7", True),
        ("100.64.0.9", True),  # a network over the internet that is one's own, such as Tailscale's
        ("fe80::1%eth0", True),
        ("::ffff:10.0.0.3", True),
        ("8.8.8.8", False),
        ("::ffff:8.8.8.8", False),
        ("2606:4700::1111", False),
    ],
)
def test_an_address_of_the_whole_internet_is_not_at_home(address, is_home):
    assert is_at_home(address) is is_home
