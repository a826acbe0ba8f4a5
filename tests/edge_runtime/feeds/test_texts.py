"""Titles, abstracts and contents: which words of an item they have."""

from __future__ import annotations

import json

import pytest

from tests.edge_runtime.feeds.feed_texts import only, parse, rss

C1 = ["&#146;", "&#x92;", "\x92", "&amp;#146;", "<![CDATA[&#146;]]>", "<![CDATA[\x92]]>"]


@pytest.mark.parametrize(
    ("item", "title", "url"),
    [
        ("<link>https://a.example/1</link>", "https://a.example/1", "https://a.example/1"),
        ("<link>/1</link>", "https://news.example/1", "https://news.example/1"),
        ("<enclosure url='https://a.example/1.mp3'/>", "https://a.example/1.mp3", "https://a.example/1.mp3"),
        (
            "<link>/1</link><description>&lt;img src='/a.png'&gt;&lt;img alt='Two &amp;amp;amp; herons'"
            " src='/b.png'&gt;</description>",
            "Two & herons",
            "https://news.example/1",
        ),
        ("<description>&lt;img src='/a.png'/&gt;</description>", "https://news.example/a.png", ""),
        ("<description><img src='/a.png' alt='Ice'/></description>", "Ice", ""),
        ("<description>&amp;lt;img alt='Ice'&amp;gt;</description>", "Ice", ""),
        ("<media:content url='/a.png'/>", "https://news.example/a.png", ""),
        ("<itunes:image href='/a.png'/>", "https://news.example/a.png", ""),
    ],
)
def test_an_item_without_words_is_called_by_its_picture_or_its_address(item, title, url):
    article = only(parse(rss(f"<item>{item}</item>")))
    assert (article.title, article.abstract, article.url) == (title, "", url)


def test_an_item_of_json_without_words_is_called_by_its_picture_or_its_address():
    items = [{"url": "/1"}, {"id": "2", "image": "/2.png"}, {"id": "3", "content_html": "<img alt='Ice'>"}]
    assert [article.title for article in parse(json.dumps({"items": items})).articles] == [
        "https://news.example/1",
        "https://news.example/2.png",
        "Ice",
    ]


def test_an_item_with_nothing_at_all_is_left_out_and_counted_once():
    feed = parse(rss("<item><title>T</title></item>" + "<item><guid>1</guid></item>" * 30))
    assert only(feed).title == "T"
    assert feed.warnings == ("30 items have no title, text, link or picture: left out",)


@pytest.mark.parametrize(
    ("description", "content"),
    [
        ("<description>&lt;p&gt;Short&lt;/p&gt;</description>", ""),
        ("<description>T</description>", ""),
        ("<description>Short</description><body>&lt;p&gt;Short&lt;/p&gt;</body>", ""),
        ("<description>Short</description><body>&lt;p&gt;Much longer&lt;/p&gt;</body>", "<p>Much longer</p>"),
        ("<description>&amp;lt;p&amp;gt;a b&amp;lt;/p&amp;gt;</description><body/>", ""),
        ("<body>&amp;lt;a href='/x'&amp;gt;b&amp;lt;/a&amp;gt;</body>", "<a href='/x'>b</a>"),
        ("<description>&lt;a href='/x'&gt;Comments&lt;/a&gt;</description>", "<a href='/x'>Comments</a>"),
        ("<body><p>a <a href='/x?a=1&amp;amp;b' id='1'>b</a></p></body>", '<p>a <a href="/x?a=1&amp;amp;b">b</a></p>'),
    ],
)
def test_the_content_is_the_longest_html_if_it_says_more_than_the_abstract(description, content):
    (item,) = parse(rss(f"<item><title>T</title>{description}</item>")).items
    assert item.content == content


def test_a_content_is_cut_at_64_kib_and_abstracts_are_made_of_the_first_16_kib():
    words = "word " * 20_000
    for text in (rss(f"<item><description>{words}</description></item>"), json.dumps({"items": [{"summary": words}]})):
        (item,) = parse(text).items
        assert item.content == words[:65_536].rstrip() or item.content == words[:65_536]


@pytest.mark.parametrize("sign", C1)
@pytest.mark.parametrize("end", ["", "<p>"], ids=["well-formed", "loose"])
def test_signs_of_windows_1252_are_read_as_in_browsers(sign, end):
    words = f"It{sign}s new"
    body = f"<title>{words}</title><category>{words}</category><description>{words} and more{end}</description>"
    feed = parse(rss(f"<item>{body}</item>", f"<title>{words}</title>"))
    (item,) = feed.items
    article = item.article
    assert {article.title, article.category, feed.title, article.source} == {"It’s new"}
    assert article.abstract == "It’s new and more"


def test_signs_of_windows_1252_in_json():
    item = {"title": "It\x92s", "content_html": "It&#146;s \x96 <a href='/x'>new</a>"}
    (item,) = parse(json.dumps({"items": [item]})).items
    assert (item.article.title, item.article.abstract) == ("It’s", "It’s – new")
    assert item.content == "It&#146;s – <a href='/x'>new</a>"


def test_what_hides_or_turns_text_is_removed():
    feed = parse(rss("<item><title>Good\u202e eman\u200b &#x2066;x\u0000 &#xD800;y</title></item>"))
    assert only(feed).title == "Good eman x \ufffdy"


def test_the_abstract_is_cut_at_a_word():
    article = only(parse(rss(f"<item><title>T</title><description>{'word ' * 300}</description></item>")))
    assert len(article.abstract) <= 500
    assert article.abstract.endswith("word…")


# base64 -w0 of "Two <b>herons</b>", and of a byte that is no text.
HERONS = "VHdvIDxiPmhlcm9uczwvYj4="


@pytest.mark.slow
@pytest.mark.parametrize(
    ("content", "text"),
    [
        (f'<content mode="base64" type="text/html">{HERONS}</content>', "Two herons"),
        (f'<content mode="base64" type="text/plain">\n{HERONS[:8]}\n{HERONS[8:]}\n</content>', "Two herons"),
        ('<content mode="base64">not base64</content>', "not base64"),
        ('<content mode="base64">AAE=</content>', ""),
        ('<content mode="base64">/w==</content>', ""),
        (f'<content type="application/octet-stream">{HERONS}</content>', "Two herons"),
        ('<content type="application/octet-stream">AAE=</content>', ""),
        ('<content type="application/xml">VHdv</content>', ""),
        ('<content type="image/png">VHdv</content>', ""),
    ],
)
def test_base64_of_atom_is_decoded_if_it_is_text(content, text):
    title = '<title mode="base64" type="text/html">QTwvYj4=</title>'
    feed = parse(f'<feed xmlns="http://purl.org/atom/ns#"><entry>{title}{content}</entry></feed>')
    assert (only(feed).title, only(feed).abstract) == ("A", text)
