from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from edge_runtime.feeds.identity import Identity, canonical_url, identify_items, web_url
from edge_runtime.feeds.parse import parse_feed

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
FEED = "https://news.example/feed.xml"


@pytest.mark.parametrize(
    "url",
    [
        "http://news.example/2026/rain-1",
        "https://NEWS.example:443/2026/rain-1/",
        "https://www.news.example/2026/rain-1#top",
        "https://news.example/2026/rain-1?utm_source=rss&utm_medium=feed",
        "https://news.example/2026/rain-1?xtor=RSS-3208",
        "https://news.example/2026/rain-1?partner=rss&emc=rss",
        "https://news.example/2026/rain-1?feedType=RSS&feedName=worldNews",
        "https://news.example/2026/rain-1?at_medium=RSS&at_campaign=KARANGA",
        "https://news.example/2026/rain-1?ref=home&fbclid=abc&gclid=1&mc_cid=2",
        "https://news.example/2026/rain-1?source=rss----7f60cf5620c9---4",
        "https://news.example/2026/rain-1/amp/",
        "https://m.news.example/2026/rain-1",
        "https://amp.news.example/2026/rain-1.amp",
        "https://news.example/2026/rain%2D1",
        " https://news.example/2026/rain-1\n",
    ],
)
def test_these_are_one_article(url):
    assert canonical_url(url) == "https://news.example/2026/rain-1"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://a.example/?id=1", "https://a.example/?id=2"),
        ("https://a.example/x?ref=17", "https://a.example/x?ref=18"),  # a number may be the article's
        ("https://a.example/topics/amp", "https://a.example/topics"),
        ("https://m.co.uk/x", "https://co.uk/x"),
        ("https://a.example:8080/x", "https://a.example/x"),
        ("https://a.example/X", "https://a.example/x"),
        ("https://blog.a.example/x", "https://a.example/x"),
    ],
)
def test_these_are_two_articles(one, other):
    assert canonical_url(one) != canonical_url(other)


def test_the_order_of_parameters_does_not_count():
    assert canonical_url("https://a.example/?b=2&a=1&a=") == canonical_url("https://a.example/?a=&a=1&b=2")


def test_a_name_in_letters_and_in_punycode_are_one():
    assert canonical_url("http://müller.example/ä") == canonical_url("https://xn--mller-kva.example/%C3%A4")


URLS = st.builds(
    lambda scheme, host, path, query: f"{scheme}://{host}{path}{query}",
    st.sampled_from(["http", "https", "HTTPS"]),
    st.sampled_from(
        ["www.m.example.com", "amp.example.com:80", "[::1]:8080", "müller.example", "a.example", "user@b.example"]
    ),
    st.lists(
        st.sampled_from(["/", "/amp", ".amp", "/a-1", "%25", "%2F", "%ff", "ä", ".html", " ", "\ud800"]), max_size=6
    ).map("".join),
    st.lists(
        st.sampled_from(["?", "&", "a=1", "utm_x=2", "ref=rss", "ref=1", "%26", "=", "+", "b=%C3", "ä"]), max_size=6
    ).map("".join),
)


@given(URLS)
@example("http://www.m.example.com ?")
def test_the_canonical_form_is_its_own_canonical_form(url):
    assert canonical_url(canonical_url(url)) == canonical_url(url)


@given(st.text(max_size=80), st.text(max_size=30))
def test_any_link_is_a_web_address_or_nothing(link, base):
    found = web_url(link, base)
    assert found == "" or found.startswith(("http://", "https://"))
    canonical_url(link)
    if found:
        canonical_url(found).encode()


@pytest.mark.parametrize(
    ("link", "url"),
    [
        ("/a", "https://news.example/a"),
        ("//b.example/a", "https://b.example/a"),
        ("HTTP://b.example/a b", "http://b.example/a%20b"),
        (" \n https://b.example/ ", "https://b.example/"),
        ("java\tscript:alert(1)", ""),
        ("\u200bjavascript:alert(1)", ""),
        ("vbscript:x", ""),
        ("data:text/html,x", ""),
        ("http://", ""),
        ("http://[::1", ""),
        ("http://x:99999/", ""),
        ("https://b.example/" + "x" * 5000, ""),
    ],
)
def test_only_web_addresses_are_links(link, url):
    assert web_url(link, FEED) == url


def ids(*items: Identity) -> list[str]:
    return identify_items(items, FEED, "https://news.example/")


def test_new_guids_every_day_change_nothing():
    monday = ids(
        Identity("https://news.example/1", "mon-1", "A", ""), Identity("https://news.example/2", "mon-2", "B", "")
    )
    tuesday = ids(
        Identity("https://news.example/2?utm_source=x", "tue-9", "B", ""),
        Identity("https://news.example/1", "tue-8", "A!", ""),
    )
    assert monday == tuesday[::-1]


def test_where_every_item_has_one_link_the_guid_decides_then_the_title_then_the_text():
    link = "https://news.example/live"
    items = [
        Identity(link, "g1", "A", ""),
        Identity(link, "g2", "A", ""),
        Identity(link, "", "B", "x"),
        Identity(link, "", "C", "x"),
        Identity(link, "", "C", "y"),
    ]
    assert len(set(ids(*items))) == 5
    assert set(ids(*items)) == set(ids(*items[::-1]))


def test_the_address_of_the_site_tells_nothing_apart():
    home = "https://news.example/?utm_source=rss"
    first, second = ids(Identity(home, "g1", "A", "")), ids(Identity(home, "g2", "B", ""))
    assert first != second


def test_equal_guids_of_two_feeds_are_two_articles():
    item = Identity("", "17", "A", "")
    assert identify_items([item], FEED, "") != identify_items([item], "https://other.example/feed", "")


def test_the_same_article_in_two_feeds_of_a_paper_is_one():
    item = Identity("https://news.example/1", "17", "A", "")
    assert identify_items([item], FEED, "") == identify_items([item], "https://news.example/sport.xml", "")


FEW = st.sampled_from(["", "a", "b"])
ITEMS = st.lists(
    st.builds(
        Identity,
        st.sampled_from(["", "https://a.example/1", "https://news.example", "https://a.example/2"]),
        FEW,
        FEW,
        FEW,
    ),
    max_size=12,
)


@given(ITEMS)
def test_items_share_an_id_only_if_they_are_equal(items):
    def key(item):
        contents = {(other.title, other.abstract) for other in items if other.url == item.url}
        has_page = item.url not in ("", "https://news.example")
        return item.url, "" if has_page and len(contents) == 1 else item.guid, item.title, item.abstract

    assert len(set(ids(*items))) == len(set(map(key, items)))


def test_a_new_guid_makes_no_second_article_of_a_page():
    link = "https://news.example/1"
    assert len(set(ids(Identity(link, f"{link}#0", "A", "x"), Identity(link, f"{link}#1", "A", "x")))) == 1
    assert len(set(ids(Identity(link, "0", "A", "x"), Identity(link, "1", "A", "y")))) == 2


@given(ITEMS, st.randoms())
def test_the_order_of_the_items_changes_no_id(items, random):
    shuffled = list(items)
    random.shuffle(shuffled)
    assert dict(zip(items, ids(*items), strict=True)) == dict(zip(shuffled, ids(*shuffled), strict=True))


def test_an_item_that_comes_twice_is_taken_once_with_a_warning():
    item = "<item><title>T</title><link>https://news.example/1</link><guid>1</guid></item>"
    feed = parse_feed(f"<rss><channel>{item}{item}</channel></rss>".encode(), FEED, NOW)
    assert len(feed.articles) == 1
    assert feed.warnings == ("1 items come twice: taken once",)
