"""Full texts in the cache: they come back as they were, within bounds, and go before articles do."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge_runtime.storage.articles import ArticleCache, quantize_vectors
from edge_runtime.storage.contents import MAX_CONTENT_BYTES, MAX_CONTENT_CHARS, Content
from edge_runtime.types import Article

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def one(tmp_path_factory):
    """A cache with the article "a" alone."""
    opened = ArticleCache(tmp_path_factory.mktemp("data") / "cache.db")
    put(opened, "a")
    yield opened
    opened.close()


@pytest.fixture
def cache(tmp_path):
    opened = ArticleCache(tmp_path / "cache.db")
    yield opened
    opened.close()


def put(cache: ArticleCache, *ids: str) -> None:
    """Articles, the first the oldest."""
    articles = [Article(name, name, published=NOW + timedelta(seconds=n)) for n, name in enumerate(ids)]
    cache.put(articles, quantize_vectors(np.ones((len(ids), 4), np.float32)), "bundle", NOW)


def noise(chars: int, seed: int) -> str:
    """Text that hardly shrinks: one byte a character."""
    return random.Random(seed).randbytes(chars).decode("latin-1")


@given(st.text(min_size=1, max_size=300))
@settings(deadline=None)
def test_a_text_comes_back_as_it_was(one, html):
    one.put_contents({"a": html, "nobody": html})
    assert one.content("a") == Content(html.encode("utf-8", "replace").decode())
    assert one.content("nobody") == Content()


def test_an_empty_text_takes_no_others_place(one):
    one.put_contents({"a": "<p>Rain.</p>"})
    one.put_contents({"a": ""})
    assert one.content("a").html == "<p>Rain.</p>"


def test_what_is_too_long_is_cut_and_says_so(one):
    one.put_contents({"a": "x" * (MAX_CONTENT_CHARS - 1)})
    assert not one.content("a").is_cut
    one.put_contents({"a": "x" * MAX_CONTENT_CHARS})  # as a parser leaves what it has cut
    assert one.content("a").is_cut
    characters = random.Random(0)
    dense = "".join(chr(0x4E00 + characters.randrange(20_000)) for _ in range(60_000))
    one.put_contents({"a": dense})
    assert one.content("a").is_cut and dense.startswith(one.content("a").html)
    assert 0.8 * MAX_CONTENT_BYTES < one.content_bytes() <= MAX_CONTENT_BYTES


def test_a_text_that_cannot_be_read_any_more_is_none(one):
    one._db.execute("UPDATE contents SET html = x'00'")
    assert one.content("a") == Content()


def test_a_text_goes_with_its_article(cache):
    put(cache, "a", "b")
    cache.put_contents({"a": "<p>A</p>", "b": "<p>B</p>"})
    cache.remove(["a"])
    assert cache.content("a") == Content()
    cache.evict([], max_articles=0)
    assert cache.content_bytes() == 0


def test_texts_of_the_oldest_go_before_any_article_and_those_of_saved_ones_never(cache, tmp_path):
    ids = [f"{n:02}" for n in range(40)]
    put(cache, *ids)
    cache.put_contents({name: noise(20_000, n) for n, name in enumerate(ids)})
    assert (tmp_path / "cache.db").stat().st_size > 800_000
    assert cache.evict(["00"], max_bytes=400_000) == []
    assert (tmp_path / "cache.db").stat().st_size <= 360_000
    left = [name for name in ids if cache.content(name).html]
    assert left[0] == "00" and left[1:] == ids[-len(left) + 1 :] and 6 < len(left) < 20
    assert cache.count() == 40
    cache.evict(["00"], max_content_bytes=0)
    assert [name for name in ids if cache.content(name).html] == ["00"]
