"""Feeds that mean harm, and feeds that chance has broken: a typed error or what can be saved, in bounded time."""

from __future__ import annotations

import json
import random
import time
from datetime import UTC, datetime

import pytest

from edge_runtime.errors import FeedError
from edge_runtime.feeds.parse import ParsedFeed, parse_feed
from edge_runtime.feeds.plain_text import clean_text

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
URL = "https://news.example/feed.xml"
HEAD = '<rss version="2.0"><channel><title>Paper</title>'
ITEM = "<item><title>T</title><link>https://a.example/1</link></item>"
TAIL = "</channel></rss>"
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
ATTRIBUTES = " ".join(f'a{n}="1"' for n in range(100_000))


def fill(unit: str, size: int = 8_000_000) -> str:
    return unit * (size // len(unit))


# What comes out: the number of articles saved, or None where the feed is refused.
BOMBS = {
    "billion laughs": (f'<!DOCTYPE r [<!ENTITY l0 "ha">{LAUGHS}]>{HEAD}<item><title>&l9;</title></item>{TAIL}', None),
    "quadratic entity": (f'<!DOCTYPE r [<!ENTITY a "{"x" * 100_000}">]>{HEAD}{"&a;" * 10_000}{TAIL}', None),
    "texts without end": (f'<!DOCTYPE r [<!ENTITY a "{"x" * 200}">]>{HEAD}{"&a;" * 2_000_000}{TAIL}', None),
    "declarations": ("<!DOCTYPE r [" + fill('<!ENTITY a "x">'), None),
    "elements declared": ("<!DOCTYPE r [" + fill("<!ELEMENT a (b)>") + "]>" + HEAD + ITEM + TAIL, 1),
    "unclosed declaration": ("<!DOCTYPE r [" + fill('<!ATTLIST a "'), None),
    "external entity": (f'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>{HEAD}&x;{TAIL}', None),
    "external entity over http": (
        f'<!DOCTYPE r [<!ENTITY % x SYSTEM "http://127.0.0.1/"> %x;]>{HEAD}{ITEM}{TAIL}',
        None,
    ),
    "external document type": (f'<!DOCTYPE rss SYSTEM "http://127.0.0.1/x.dtd">{HEAD}{ITEM}{TAIL}', 1),
    "200,000 deep": (HEAD + ITEM + "<a>" * 200_000, 1),
    "200,000 deep at once": ("<a>" * 200_000, None),
    "100,000 attributes": (f"{HEAD}{ITEM}<item {ATTRIBUTES}/>{TAIL}", 1),
    "100,000 attributes at once": (f"<rss {ATTRIBUTES}/>", None),
    "a token of 50 MB": (f"{HEAD}{ITEM}<item><title>{'x' * 50_000_000}", 1),
    "a token of 8 MB": (f"{HEAD}{ITEM}<item><title>{'x' * 7_900_000}</title></item>{TAIL}", 2),
    "a name of 8 MB": (f"{HEAD}{ITEM}<{'x' * 7_900_000}/>{TAIL}", 1),
    "20,000 items": (HEAD + "".join(f"<item><title>{n}</title></item>" for n in range(20_000)) + TAIL, 2000),
    "one link 10,000 times": (
        HEAD + "".join(f"<item><title>{n}</title><link>https://a.example/</link></item>" for n in range(10_000)) + TAIL,
        2000,
    ),
    "brackets": ("[" * 1_000_000, None),
    "objects": ('{"a":' * 100_000, None),
    "arrays": ('{"items":[' + fill("[],") + "1]}", None),
    "long number": ('{"items":[{"title":"T","id":' + "1" * 1_000_000 + "}]}", 0),
    "processing instructions": (fill("<?>"), None),
    "conditional sections": (fill("<!["), None),
    "unclosed tags": (HEAD + ITEM + fill("<a "), 1),
    "unclosed values": (HEAD + ITEM + fill('<a b="'), 1),
    "ampersands": (f"{HEAD}{ITEM}<item><title>{fill('&')}</title></item>{TAIL}", 2),
    "unknown entities": (f"{HEAD}{ITEM}<item><title>x{fill('&nbsp;')}</title></item>{TAIL}", 2),
    "combining marks": (f"{HEAD}{ITEM}<item><title>a{chr(0x301) * 1_000_000}</title></item>{TAIL}", 2),
    "zeros": ("\0" * 8_000_000, None),
}


@pytest.mark.parametrize("bomb", BOMBS)
@pytest.mark.usefixtures("slow")
def test_a_bomb_is_refused_or_read_at_once(bomb):
    text, saved = BOMBS[bomb]
    data = text.encode()
    start = time.process_time()
    try:
        feed = parse_feed(data, URL, NOW)
    except FeedError:
        assert saved is None
    else:
        assert len(feed.articles) == saved
    # A busy machine takes half a second; a bomb that goes off would take minutes.
    assert time.process_time() - start < 5


@pytest.mark.parametrize(
    "unit",
    [
        pytest.param(
            "<item><title>b</title><description><![CDATA[" + "<b>" * 1300 + "]]></description></item>",
            marks=pytest.mark.long,
            id="inline tags",
        ),
        # The same way through the code as inline tags, and dearer.
        pytest.param(
            "<item><title>b</title><description><![CDATA[" + '<a b="">' * 500 + "]]></description></item>",
            id="quoted values",
        ),
        pytest.param(
            "<item><title>a</title><link>http://e.example/?" + "a=1&amp;" * 400 + "</link></item>", id="parameters"
        ),
        pytest.param("<a " + " ".join(f'xmlns:a{n}="u{n}"' for n in range(60)) + "/>", id="namespaces"),
    ],
)
@pytest.mark.usefixtures("slow")
def test_the_worst_that_fits_into_the_limits_takes_bounded_time(unit):
    start = time.process_time()
    parse_feed((HEAD + fill(unit) + TAIL).encode(), URL, NOW)
    assert time.process_time() - start < 5


SEEDS = [
    (
        f'<?xml version="1.0" encoding="utf-8"?>{HEAD}<language>en</language>{ITEM}'
        "<item><title><![CDATA[Zwölf & <b>mehr</b>]]></title>"
        '<link>https://a.example/2?a=1&amp;b=2</link><guid isPermaLink="false">2</guid><category>x</category>'
        "<description>&lt;p&gt;Grüße&lt;/p&gt;</description><pubDate>Tue, 24 Nov 2026 10:00:00 +0100</pubDate></item>"
        f"{TAIL}"
    ),
    (
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="fr" xml:base="https://a.example/"><title>Été</title>'
        '<entry><id>urn:1</id><title type="html">A &amp;amp; B</title><link href="1"/><updated>2026-11-24T10:00:00Z'
        '</updated><content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>x</p></div></content></entry></feed>'
    ),
    (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>R</title></channel><item rdf:about="https://a.example/1">'
        "<title>日本</title><dc:date>2026-11-24</dc:date></item></rdf:RDF>"
    ),
    json.dumps(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "title": "J",
            "items": [
                {
                    "id": "1",
                    "title": "\ud83d\ude00",
                    "content_html": "<p>x</p>",
                    "tags": ["a"],
                    "date_published": "2026-11-24",
                },
                {"id": 2, "content_text": "y", "_edge_news": {"shown": 3, "clicked": 1, "as_of": "2026-11-24"}},
            ],
        }
    ),
]
SPLICES = [
    b"<", b">", b"&", b"]]>", b"<![CDATA[", b"<!--", b"</item>", b"<item>", b"<entry>", b"\x00", b"\xff",
    b"\xef\xbb\xbf", b"\xed\xa0\x80", b"&#xD800;", b"&#0;", b"&nbsp;", b'"', b"'", b'xmlns=""', b'xmlns:dc="x"',
    b"9" * 40, b"{", b"[", b"null", b"NaN", b"1e999", b"\\ud800", b"http://[", b"javascript:", b"//", b"</", b"/>",
    b"<rss>", b"<feed>", b"%00", b"?", b"-1",
]  # fmt: skip


def mutate(data: bytes, rng: random.Random) -> bytes:
    for _ in range(rng.choice([1, 1, 2, 4, 16])):
        place = rng.randrange(len(data) + 1)
        end = min(len(data), place + rng.choice([0, 1, 5, 50]))
        kind = rng.randrange(6)
        if kind == 0:
            data = data[:place] + rng.choice(SPLICES) + data[end:]
        elif kind == 1:
            data = data[:place] + data[end:]
        elif kind == 2:
            data = data[:place] + data[place:end] * rng.choice([2, 30]) + data[end:]
        elif kind == 3:
            data = data[:place] + bytes([rng.randrange(256)]) + data[place + 1 :]
        elif kind == 4:
            data = data[:place]
        else:
            other = rng.choice(SEEDS).encode("utf-8", "replace")
            start = rng.randrange(len(other))
            data = data[:place] + other[start : start + 60] + data[end:]
    return data


def check(feed: ParsedFeed) -> None:
    assert len({article.article_id for article in feed.articles}) == len(feed.articles)
    for article in feed.articles:
        assert article.title or article.abstract
        assert article.url == "" or article.url.startswith(("http://", "https://"))
        for text in (article.title, article.abstract, article.category, article.source):
            assert text == clean_text(text)
            assert len(text.encode()) < 4000
        assert article.published is None or article.published.utcoffset() is not None


def test_mutated_feeds_give_articles_or_a_feed_error(rounds):
    rng, count = random.Random(1), rounds(400, 20_000)
    start = time.process_time()
    for _ in range(count):
        data = mutate(rng.choice(SEEDS).encode(rng.choice(["utf-8", "utf-8", "utf-16", "cp1252"]), "replace"), rng)
        try:
            check(
                parse_feed(data, rng.choice([URL, "", "http://["]), NOW, rng.choice(["", "text/xml; charset=cp1252"]))
            )
        except FeedError:
            continue
    assert time.process_time() - start < count * 0.02
