"""Searching the cache of a reader."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge_runtime import Article, ListFilter, Reader
from edge_runtime.content.compare_text import fold
from edge_runtime.content.search_query import SearchQuery

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
WORDS = [
    "rain",
    "Köln",
    "STRASSE",
    "Straßenbahn",
    "北京",
    "東京の電車",
    "ทะเล",
    "मौसम",
    "أحمد",
    "iPhone™",
    "covid‑19",
    "İl",
]


@pytest.fixture(scope="module")
def stocked(tmp_path_factory):
    with Reader.open(tmp_path_factory.mktemp("search") / "data") as reader:
        articles = [
            Article(
                f"a{n}",
                f"{WORDS[n % 12]} {WORDS[n * 5 % 11]} {n}",
                f"{WORDS[n * 7 % 12]}, {WORDS[n // 3 % 12]}",
                source=WORDS[n // 2 % 12],
                published=NOW - timedelta(hours=n),
            )
            for n in range(80)
        ]
        reader.add(articles, NOW)
        yield reader


pieces = st.sampled_from([*WORDS, "koln", "strasse", "bahn", "京", "เล", "احمد", "19", "phone", "nowhere"])
terms = st.tuples(st.sampled_from(["", "", "-"]), pieces).map("".join)


@settings(deadline=None, max_examples=60)
@given(st.lists(terms, max_size=3))
def test_a_search_finds_what_a_look_at_each_article_finds_newest_first(stocked, terms):
    def has(article: Article, word: str) -> bool:
        return any(fold(word) in fold(text) for text in (article.source, article.title, article.abstract))

    expected = [
        article
        for article in stocked.latest()
        if terms and all(has(article, term.removeprefix("-")) != term.startswith("-") for term in terms)
    ]
    found = stocked.find(" ".join(terms), NOW, limit=100)
    assert [one.article for one in found.articles] == expected
    first = stocked.find(" ".join(terms), NOW, limit=5)
    assert (first.articles, first.total) == (found.articles[:5], len(expected))


def test_the_best_are_first_where_that_is_asked_for(full, now):
    found = full.find("the", now, 200, newest_first=False)
    scores = [one.score for one in found.articles]
    assert scores == sorted(scores, reverse=True) and len(scores) == found.total > 20
    assert full.search("the", now, 200, teach=False) == list(found.articles)


def test_a_query_teaches_only_where_it_is_told_to(full, now):
    before = full.feed(now)
    full.find("travel", now)
    full.search("travel", now, teach=False)
    assert full.feed(now) == before and full.profile().searches == ()
    full.find("travel", now, teach=True)
    assert [search.query for search in full.profile().searches] == ["travel"]


def test_a_search_goes_through_a_filter(full, now):
    where = ListFilter(topics=("food",), since=now - timedelta(days=2))
    expected = [one for one in full.latest(where=where) if "the" in fold(f"{one.title} {one.abstract}")]
    assert [one.article for one in full.find("the", now, 99, where).articles] == expected


def test_a_changed_article_is_found_by_its_new_text_alone_and_one_that_is_gone_by_none(reader, make_article, now):
    reader.add([make_article("a", "Rain again"), make_article("b", "Rain in the north")], now)
    reader.add([make_article("a", "Sun at last")], now)
    assert [reader.find(query, now).total for query in ("again", "sun", "rain")] == [0, 1, 1]
    reader.erase_everything()
    assert reader._cache.matching(SearchQuery.parse("rain")) == set()
