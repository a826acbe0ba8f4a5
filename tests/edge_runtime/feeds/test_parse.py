from __future__ import annotations

import csv
import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.edge_runtime.feeds.feed_texts import NOW, only, parse, rss

REAL_FEEDS = Path(__file__).parents[4] / "shared" / "data" / "feeds"


def test_rss_2_gives_every_field():
    feed = parse(
        rss(
            "<item><title>Rain &amp;amp; wind</title><link>https://news.example/2026/rain</link>"
            "<description>&lt;p&gt;It rains.&lt;/p&gt;&lt;p&gt;Again.&lt;/p&gt;</description>"
            "<category>Weather</category>"
            "<category>Coast</category><pubDate>Tue, 24 Nov 2026 10:00:00 +0100</pubDate><guid>7</guid></item>",
            "<title>Paper</title><link>https://news.example/</link><language>en-GB</language>",
        )
    )
    assert (feed.title, feed.site, feed.language, feed.warnings) == ("Paper", "https://news.example/", "en", ())
    article = only(feed)
    assert article.title == "Rain & wind"
    assert article.abstract == "It rains. Again."
    assert article.category == "Weather"
    assert article.source == "Paper"
    assert article.url == "https://news.example/2026/rain"
    assert article.language == "en"
    assert article.published == datetime(2026, 11, 24, 9, tzinfo=UTC)
    assert article.popularity is None


@pytest.mark.parametrize(
    "namespace", ["http://purl.org/rss/1.0/", "http://my.netscape.com/rdf/simple/0.9/", "http://invented.example/"]
)
def test_rdf_items_stand_beside_the_channel(namespace):
    feed = parse(
        f'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="{namespace}"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="https://a.example/"><title>Funk</title>'
        "<link>https://a.example/</link><dc:language>de</dc:language><items><rdf:Seq><rdf:li rdf:resource='x'/>"
        "</rdf:Seq></items></channel><image><title>Logo</title></image>"
        '<item rdf:about="https://a.example/1"><title>Eins</title><link>https://a.example/1</link>'
        "<dc:subject>Kultur</dc:subject><dc:date>2026-11-24T10:00:00+01:00</dc:date></item>"
        '<item rdf:about="https://a.example/2"><title>Zwei</title></item></rdf:RDF>'
    )
    assert (feed.title, feed.language) == ("Funk", "de")
    assert [article.title for article in feed.articles] == ["Eins", "Zwei"]
    assert feed.articles[0].category == "Kultur"
    assert feed.articles[0].published == datetime(2026, 11, 24, 9, tzinfo=UTC)
    assert feed.articles[1].url == "https://a.example/2"  # by what it is about


def test_rss_0_91_with_its_document_type_is_read():
    feed = parse(
        '<?xml version="1.0"?><!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" '
        '"http://my.netscape.com/publish/formats/rss-0.91.dtd"><rss version="0.91"><channel><title>Old</title>'
        "<item><title>Caf&eacute;</title><link>https://a.example/1</link></item></channel></rss>"
    )
    assert only(feed).title == "Café"


def test_atom_links_bases_languages_and_kinds_of_text():
    feed = parse(
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="fr" xml:base="https://a.example/blog/">'
        '<title type="html">Le &lt;b&gt;Journal&lt;/b&gt;</title><link rel="self" href="feed.atom"/><link href="./"/>'
        "<entry><id>tag:a.example,2026:1</id><title>std::vector&lt;int&gt;</title>"
        '<link rel="enclosure" href="a.mp3"/><link rel="alternate" type="application/json" href="1.json"/>'
        '<link rel="alternate" type="text/html" href="1"/><updated>2026-11-24T11:00:00Z</updated>'
        "<published>2026-11-24T10:00:00Z</published><source><title>Elsewhere</title></source>"
        '<category term="tech" label="Technology"/>'
        '<summary type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>1 &lt; 2</p><script>x()</script>'
        "<p>two</p></div></summary></entry>"
        '<entry xml:lang="en-US"><id>tag:a.example,2026:2</id><title>Second</title><content type="html">'
        "&lt;p&gt;Text&lt;/p&gt;</content></entry></feed>"
    )
    assert (feed.title, feed.site) == ("Le Journal", "https://a.example/blog/")
    first, second = feed.articles
    assert first.title == "std::vector<int>"
    assert first.url == "https://a.example/blog/1"
    assert first.published == datetime(2026, 11, 24, 10, tzinfo=UTC)
    assert (first.category, first.language, first.abstract) == ("Technology", "fr", "1 < 2 two")
    assert (second.language, second.abstract, second.url) == ("en", "Text", "")


def test_atom_0_3_says_modified_and_issued():
    feed = parse(
        '<feed version="0.3" xmlns="http://purl.org/atom/ns#"><title>Old</title><entry><title mode="escaped" '
        'type="text/html">A &amp;lt;b&amp;gt;bold&amp;lt;/b&amp;gt; move</title><link rel="alternate" '
        'href="https://a.example/1"/><issued>2003-12-13T08:29:29-04:00</issued></entry></feed>'
    )
    assert only(feed).title == "A bold move"
    assert only(feed).published == datetime(2003, 12, 13, 12, 29, 29, tzinfo=UTC)


def test_json_feed():
    feed = parse(
        json.dumps(
            {
                "version": "https://jsonfeed.org/version/1.1",
                "title": "Notes",
                "home_page_url": "https://a.example/",
                "language": "de-AT",
                "items": [
                    {
                        "id": 1,
                        "url": "/1",
                        "title": "1 < 2",
                        "content_html": "<p>One</p>",
                        "date_published": "2026-11-24T10:00:00Z",
                        "tags": ["maths", "other"],
                    },
                    {"id": "2", "content_text": "Only <text> & more", "language": "en"},
                    {"id": "3"},
                    "nonsense",
                ],
            }
        )
    )
    assert (feed.title, feed.site, feed.language) == ("Notes", "https://a.example/", "de")
    first, second = feed.articles
    assert (first.title, first.abstract, first.category) == ("1 < 2", "One", "maths")
    assert first.url == "https://news.example/1"
    assert (second.title, second.abstract, second.language) == ("", "Only <text> & more", "en")
    assert feed.warnings == ("1 items have no title, text, link or picture: left out",)


def test_a_json_feed_cut_short_keeps_the_items_before():
    feed = parse(
        '{"version":"https://jsonfeed.org/version/1","title":"t","items":[{"id":"1","title":"One"},{"id":"2","ti'
    )
    assert (feed.title, only(feed).title) == ("t", "One")
    assert "broken JSON" in feed.warnings[0]


# Shapes of feeds that publishers and programs write, told in our own words.
SHAPES = {
    "wordpress": (
        rss(
            "<item><title>Hello &#8211; world</title><link>https://a.example/hello/</link><dc:creator><![CDATA[Ann]]>"
            "</dc:creator><pubDate>Tue, 24 Nov 2026 10:00:00 +0000</pubDate><category><![CDATA[News &amp; Views]]>"
            '</category><guid isPermaLink="false">https://a.example/?p=1</guid><description><![CDATA[<p>Short &#8230;'
            "</p>]]></description><content:encoded><![CDATA[<p>Long</p>]]></content:encoded></item>",
            root='version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" '
            'xmlns:dc="http://purl.org/dc/elements/1.1/"',
        ),
        ("Hello – world", "Short …", "News & Views", "https://a.example/hello/"),
    ),
    "feedburner": (
        rss(
            "<item><title>T</title><link>http://feedproxy.example/~r/x/~3/abc/</link>"
            "<f:origLink>https://a.example/t</f:origLink></item>",
            root='xmlns:f="http://rssnamespace.org/feedburner/ext/1.0" version="2.0"',
        ),
        ("T", "", "", "https://a.example/t"),
    ),
    "aggregator": (
        rss(
            "<item><title>T - Paper</title><link>https://agg.example/rss/articles/CBMi?oc=5</link>"
            '<guid isPermaLink="false">CBMi</guid><description>&lt;ol&gt;&lt;li&gt;&lt;a href="https://x.example" '
            'target="_blank"&gt;T&lt;/a&gt;&amp;nbsp;&amp;nbsp;&lt;font color="#6f6f6f"&gt;Paper&lt;/font&gt;'
            "&lt;/li&gt;"
            '&lt;/ol&gt;</description><source url="https://x.example">Paper</source></item>'
        ),
        ("T - Paper", "T Paper", "", "https://agg.example/rss/articles/CBMi?oc=5"),
    ),
    "forum atom": (
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>forum</title><entry><author><name>/u/x</name></author>'
        '<category term="news" label="r/news"/><content type="html">&lt;!-- SC_OFF --&gt;&lt;div class="md"&gt;'
        "&lt;p&gt;"
        "Self text&lt;/p&gt;&lt;/div&gt;</content><id>t3_abc</id><link href='https://f.example/r/news/abc/'/>"
        "<updated>2026-11-24T10:00:00+00:00</updated><title>Thread</title></entry></feed>",
        ("Thread", "Self text", "r/news", "https://f.example/r/news/abc/"),
    ),
    "videos": (
        '<feed xmlns:yt="http://www.youtube.com/xml/schemas/2015" xmlns:media="http://search.yahoo.com/mrss/" '
        'xmlns="http://www.w3.org/2005/Atom"><title>Channel</title><entry><id>yt:video:x</id><yt:videoId>x</yt:videoId>'
        '<title>Clip</title><link rel="alternate" href="https://v.example/watch?v=x"/><media:group><media:title>Clip'
        "</media:title><media:description>What is seen.</media:description><media:community><media:statistics "
        'views="9"/></media:community></media:group></entry></feed>',
        ("Clip", "What is seen.", "", "https://v.example/watch?v=x"),
    ),
    "microblog without titles": (
        rss(
            '<item><guid isPermaLink="true">https://m.example/@a/1</guid><link>https://m.example/@a/1</link>'
            "<description>&lt;p&gt;Just &lt;a href='x'&gt;#text&lt;/a&gt;&lt;/p&gt;</description>"
            "<category>text</category></item>"
        ),
        ("", "Just #text", "text", "https://m.example/@a/1"),
    ),
    "link list": (
        rss(
            "<item><title>Show: a thing</title><link>https://a.example/thing</link><comments>https://l.example/1</comments>"
            '<description><![CDATA[<a href="https://l.example/1">Comments</a>]]></description></item>'
        ),
        ("Show: a thing", "Comments", "", "https://a.example/thing"),
    ),
    "podcast": (
        rss(
            "<item><itunes:title>Short</itunes:title><title>Episode 1</title><itunes:author>X</itunes:author>"
            '<enclosure url="https://p.example/1.mp3" type="audio/mpeg"/><guid isPermaLink="false">e1</guid>'
            "<description>Talk.</description></item>",
            root='version="2.0" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"',
        ),
        ("Episode 1", "Talk.", "", "https://p.example/1.mp3"),
    ),
    "release notes atom": (
        '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:media="http://search.yahoo.com/mrss/" xml:lang="en-US">'
        "<title>Releases</title><entry><id>tag:g.example,2008:Repository/1/v1</id><updated>2026-11-24T10:00:00Z</updated>"
        "<link rel='alternate' type='text/html' href='https://g.example/r/v1'/><title>v1</title>"
        '<content type="html">&lt;h2&gt;Fixed&lt;/h2&gt;&lt;ul&gt;&lt;li&gt;a&lt;/li&gt;&lt;li&gt;b&lt;/li&gt;'
        "&lt;/ul&gt;"
        '</content><media:thumbnail height="30" url="https://g.example/a.png"/></entry></feed>',
        ("v1", "Fixed a b", "", "https://g.example/r/v1"),
    ),
    "prefix without namespace": (
        rss("<item><title>T</title><media:content url='x'/><dc:subject>S</dc:subject><link>/a</link></item>"),
        ("T", "", "S", "https://news.example/a"),
    ),
    "picture caption": (
        rss(
            "<item><title>T</title><link>https://a.example/t</link><media:content url='x'>"
            "<media:title>pic</media:title>"
            "</media:content><media:description>A caption</media:description><description/></item>",
            root='xmlns:media="http://search.yahoo.com/mrss/"',
        ),
        ("T", "A caption", "", "https://a.example/t"),
    ),
    "picture caption beside a text": (
        rss(
            "<item><title>T</title><link>https://a.example/t</link><description>Text</description>"
            "<media:content url='x'><media:title>pic</media:title><media:description>A caption</media:description>"
            "<media:category>gallery</media:category></media:content></item>",
            root='xmlns:media="http://search.yahoo.com/mrss/"',
        ),
        ("T", "Text", "gallery", "https://a.example/t"),
    ),
    "picture alone": (
        rss(
            "<item><link>https://a.example/t</link><media:content url='x'><media:title>Two herons</media:title>"
            "<media:description>On ice</media:description></media:content></item>",
            root='xmlns:media="http://search.yahoo.com/mrss/"',
        ),
        ("Two herons", "On ice", "", "https://a.example/t"),
    ),
    "podcast with a title of its own alone": (
        rss(
            "<item><itunes:title>Short</itunes:title><itunes:category text='Sport'/><link>https://p.example/1</link>"
            "</item>",
            root='version="2.0" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"',
        ),
        ("Short", "", "Sport", "https://p.example/1"),
    ),
    "elements in a category and a link": (
        rss(
            "<item><title>T</title><link>https://a.example/t<x>u</x></link><category>News<x>Sub</x></category>"
            "<category>Old</category></item>"
        ),
        ("T", "", "News", "https://a.example/t"),
    ),
    "category in bold": (
        rss("<item><title>T</title><category><b>R &amp;amp; D</b></category></item>"),
        ("T", "", "R & D", ""),
    ),
    "enclosure with its address as text": (
        '<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>T</title><link rel="enclosure">https://a.example/t.mp3'
        '</link><link rel="alternate" href="https://a.example/t"/></entry></feed>',
        ("T", "", "", "https://a.example/t"),
    ),
    "enclosure alone": (
        '<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>T</title><link rel="enclosure">https://a.example/t.mp3'
        "</link></entry></feed>",
        ("T", "", "", "https://a.example/t.mp3"),
    ),
    "summary repeats the title": (
        rss(
            "<item><title>T</title><link>https://a.example/t</link><description>T</description><content:encoded>More"
            "</content:encoded></item>",
            root='xmlns:content="http://purl.org/rss/1.0/modules/content/"',
        ),
        ("T", "More", "", "https://a.example/t"),
    ),
    "raw html in the description": (
        rss(
            "<item><title>A <b>B</b>C</title><link>https://a.example/t</link><description><p>x</p><p>y</p></description></item>"
        ),
        ("A BC", "x y", "", "https://a.example/t"),
    ),
    "upper case": (
        "<RSS><CHANNEL><TITLE>Paper</TITLE><ITEM><TITLE>T</TITLE><LINK>https://a.example/t</LINK></ITEM></CHANNEL></RSS>",
        ("T", "", "", "https://a.example/t"),
    ),
    "xhtml body": (
        rss(
            "<item><title>T</title><link>https://a.example/t</link><body xmlns='http://www.w3.org/1999/xhtml'><p>B</p>"
            "</body></item>"
        ),
        ("T", "B", "", "https://a.example/t"),
    ),
    "chinese agency": (
        "\r\n<?xml version='1.0' encoding='utf-8'?>\r\n"
        + rss("<item><title><![CDATA[ 新华社 消息 ]]></title><link>https://x.example/c_1.htm</link></item>").split(
            "?>"
        )[1],
        ("新华社 消息", "", "", "https://x.example/c_1.htm"),
    ),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_an_item_of_this_shape_is_read(shape):
    text, expected = SHAPES[shape]
    article = only(parse(text))
    assert (article.title, article.abstract, article.category, article.url) == expected


@pytest.mark.parametrize("link", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "java&#10;script:x"])
def test_a_link_that_is_no_web_address_is_dropped_and_the_item_kept(link):
    feed = parse(rss(f"<item><title>T</title><link>{link}</link></item>"))
    assert (only(feed).title, only(feed).url) == ("T", "")
    assert "no web address" in feed.warnings[0]


def test_an_article_of_the_future_counts_as_of_now_and_an_impossible_date_as_none():
    dates = [
        "Fri, 24 Nov 2028 10:00:00 GMT",
        "Tue, 24 Nov 2026 13:00:00 GMT",
        "31 Feb 2026",
        "Fri, 31 Dec 9999 00:00:00 GMT",
    ]
    items = "".join(
        f"<item><title>{number}</title><pubDate>{date}</pubDate></item>" for number, date in enumerate(dates)
    )
    feed = parse(rss(items))
    assert [article.published for article in feed.articles] == [NOW, NOW, None, None]
    written = [datetime(2028, 11, 24, 10, tzinfo=UTC), NOW + timedelta(hours=1), None, None]
    assert [item.article.published for item in feed.items] == written
    assert feed.warnings == ("2 items have a date that cannot be read: kept without it",)


def test_an_item_keeps_its_guid_and_equal_items_are_one():
    item = "<item><title>T</title><link>https://a.example/1</link><guid isPermaLink='false'> {} </guid></item>"
    feed = parse(rss(item.format("a") + item.format("b") + item.format("a")))
    assert [item.guid for item in feed.items] == ["a"]
    assert feed.items[0].article == only(feed)
    assert feed.warnings == ("2 items come twice: taken once",)


POPULARITY = 'xmlns:p="urn:edge-news:popularity" version="2.0"'


def test_popularity_of_an_rss_item():
    feed = parse(
        rss(
            "<item><title>T</title><p:shown>1200</p:shown><p:clicked>85</p:clicked><p:asOf>2026-11-24T08:00:00Z</p:asOf></item>",
            root=POPULARITY,
        )
    )
    popularity = only(feed).popularity
    assert popularity is not None
    assert (popularity.shown, popularity.clicked, popularity.as_of) == (1200, 85, datetime(2026, 11, 24, 8, tzinfo=UTC))


def test_popularity_of_a_json_item():
    extension = {"shown": 10, "clicked": 3, "as_of": "2026-11-24T08:00:00Z"}
    feed = parse(json.dumps({"items": [{"id": "1", "title": "T", "_edge_news": extension}]}))
    popularity = only(feed).popularity
    assert popularity is not None
    assert (popularity.shown, popularity.clicked) == (10, 3)


@pytest.mark.parametrize(
    "counts",
    [
        "<p:shown>5</p:shown><p:clicked>9</p:clicked><p:asOf>2026-11-24</p:asOf>",
        "<p:shown>-5</p:shown><p:clicked>-9</p:clicked><p:asOf>2026-11-24</p:asOf>",
        "<p:shown>many</p:shown><p:clicked>1</p:clicked><p:asOf>2026-11-24</p:asOf>",
        "<p:shown>5</p:shown><p:clicked>1</p:clicked>",
        "<p:shown>5</p:shown>",
        "<p:shown>" + "9" * 5000 + "</p:shown><p:clicked>1</p:clicked><p:asOf>2026-11-24</p:asOf>",
    ],
)
def test_counts_that_cannot_be_true_are_a_warning_and_the_article_stays(counts):
    feed = parse(rss(f"<item><title>T</title>{counts}</item>", root=POPULARITY))
    assert only(feed).popularity is None
    assert "popularity" in feed.warnings[0]


def test_an_id_of_a_json_feed_is_a_link_only_if_it_is_an_address():
    items = [
        {"id": "1", "content_text": "One"},
        {"id": "https://a.example/2", "content_text": "Two"},
        {"id": "3", "title": "Three", "attachments": [{"url": "https://a.example/3.mp3"}]},
    ]
    feed = parse(json.dumps({"version": "https://jsonfeed.org/version/1", "title": "J", "items": items}))
    assert [article.url for article in feed.articles] == ["", "https://a.example/2", "https://a.example/3.mp3"]


@pytest.mark.parametrize(
    ("link", "url"),
    [
        ('<link rel="self" href="https://a.example/1"/>', "https://a.example/1"),
        (
            '<link rel="http://www.iana.org/assignments/relation/alternate" href="https://a.example/1"/>',
            "https://a.example/1",
        ),
        ('<link xml:base="https://b.example/x/" href="1"/>', "https://b.example/x/1"),
        ('<link href="https://a.example/?a=1&amp;amp;b=2"/>', "https://a.example/?a=1&b=2"),
    ],
)
def test_an_entry_has_this_link(link, url):
    entry = f"<entry><title>T</title><id>urn:1</id>{link}</entry>"
    assert only(parse(f'<feed xmlns="http://www.w3.org/2005/Atom">{entry}</feed>')).url == url


@pytest.mark.parametrize(
    ("channel", "url"),
    [
        ("<link>https://paper.example/blog/</link>", "https://paper.example/blog/rain"),
        ("<link>/blog/</link>", "https://news.example/blog/rain"),  # itself relative to the feed
        ("", "https://news.example/2026/rain"),
        ("<link>javascript:x</link>", "https://news.example/2026/rain"),
    ],
)
@pytest.mark.parametrize("root", ["rss", "rdf:RDF"])
def test_relative_links_of_rss_are_relative_to_its_site(root, channel, url):
    text = (
        f"<{root}><channel><title>P</title>{channel}<item><title>T</title><link>rain</link></item></channel></{root}>"
    )
    assert only(parse(text, "https://news.example/2026/feed")).url == url


def test_relative_links_of_rss_are_relative_to_its_base_if_it_gives_one():
    items = "<item><title>A</title><link>1</link></item><item xml:base='x/'><title>B</title><link>1</link></item>"
    text = rss(items, "<link>https://paper.example/</link>", "xml:base='https://b.example/'")
    text = text.replace("<channel>", "<channel xml:base='c/'>")
    assert [article.url for article in parse(text).articles] == ["https://b.example/c/1", "https://b.example/c/x/1"]


def test_relative_links_of_atom_are_relative_to_the_feed_unless_its_host_has_feeds_alone():
    text = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><link href="https://paper.example/"/><entry><title>T</title>'
        '<link href="rain"/></entry></feed>'
    )
    assert only(parse(text, "https://news.example/2026/feed")).url == "https://news.example/2026/rain"
    assert only(parse(text, "https://feeds.feedburner.com/paper")).url == "https://paper.example/rain"


@pytest.mark.parametrize("namespace", ['xmlns="http://www.w3.org/2005/Atom"', ""])
@pytest.mark.parametrize(
    ("title", "source"),
    [
        ("<title>Ana’s log</title>", "Ana’s log"),
        ('<title type="html">Ana &amp;amp; &lt;b&gt;Bo&lt;/b&gt;</title>', "Ana & Bo"),
        ("", "Planet"),
        ("<title/>", "Planet"),
    ],
)
def test_the_source_of_an_entry_is_the_feed_that_a_planet_has_it_from(namespace, title, source):
    of = f'<source><id>urn:ana</id>{title}<link href="https://ana.example/"/><updated>2020-01-01</updated></source>'
    entry = f"<entry><title>Fog</title>{of}<link href='https://a.example/1'/><updated>2026-11-24</updated></entry>"
    article = only(parse(f"<feed {namespace}><title>Planet</title>{entry}</feed>"))
    assert (article.source, article.title, article.url) == (source, "Fog", "https://a.example/1")
    assert article.published == datetime(2026, 11, 24, tzinfo=UTC)


def test_the_source_of_an_item_is_whom_an_aggregator_has_it_from():
    item = '<item><title>T - Gazette</title><source url="https://g.example">Gazette</source></item>'
    feed = parse(rss(item + "<item><title>U</title></item>"))
    assert [article.source for article in feed.articles] == ["Gazette", "Paper"]


def test_the_source_of_a_feed_without_title_is_its_host():
    assert only(parse(rss("<item><title>T</title></item>", channel=""))).source == "news.example"


def real_feeds() -> list[dict[str, str]]:
    index = REAL_FEEDS / "INDEX.tsv"
    if not index.exists():
        return []
    with index.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


@pytest.mark.skipif(not real_feeds(), reason="the real feeds are not beside the repository")
@pytest.mark.parametrize("row", real_feeds(), ids=lambda row: row["file"])
def test_a_real_feed_gives_the_articles_a_person_counts(row):
    feed = parse((REAL_FEEDS / row["file"]).read_bytes())
    articles = feed.articles
    assert len(articles) == int(row["items"])
    assert len({article.article_id for article in articles}) == len(articles)
    assert sum(article.published is not None for article in articles) == int(row["with_date"])
    assert sum(bool(article.category) for article in articles) == int(row["with_category"])
    assert sum(bool(article.abstract) for article in articles) >= int(row["with_summary"])
    for article in articles:
        assert article.title and not re.search(r"</?[a-zA-Z]|&#?\w+;|Ã|â€", article.title + article.abstract)
        assert article.url.startswith(("http://", "https://"))
    assert " ".join(feed.title.split()) == feed.title != ""
