from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from edge_runtime.feeds.identity import canonical_url, compared_link, is_home, is_of_site, web_url

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
        "https://news.example/2026/rain-1;jsessionid=6F9619FF8B86D011B42D00CF4FC964FF?PHPSESSID=1",
        "https://news.example/2026/rain-1?sid=9e107d9d372bb6826bd81d3542a419d6",
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
        ("https://a.example/?sid=41", "https://a.example/?sid=42"),  # too short for one visit's number
        ("https://a.example/talk?session_id=12", "https://a.example/talk?session_id=13"),
        ("https://a.example/notice?ref=WA-17", "https://a.example/notice?ref=WB-18"),
        ("https://a.example/?at_id=1", "https://a.example/?at_id=2"),
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


@pytest.mark.parametrize(
    ("url", "link"),
    [
        ("http://www.a.example/log/#v3-1", "https://a.example/log#v3-1"),
        ("https://a.example/#/post/7", "https://a.example#/post/7"),
        ("https://a.example/log#xtor=RSS-3", "https://a.example/log"),
        ("https://a.example/log#ref=rss", "https://a.example/log"),
        ("https://a.example/log#:~:text=rain", "https://a.example/log"),
        ("https://a.example/log#", "https://a.example/log"),
    ],
)
def test_a_fragment_counts_where_it_names_a_part_of_the_page(url, link):
    assert compared_link(url) == link


@pytest.mark.parametrize(
    ("url", "is_one"),
    [
        ("https://news.example/?utm_source=rss", True),
        ("https://elsewhere.example", True),
        ("https://news.example/status", True),  # the site that the feed names
        ("https://news.example/status#7", False),
        ("https://news.example/?p=7", False),
        ("https://news.example/7", False),
    ],
)
def test_a_home_page_is_no_article(url, is_one):
    assert is_home(url, FEED, "http://www.news.example/status/") is is_one


@pytest.mark.parametrize(
    ("url", "site", "is_one"),
    [
        ("https://www.weir.example/freeze", "http://weir.example/", True),
        ("https://blog.weir.example/freeze", "http://weir.example/", True),
        ("https://weir.example/freeze", "https://feeds.weir.example/rss", True),
        ("https://weir.example/freeze", "https://links.example/", False),
        ("https://notweir.example/freeze", "https://weir.example/", False),
        ("", "https://weir.example/", False),
        ("", "", False),
    ],
)
def test_whose_an_article_is(url, site, is_one):
    assert is_of_site(url, site) is is_one
