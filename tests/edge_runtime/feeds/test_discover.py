"""From the address of a page to its feed: pure steps first, then with answers from a table."""

from __future__ import annotations

import pytest

from edge_runtime.errors import FetchError, UnreachedError
from edge_runtime.feeds.answers import Fetched, FetchStatus
from edge_runtime.feeds.discover import FeedChoiceError, find_feed, usual_places
from edge_runtime.feeds.wanted import NamedFeed, looks_like_address, wanted_feed
from edge_runtime.feeds.web_page import page_feeds
from tests.edge_runtime.feeds.hostile_server import rss

SITE = "https://blog.example/"
FEED = rss("Rain")


def link(href: str, kind: str = "rss+xml", title: str = "", rel: str = "alternate") -> str:
    return f"<link rel='{rel}' type='application/{kind}' title='{title}' href='{href}'>"


class Web:
    """Answers by address; what is not there is refused as a server would."""

    def __init__(self, **pages: str | bytes | Exception) -> None:
        self.pages = pages
        self.asked: list[str] = []

    def __call__(self, address: str) -> Fetched:
        self.asked.append(address)
        answer = self.pages.get(address, FetchError(f"{address}: HTTP 404"))
        if isinstance(answer, Exception):
            raise answer
        data = answer if isinstance(answer, bytes) else answer.encode()
        return Fetched(FetchStatus.FRESH, data, url=address)


@pytest.mark.parametrize(
    ("name", "addresses"),
    [
        ("example.org", ["https://example.org/", "http://example.org/"]),
        ("localhost:8000/feed.xml", ["https://localhost:8000/feed.xml", "http://localhost:8000/feed.xml"]),
        ("feed://example.org/a", ["https://example.org/a", "http://example.org/a"]),
        ("feed:http://example.org/a", ["http://example.org/a"]),
        ("https://example.org/a", ["https://example.org/a"]),
        ("日本.jp/feed", ["https://xn--wgv71a.jp/feed", "http://xn--wgv71a.jp/feed"]),
    ],
)
def test_an_address_is_completed(name, addresses):
    assert looks_like_address(name) and list(wanted_feed(name).addresses) == addresses


@pytest.mark.parametrize("name", ["feed.xml", "articles.jsonl", "./x.org/a", "/tmp/a.org", "lemonde", "a b.org", "-"])
def test_a_name_of_a_file_is_no_address(name):
    assert not looks_like_address(name)


@pytest.mark.slow
def test_links_are_relative_to_the_base_and_comments_come_last():
    page = (
        "<base href='/deep/er/'>"
        + link("/c", title="Blog » Comments Feed")
        + link("a.xml", title="Blog (RSS)")
        + link("b.xml", "atom+xml", "Blog (Atom)")  # the same in another format
        + link("feed:https://other.example/j", "feed+json; charset=utf-8", "Other", rel="nofollow ALTERNATE")
        + link("javascript:x", title="None")
        + link("/style", "css")
        + f"<script>{link('/script')}</script><!-- {link('/comment')} -->"
    )
    assert page_feeds(page, SITE) == [
        NamedFeed(f"{SITE}deep/er/a.xml", "Blog (RSS)"),
        NamedFeed("https://other.example/j", "Other"),
        NamedFeed(f"{SITE}c", "Blog » Comments Feed"),
    ]
    assert page_feeds(page.replace("/deep/er/", "http://[bad"), SITE)[0].url == f"{SITE}a.xml"
    assert [feed.url for feed in page_feeds(page, "")] == ["https://other.example/j"]


def test_a_page_full_of_links_takes_little_time():
    assert len(page_feeds("".join(link(f"/{n}", title=f"Number {n}") for n in range(5_000)), SITE)) == 20


def test_the_usual_places_are_of_one_host_and_keep_its_password():
    places = usual_places("https://me:pw@blog.example/de/page?x=1")
    assert places[0] == "https://me:pw@blog.example/de/feed/" and len(places) == 10
    assert all(place.startswith("https://me:pw@blog.example/") for place in places)


def test_the_first_link_that_is_a_feed_is_taken():
    web = Web(
        **{SITE: f"<html>{link('/dead', title='A')}{link('/b', title='B')}{link('/c', title='C')}", f"{SITE}b": FEED}
    )
    found = find_feed([SITE], web, takes_first=True)
    assert found.fetched.moved_to == f"{SITE}b" and [feed.title for feed in found.others] == ["A", "C"]
    with pytest.raises(FeedChoiceError) as caught:
        find_feed([SITE], web, takes_first=False)
    assert [feed.title for feed in caught.value.feeds] == ["A", "B", "C"]


def test_a_page_without_a_link_is_asked_at_the_usual_places_until_one_answers():
    web = Web(**{SITE: "<html><p>Hello", f"{SITE}rss.xml": FEED})
    assert find_feed([SITE], web, takes_first=True).fetched.moved_to == f"{SITE}rss.xml"
    assert web.asked == [SITE, f"{SITE}feed", f"{SITE}feed/", f"{SITE}rss", f"{SITE}rss.xml"]
    with pytest.raises(FetchError, match="names no feed"):
        find_feed([SITE], Web(**{SITE: "<html><p>Hello"}), takes_first=True)


def test_what_is_neither_feed_nor_page_is_asked_once():
    web = Web(**{SITE: b"%PDF-1.4 \xff\xfe"})
    with pytest.raises(FetchError, match="neither a feed nor a page"):
        find_feed([SITE], web, takes_first=True)
    assert web.asked == [SITE]


def test_http_is_tried_where_https_is_refused_and_not_where_its_certificate_is_bad():
    import ssl

    both = ["https://x.example/", "http://x.example/"]

    def failed(cause: Exception) -> FetchError:
        error = FetchError("https://x.example/: no")
        error.__cause__ = cause
        return error

    for error in (failed(ConnectionRefusedError()), failed(ssl.SSLError()), UnreachedError("silent")):
        assert find_feed(both, Web(**{both[0]: error, both[1]: FEED}), takes_first=True).fetched.moved_to == both[1]
    for error in (failed(ssl.SSLCertVerificationError()), FetchError("HTTP 404")):
        with pytest.raises(FetchError):
            find_feed(both, Web(**{both[0]: error, both[1]: FEED}), takes_first=True)
    with pytest.raises(UnreachedError, match="silent"):
        find_feed(both, Web(**{both[0]: UnreachedError("silent"), both[1]: UnreachedError("too")}), takes_first=True)
