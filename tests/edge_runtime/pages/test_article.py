from __future__ import annotations

from datetime import timedelta

from edge_runtime.feeds.full_text import Block, BlockKind
from edge_runtime.pages.article import ArticlePage, article_page


def page_of(reader, make_article, now, *, abstract: str = "", html: str = "") -> ArticlePage:
    article = make_article("a", "Rain", source="Example", abstract=abstract, url="https://example.org/a")
    reader.add([article], now)
    reader._cache.put_contents({"a": html})
    return article_page(reader, "a", now)


def test_a_page_has_the_text_of_the_feed_with_its_links(reader, make_article, now):
    page = page_of(
        reader, make_article, now, abstract="It rains. And…", html="<p>It rains.<p>And <a href='/b'>pours</a>."
    )
    assert (page.title, page.byline, page.url) == ("Rain", "Example · 3 h", "https://example.org/a")
    assert (page.source, page.topic, page.published) == ("Example", "", now - timedelta(hours=3))
    assert [block.text for block in page.blocks] == ["It rains.", "And pours."]
    assert page.links == ("https://example.org/b",)
    assert not page.is_excerpt


def test_an_abstract_alone_is_all_that_the_feed_gives(reader, make_article, now):
    page = page_of(reader, make_article, now, abstract="It rains.")
    assert page.blocks == (Block(BlockKind.PARAGRAPH, "It rains."),) and page.is_excerpt
    assert page_of(reader, make_article, now).blocks == ()


def test_a_text_that_says_less_than_the_abstract_gives_way_to_it(reader, make_article, now):
    page = page_of(reader, make_article, now, abstract="It rains in the hills.", html="<a href='/c'>Comments</a>")
    assert [block.text for block in page.blocks] == ["It rains in the hills."]
    assert page.links == () and page.is_excerpt


def test_a_text_that_was_cut_says_so(reader, make_article, now):
    assert page_of(reader, make_article, now, html="<p>It rains in the […]</p>").is_excerpt
    assert page_of(reader, make_article, now, html="<p>It rains. </p>" * 5_000).is_excerpt
    assert not page_of(reader, make_article, now, html="<p>It rains. </p>").is_excerpt
