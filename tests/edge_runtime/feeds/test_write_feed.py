"""What is written is read back: the same articles, whatever is in their texts, and as other programs want it."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_runtime import Article, demo_articles, parse_feed
from edge_runtime.feeds.plain_text import clean_text
from edge_runtime.feeds.write_feed import FeedEntry, write_atom, write_json_feed

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
ATOM = "{http://www.w3.org/2005/Atom}"
RAIN = Article(
    "a1",
    "Rain & sun: “5 > 3”",
    "It rains 'again'; AT&T, too",
    "food & drink",
    "The Daily <x",
    "https://example.org/a?b=1&c=2",
    "en",
    datetime(2026, 11, 24, 9, 30, tzinfo=UTC),
)
WRITERS = [lambda entries: write_atom(entries, NOW), write_json_feed]


def comparable(articles):
    """Without what a feed does not carry: ids of another cache, and counts."""
    return [replace(one, article_id="", popularity=None) for one in articles]


def read_back(data: bytes):
    feed = parse_feed(data, "file:///feed", NOW)
    assert feed.warnings == ()
    return comparable(feed.articles)


@pytest.mark.parametrize("write", WRITERS)
def test_a_cache_is_read_back_as_it_was(write):
    # In whole seconds, as a cache keeps them.
    articles = [replace(one, published=one.published.replace(microsecond=0)) for one in demo_articles(NOW)]
    assert len(articles) > 200
    assert read_back(write([FeedEntry(one) for one in articles])) == comparable(articles)
    assert read_back(write([FeedEntry(RAIN)])) == comparable([RAIN])


@pytest.mark.parametrize("write", WRITERS)
@pytest.mark.parametrize("missing", ["abstract", "category", "source", "url", "language", "title"])
def test_what_is_missing_stays_missing(write, missing):
    article = replace(RAIN, **{missing: ""})
    (back,) = read_back(write([FeedEntry(article)]))
    # Whoever reads a feed takes its title as the source of an article that has none.
    assert back == replace(article, article_id="", source=article.source or "edge-news")


def test_an_article_without_a_date_has_the_time_of_writing_in_atom_alone():
    undated = FeedEntry(replace(RAIN, published=None))
    assert read_back(write_atom([undated], NOW))[0].published == NOW
    assert read_back(write_json_feed([undated]))[0].published is None


# Our own parser mends what was escaped or encoded once too often, and takes such texts for that.
LATIN_1 = "".join(map(chr, range(0x80, 0x100)))
TEXTS = st.text(st.characters(exclude_characters=f"<&{LATIN_1}"), min_size=1, max_size=80)


@pytest.mark.parametrize("write", WRITERS)
@given(title=TEXTS, abstract=TEXTS)
def test_any_text_is_read_back_as_it_is_shown(write, title, abstract):
    title, abstract = clean_text(title), clean_text(abstract)
    if title and abstract and title != abstract:
        (back,) = read_back(write([FeedEntry(replace(RAIN, title=title, abstract=abstract))]))
        assert (back.title, back.abstract) == (title, abstract)


def test_atom_has_what_its_standard_wants():
    feed = ET.fromstring(write_atom([FeedEntry(RAIN, "You often read food")], NOW))
    (entry,) = feed.findall(f"{ATOM}entry")
    for element in (feed, entry):
        assert element.find(f"{ATOM}id").text.startswith("urn:uuid:")
        assert element.find(f"{ATOM}title").text and element.find(f"{ATOM}updated").text.endswith("Z")
        assert element.find(f"{ATOM}author/{ATOM}name").text
    assert entry.find(f"{ATOM}summary").text == f"{RAIN.abstract}\n\nYou often read food"
    assert entry.find(f"{ATOM}link").attrib == {"rel": "alternate", "href": RAIN.url}
    assert entry.find(f"{ATOM}category").attrib == {"term": RAIN.category}


def test_json_feed_has_what_its_standard_wants():
    feed = json.loads(write_json_feed([FeedEntry(RAIN, "New"), FeedEntry(Article("a2", "Sun"))]))
    assert feed["version"] == "https://jsonfeed.org/version/1.1" and feed["title"]
    rain, sun = feed["items"]
    assert rain["content_text"] == f"{RAIN.abstract}\n\nNew" and rain["summary"] == RAIN.abstract
    assert rain["date_published"] == "2026-11-24T09:30:00Z" and rain["authors"] == [{"name": RAIN.source}]
    assert sun.keys() == {"id", "title", "content_text"} and sun["content_text"] == "Sun"


@pytest.mark.parametrize("write", WRITERS)
def test_an_article_keeps_its_id_and_no_two_share_one(write):
    def ids(data: bytes) -> list[str]:
        if data.startswith(b"<"):
            return [entry.find(f"{ATOM}id").text for entry in ET.fromstring(data).findall(f"{ATOM}entry")]
        return [item["id"] for item in json.loads(data)["items"]]

    one, two = FeedEntry(RAIN, "New"), FeedEntry(replace(RAIN, article_id="a2"))
    assert len(set(ids(write([one, two])))) == 2
    assert ids(write([FeedEntry(replace(RAIN, title="Changed"))])) == ids(write([one]))
