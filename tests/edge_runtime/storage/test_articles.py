"""The article cache on real SQLite files: what is kept of an article, what is found, and what goes first."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge_runtime.content.title_words import WORDS_KEPT
from edge_runtime.content.topic_shares import packed
from edge_runtime.errors import StorageError, UnknownArticleError
from edge_runtime.storage.article_schema import MIGRATIONS
from edge_runtime.storage.articles import Analysed, ArticleCache, quantize_vectors
from edge_runtime.storage.database import open_database
from edge_runtime.types import Article, Popularity

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
DIM = 4


@pytest.fixture
def cache(tmp_path):
    opened = ArticleCache(tmp_path / "cache.db")
    yield opened
    opened.close()


def put(cache: ArticleCache, *articles: Article, now: datetime = NOW, analysed: list[Analysed] | None = None) -> None:
    vectors = quantize_vectors(np.array([[1, 0.5, 0, -1]] * len(articles), np.float32).reshape(-1, DIM))
    cache.put(articles, vectors, "bundle", now, analysed)


def aged(article_id: str, age_h: float, **fields: str) -> Article:
    return Article(article_id, f"Title of {article_id}", published=NOW - timedelta(hours=age_h), **fields)


def left_in(cache: ArticleCache) -> set[str]:
    return set(cache.rows(DIM).article_ids)


def ids(articles: list[Article]) -> list[str]:
    return [article.article_id for article in articles]


def test_rows_hold_what_ranking_needs_in_order_of_arrival(cache):
    told = Article("b", "Sun", category="weather", source="Daily", popularity=Popularity(100, 7, NOW))
    put(cache, told, now=NOW - timedelta(hours=5))
    put(
        cache,
        aged("a", 2, category="Wetter"),
        analysed=[Analysed("weather", 0.75, "storm", ("rain", "heavy rain"))],
    )
    rows = cache.rows(DIM)
    assert rows.article_ids == ["b", "a"]
    assert rows.titles == ["Sun", "Title of a"]
    assert (rows.categories, rows.topics) == (["weather", "Wetter"], ["weather", "weather"])
    assert (rows.sources, rows.stories) == (["Daily", ""], ["", "storm"])
    np.testing.assert_array_equal(NOW.timestamp() - rows.published_s, [5 * 3600, 2 * 3600])
    np.testing.assert_array_equal(NOW.timestamp() - rows.added_s, [5 * 3600, 0])
    np.testing.assert_array_equal([rows.shown, rows.clicked], [[100, 0], [7, 0]])
    # int8 with one scale a row: half a step of 1 / 127 at most
    np.testing.assert_allclose(rows.vectors, [[1, 0.5, 0, -1]] * 2, atol=0.5 / 127 + 1e-6)
    with pytest.raises(StorageError, match="vectors of another bundle"):
        cache.rows(DIM + 1)


def test_a_row_is_repeated_with_other_vectors(cache):
    put(cache, aged("a", 1, source="x"), aged("b", 2, source="y"))
    vectors = np.eye(3, DIM, dtype=np.float32)
    words = np.ones((3, WORDS_KEPT), np.int16)
    rows = cache.rows(DIM).repeated(1, vectors, words)
    assert (rows.article_ids, rows.sources) == (["b"] * 3, ["y"] * 3)
    assert rows.vectors.codes is vectors
    assert rows.words is words
    np.testing.assert_array_equal(NOW.timestamp() - rows.published_s, [2 * 3600] * 3)


def test_an_empty_cache_has_empty_rows(cache):
    rows = cache.rows(DIM)
    assert (rows.article_ids, rows.vectors.shape, rows.published_s.shape) == ([], (0, DIM), (0,))
    assert (cache.count(), cache.evict([]), cache.search("rain", 5)) == (0, [], [])


def test_putting_again_changes_text_and_analysis_but_not_arrival_and_counts(cache):
    made = Analysed("weather", 0.5, "storm", ("rain",))
    put(cache, Article("a", "Rain", popularity=Popularity(10, 1, NOW)), analysed=[made])
    assert cache.analysed(["a"]) == [made]
    put(cache, Article("a", "Sun", popularity=Popularity(20, 2, NOW)), now=NOW + timedelta(hours=1))
    assert cache.get(["a"]) == [Article("a", "Sun", popularity=Popularity(10, 1, NOW))]
    assert cache.analysed(["a"]) == [Analysed()]
    assert cache.rows(DIM).added_s[0] == NOW.timestamp()
    cache.put_counts([Article("a", "Sun", popularity=Popularity(20, 2, NOW))])
    assert cache.known(["a", "gone"]) == {"a": Article("a", "Sun", popularity=Popularity(20, 2, NOW))}


def test_another_bundle_brings_vectors_topics_and_keywords_and_leaves_story_and_feed(cache):
    put(cache, aged("a", 1), aged("b", 1), analysed=[Analysed("x", 0.5, "storm", ("rain",))] * 2)
    stale = cache.stale("other")
    assert ids(stale) == ["a", "b"] and cache.stale("bundle") == []
    vectors = quantize_vectors(np.ones((2, 2), np.float32))
    (others,) = packed(np.array([[3, 0, 20_000, 0]], np.uint16))
    made = Analysed("y", 0.75, "ignored", ("sun",), other_topics=others)
    cache.replace_vectors(stale, vectors, "other", [made] * 2)
    assert cache.analysed(["b"]) == [Analysed("y", 0.75, "storm", ("sun",), other_topics=others)]
    assert cache.rows(2).other_topics.tolist() == [[3, 0, 20_000, 0]] * 2
    assert cache.rows(2).vectors[:].tolist() == [[1, 1], [1, 1]]
    assert cache.stale("other") == []


def test_of_articles_that_came_before_there_were_other_topics_there_are_none(tmp_path):
    old = open_database(tmp_path / "cache.db", MIGRATIONS[:11])
    with old:
        old.execute(
            "INSERT INTO articles (article_id, title, abstract, category, source, url, language, added, codes, scale, "
            "bundle, topic, topic_probability) VALUES ('a', 'Rain', '', '', '', '', '', 0, ?, 1, 'bundle', 'x', 0.6)",
            (bytes(DIM),),
        )
    old.close()
    with closing(ArticleCache(tmp_path / "cache.db")) as cache:
        assert cache.rows(DIM).other_topics.tolist() == [[0, 0, 0, 0]]
        assert cache.analysed(["a"]) == [Analysed("x", 0.6)]


def test_stories_are_set_and_articles_removed_by_id(cache):
    put(cache, aged("a", 1), aged("b", 1), aged("c", 1))
    cache.put([], [], "bundle", NOW, [], {"a": "storm", "c": "storm", "gone": "storm"})
    assert cache.rows(DIM).stories == ["storm", "", "storm"]
    cache.remove(["b", "gone"])
    assert cache.rows(DIM).article_ids == ["a", "c"]
    with pytest.raises(UnknownArticleError, match="no article 'b'"):
        cache.analysed(["b"])


SEARCHED = [
    Article("1", "Straßenbahn fährt wieder", "Die Linie 5 in Köln", published=NOW - timedelta(hours=1)),
    Article("2", "地震で東京の電車が止まる", published=NOW - timedelta(hours=2)),
    Article("3", "COVID-19: İstanbul’s schools reopen", "Ｆｕｌｌ width", published=NOW - timedelta(hours=3)),
    Article("4", "Köln gewinnt", "Ein Tor in der Straße", published=NOW - timedelta(hours=4)),
    Article("5", "Người Việt", "100%_sure", published=None),
]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("köln", ["1", "4"]),
        ("KOLN strasse", ["1", "4"]),
        ("bahn", ["1"]),  # within a compound
        ("köln tor", ["4"]),
        ("köln regen", []),
        ("地震", ["2"]),
        ("東京 電車", ["2"]),
        ("震地", []),
        ("istanbul's", ["3"]),
        ("covid-19 full", ["3"]),
        ("nguoi viet", ["5"]),
        ("%_", ["5"]),
        ("%", ["5"]),
        ("  ", []),
    ],
)
def test_search_finds_all_words_whatever_their_case_accents_and_script(cache, query, found):
    put(cache, *SEARCHED[::-1], now=NOW - timedelta(hours=5))
    assert ids(cache.search(query, 10)) == found


def test_search_looks_in_the_content_that_it_was_given(cache):
    put(cache, aged("a", 1), aged("b", 2))
    plain = {"a": "Ein langer Text über Köln und mehr", "nowhere": "Köln"}
    cache.put_contents(dict.fromkeys(plain, "<p>HTML"), plain)
    assert ids(cache.search("koln und", 10)) == ["a"]
    put(cache, aged("a", 3))  # as of a feed that tells it anew
    assert ids(cache.search('"koln und"', 10)) == ["a"]
    assert cache.search("html", 10) == []
    cache.remove(["a"])
    assert cache.search("koln", 10) == []


def test_search_gives_the_newest_first_and_no_more_than_asked_for(cache):
    put(cache, *(aged(str(age), age) for age in (3, 1, 2)))
    assert ids(cache.search("title", 2)) == ["1", "2"]


def test_search_gives_whole_articles_of_a_large_cache_in_order(cache):
    articles = [aged(str(age), age) for age in range(300)]
    put(cache, *articles)
    assert cache.search("title", 1000) == articles
    assert cache.search("title", 150) == articles[:150]


def test_the_oldest_are_evicted_by_publishing_or_earlier_arrival_and_kept_ones_never(cache):
    put(cache, aged("saved", 100), aged("old", 50), now=NOW)
    put(cache, Article("undated", "t"), aged("future", -10_000), now=NOW - timedelta(hours=20))
    put(cache, aged("new", 1))
    gone = []
    while evicted := cache.evict(["saved"], max_articles=cache.count() - 1):
        gone += evicted
    assert gone == ["old", "undated", "future", "new"]
    assert left_in(cache) == {"saved"}


def test_a_cache_with_too_many_is_made_smaller_by_some_for_that_to_be_rare(cache, monkeypatch):
    monkeypatch.setattr("edge_runtime.storage.articles.FEWER", 0.6)
    cache.max_articles = 10
    put(cache, *(aged(str(age), age) for age in range(10)))
    assert cache.evict([], max_articles=10) == []
    put(cache, aged("10", 10))
    assert cache.evict(["9"], max_articles=10) == ["10", "8", "7", "6", "5"]
    assert left_in(cache) == {"0", "1", "2", "3", "4", "9"}


@given(st.lists(st.integers(0, 50), max_size=60), st.integers(0, 60), st.sets(st.integers(0, 59)))
@settings(max_examples=10, deadline=None)
def test_eviction_leaves_the_newest_and_the_kept(tmp_path_factory, ages, most, kept):
    cache = ArticleCache(tmp_path_factory.mktemp("data") / "cache.db")
    put(cache, *(aged(str(number), age) for number, age in enumerate(ages)))
    keep = {str(number) for number in kept}
    evicted = len(cache.evict(keep, max_articles=most))
    left = left_in(cache)
    others = {str(number) for number in range(len(ages))} - keep
    assert evicted == min(max(len(ages) - most, 0), len(others)) == len(ages) - len(left)
    assert keep & {str(number) for number in range(len(ages))} <= left
    youngest_gone = min((ages[int(name)] for name in others - left), default=50)
    assert all(ages[int(name)] <= youngest_gone for name in others & left)
    cache.close()


def fill(cache: ArticleCache, num: int) -> None:
    put(cache, *(Article(str(n), "Title", "x" * 3_000, published=NOW + timedelta(seconds=n)) for n in range(num)))


def test_a_file_that_is_too_large_is_made_a_tenth_smaller_than_its_bound(cache, tmp_path):
    fill(cache, 200)
    path = tmp_path / "cache.db"
    assert path.stat().st_size > 600_000
    evicted = len(cache.evict(["0"], max_bytes=500_000))
    assert 300_000 < path.stat().st_size <= 450_000
    assert left_in(cache) == {"0", *(str(n) for n in range(evicted + 1, 200))}
    assert cache.evict(["0"], max_bytes=500_000) == []
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA quick_check").fetchall() == [("ok",)]


def test_kept_articles_that_are_too_much_alone_stay(cache):
    fill(cache, 40)
    assert cache.evict({str(n) for n in range(20)}, max_articles=5, max_bytes=10_000) == [str(n) for n in range(20, 40)]
    assert cache.count() == 20


def old_cache(path: Path, version: int, num: int = 1) -> None:
    db = sqlite3.connect(path)
    for step in MIGRATIONS[:version]:
        step(db)
    db.executemany(
        """INSERT INTO articles (article_id, title, abstract, category, source, url, language, published, added, codes,
        scale, bundle) VALUES (?, 'Rain again', ?, 'weather', '', '', '', NULL, 0, ?, 0.01, 'old')""",
        [(str(n), "x" * 3_000, b"\1" * DIM) for n in range(num)],
    )
    db.execute(f"PRAGMA user_version = {version}")
    db.commit()
    db.close()


@pytest.mark.parametrize("version", range(1, len(MIGRATIONS)))
def test_a_cache_of_every_old_version_is_opened(tmp_path, version):
    old_cache(tmp_path / "cache.db", version)
    cache = ArticleCache(tmp_path / "cache.db")
    assert cache.get(["0"]) == [Article("0", "Rain again", "x" * 3_000, "weather")]
    assert cache.analysed(["0"]) == [Analysed()]
    assert (cache.rows(DIM).topics, ids(cache.stale("new"))) == (["weather"], ["0"])
    assert list(tmp_path.glob("*backup*")) == []  # all of it can be fetched again
    cache.close()


def test_a_number_that_an_article_had_is_never_given_again(cache):
    put(cache, aged("a", 1), aged("b", 1))
    before = numbers_of(cache)
    cache.remove(["b"])
    put(cache, aged("c", 1), aged("b", 1), aged("a", 5))
    after = numbers_of(cache)
    assert after["a"] == before["a"] < before["b"] < after["c"] < after["b"]
    # A new cache begins with the time, so one that takes a damaged one's place gives none of its numbers.
    assert abs(before["a"] / 1000 - time.time()) < 100 and len(str(before["a"])) == 13


def numbers_of(cache: ArticleCache) -> dict[str, int]:
    rows = cache.rows(DIM)
    return dict(zip(rows.article_ids, rows.versions.numbers.tolist(), strict=True))


def test_an_old_file_shrinks_too(tmp_path):
    old_cache(tmp_path / "cache.db", 1, num=100)
    cache = ArticleCache(tmp_path / "cache.db")
    cache.evict([], max_bytes=200_000)
    assert (tmp_path / "cache.db").stat().st_size <= 180_000 + 4096  # an old file gets a map of its pages
    cache.close()


def test_golden_checks_are_remembered_for_each_bundle_and_engine(cache):
    cache.set_checked("bundle", "engine 1")
    cache.set_checked("bundle", "engine 1")
    assert cache.is_checked("bundle", "engine 1")
    assert not cache.is_checked("bundle", "engine 2")


def test_articles_of_an_older_release_are_found(tmp_path):
    path = tmp_path / "cache.db"
    old = open_database(path, MIGRATIONS[:4])
    old.execute(
        """INSERT INTO articles
        (article_id, title, abstract, category, source, url, language, added, codes, scale, bundle)
        VALUES ('a', 'Tor in Köln', 'Regen', '', 'Le Café', '', '', 0, x'', 1, '')"""
    )
    old.close()
    cache = ArticleCache(path)
    assert [ids(cache.search(query)) for query in ("koln", "regen cafe", '"koln regen"')] == [["a"], ["a"], []]
    cache.close()
