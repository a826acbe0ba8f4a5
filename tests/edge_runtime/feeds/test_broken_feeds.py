"""Feeds that are not as their standards say: what is saved of them, and what is no feed."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from edge_runtime.errors import FeedError
from tests.edge_runtime.feeds.feed_texts import URL, only, parse, rss

ITEMS = "".join(f"<item><title>T{n}</title><link>https://a.example/{n}</link></item>" for n in range(4))


@pytest.mark.parametrize(
    ("what", "text", "count"),
    [
        ("unknown entity", rss(ITEMS + "<item><title>a&nbsp;b&nosuch;</title></item>"), 5),
        (
            "stray ampersand",
            rss(ITEMS + "<item><title>AT&T & Co</title><link>https://a.example/?a=1&copy=2</link></item>"),
            5,
        ),
        ("control character", rss(ITEMS + "<item><title>a\x08b\x00</title></item>"), 5),
        ("stray less-than", rss(ITEMS + "<item><title>1 < 2</title></item>"), 5),
        ("unclosed tags", rss(ITEMS + "<item><title>x</title><description><p>a<br>b<p>c</description></item>"), 5),
        ("crossed tags", rss(ITEMS + "<item><title><b><i>x</b></i></title></item>"), 5),
        ("unquoted attribute", rss(ITEMS + "<item><title>x</title><enclosure url=https://a.example/x></item>"), 5),
        ("cut in an item", rss(ITEMS)[:-60], 3),
        ("rubbish after the end", rss(ITEMS) + "<!-- page --><div>", 4),
        ("a complaint before it", "<b>Warning</b>: no such file\n" + rss(ITEMS), 4),
        ("blank lines before the declaration", "\n\n" + rss(ITEMS), 4),
        ("version 1.1", rss(ITEMS).replace("1.0", "1.1"), 4),
        ("cut in a tag", rss(ITEMS)[:-22], 3),
        ("missing end", rss(ITEMS).removesuffix("</channel></rss>"), 4),
    ],
)
def test_broken_xml_gives_what_can_be_saved(what, text, count):
    feed = parse(text)
    assert len(feed.articles) == count
    assert [article.title for article in feed.articles[:3]] == ["T0", "T1", "T2"]
    assert all("T" in article.title or "<b" not in article.title for article in feed.articles)
    well_read = what in ("blank lines before the declaration", "version 1.1")
    assert bool(feed.warnings) != well_read


def test_an_address_with_an_unescaped_ampersand_keeps_its_parameters():
    article = only(parse(rss("<item><title>AT&T</title><link>https://a.example/?a=1&copy=2&amp;b=3</link></item>")))
    assert (article.title, article.url) == ("AT&T", "https://a.example/?a=1&copy=2&b=3")


def test_a_feed_without_items_is_a_feed():
    assert parse(rss("")).articles == ()


@pytest.mark.parametrize(
    "text", ["", "   ", "hello", "{}", "[1]", "<html><body>Not found</body></html>", "<svg/>", "\x00\x01"]
)
def test_what_is_no_feed_is_refused(text):
    with pytest.raises(FeedError, match=re.escape(URL)):
        parse(text)


def test_a_web_page_is_refused_with_the_feeds_it_names():
    page = '<!doctype html><html><head><link rel="alternate" type="application/rss+xml" href="/rss"></head></html>'
    with pytest.raises(FeedError, match=re.escape("https://news.example/rss")):
        parse(page)


@pytest.mark.parametrize("where", ["rss", "channel", "item"])
@pytest.mark.parametrize("namespace", ["http://www.w3.org/2005/Atom", "http://search.yahoo.com/mrss/"])
def test_rss_is_rss_in_whatever_namespace_it_is_put(where, namespace):
    item = "<item><title>T</title><description>Text</description><link>https://a.example/1</link></item>"
    article = only(parse(rss(item).replace(f"<{where}", f'<{where} xmlns="{namespace}"')))
    assert (article.title, article.abstract, article.url) == ("T", "Text", "https://a.example/1")


def test_an_entry_nested_too_deep_loses_its_tags_and_no_other_entry():
    deep = "<div>" * 80 + "x" + "</div>" * 80
    entries = f"<entry><title>A</title><content>{deep}</content></entry><entry><title>B</title></entry>"
    feed = parse(f'<feed xmlns="http://www.w3.org/2005/Atom">{entries}</feed>')
    assert [article.title for article in feed.articles] == ["A", "B"]
    assert feed.warnings == ("elements nested deeper than 64: their tags are left out",)


def test_a_closing_tag_in_another_case_loses_nothing():
    item = "<item><pubDate>Tue, 24 Nov 2026 10:00:00 GMT</pubdate><title>T</title></item>"
    feed = parse(rss(item + ITEMS))
    assert [article.title for article in feed.articles] == ["T", "T0", "T1", "T2", "T3"]
    assert feed.articles[0].published == datetime(2026, 11, 24, 10, tzinfo=UTC)


def test_a_document_type_that_declares_characters_alone_is_left_out():
    declared = (
        '<!DOCTYPE rss [<!ENTITY % HTMLlat1 PUBLIC "-//W3C//ENTITIES Latin 1 for XHTML//EN" '
        '"http://www.w3.org/TR/xhtml1/DTD/xhtml-lat1.ent"> %HTMLlat1; <!ENTITY nbsp "&#160;">]>'
    )
    assert only(parse(declared + rss("<item><title>Caf&eacute;</title></item>").partition("?>")[2])).title == "Café"


@pytest.mark.parametrize(
    "declaration",
    [
        "<!ELEMENT rss (channel)>",
        "<!ELEMENT rss (channel)><!ATTLIST rss version CDATA '>' x (a|b) \"]>\"> <!NOTATION n PUBLIC 'x'>",
        "<!-- <!ENTITY a 'b'> --><!ELEMENT title (#PCDATA)>",
    ],
)
def test_a_document_type_that_declares_elements_and_attributes_is_left_out(declaration):
    assert len(parse(f"<!DOCTYPE rss [{declaration}]>" + rss(ITEMS).partition("?>")[2]).articles) == 4


def test_a_short_text_that_is_declared_stands_for_its_references():
    declared = "<!DOCTYPE rss [<!ENTITY who \"Ann &#38; 'Bo'\"> <!ENTITY who 'late'><!ENTITY x '\"'>]>"
    item = (
        "<item><title>By &who;</title><link>https://a.example/?&x;</link><category><![CDATA[&who;]]></category></item>"
    )
    feed = parse(declared + rss(item).partition("?>")[2])
    assert (only(feed).title, only(feed).url) == ("By Ann & 'Bo'", "https://a.example/?%22")
    assert only(feed).category == "&who;"
    assert feed.warnings == ()


@pytest.mark.parametrize(
    "declaration",
    [
        '<!ENTITY % f SYSTEM "file:///etc/passwd">',
        '<!ENTITY f SYSTEM "file:///etc/passwd">',
        '<!ENTITY a "b"><!ENTITY c "&a;&a;">',
        '<!ENTITY a "%b;">',
        '<!ENTITY a "<b>c</b>">',
        f'<!ENTITY a "{"x" * 201}">',
        "<!ELEMENT",
    ],
)
def test_a_document_type_that_declares_more_is_refused(declaration):
    with pytest.raises(FeedError, match="refused"):
        parse(f"<!DOCTYPE rss [{declaration}]>" + rss(ITEMS).partition("?>")[2])


def test_texts_that_grow_beyond_a_bound_are_refused():
    declared = f'<!DOCTYPE rss [<!ENTITY a "{"x" * 200}">]>'
    with pytest.raises(FeedError, match="65536 characters"):
        parse(declared + rss(f"<item><title>{'&a;' * 328}</title></item>").partition("?>")[2])
