"""The article page without Kivy: what its feed gives, and where its links stand."""

from __future__ import annotations

import pytest

from edge_runtime import Article, Block, BlockKind, LinkSpan, parse_feed
from edge_runtime.screens.article import Link, article_page, text_block

FEED = """<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>News</title>
<item><title>Whole</title><guid>1</guid><link>https://example.org/1</link><description>Rain.</description>
<content:encoded>{html}</content:encoded></item></channel></rss>"""
HTML = (
    "&lt;h2&gt;Rain&lt;/h2&gt;&lt;p&gt;It fell \U0001f327 on &lt;a href='/map'&gt;us&lt;/a&gt;.&lt;/p&gt;"
    "&lt;p&gt;\U0001f389&lt;/p&gt;"
)


def page_of(session, now, html=HTML):
    session.reader.add_feed(parse_feed(FEED.format(html=html).encode(), "https://example.org/feed", now), "feed", now)
    (article_id,) = (article.article_id for article in session.reader.latest(9) if article.title == "Whole")
    return article_page(session, now, article_id)


def test_the_whole_text_of_the_feed_is_shown_without_emoji(session, now):
    page = page_of(session, now)
    assert [(block.kind, block.text) for block in page.blocks] == [
        (BlockKind.HEADING, "Rain"),
        (BlockKind.PARAGRAPH, "It fell on us."),
    ]
    assert page.blocks[1].links == (Link(11, 13, "https://example.org/map"),)
    assert not page.excerpt and page.url == "https://example.org/1"


def test_an_abstract_says_that_it_is_one(session, now):
    session.reader.add([Article("short", "Short", "Only\nthis.", published=now)], now)
    page = article_page(session, now, "short")
    assert " ".join(page.blocks[0].text.split()) == "Only this."
    assert page.excerpt and not page.link


def test_two_megabytes_are_cut_and_say_so(session, now):
    page = page_of(session, now, "word " * 400_000)
    assert sum(len(block.text) for block in page.blocks) < 70_000 and page.excerpt


def test_links_stay_at_their_words_when_emoji_before_them_go(tr):
    block = Block(BlockKind.PARAGRAPH, "\U0001f600\U0001f600ab cd \U0001f600", (LinkSpan(2, 4, 1), LinkSpan(5, 7, 2)))
    shown = text_block(block, ["https://example.org", "javascript:alert(1)"], tr)
    assert shown.text == "ab cd"
    assert shown.links == (Link(0, 2, "https://example.org"),)  # the other is no web address


@pytest.mark.parametrize("url", ["", "javascript:alert(1)", "intent://scan/#Intent;end", "http://[x"])
def test_only_web_addresses_are_offered(session, now, url):
    session.reader.add([Article("odd", "Odd", url=url, published=now)], now)
    page = article_page(session, now, "odd")
    assert (page.url, page.link) == ("", "")
