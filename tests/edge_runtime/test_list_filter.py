"""Filters of lists: what fits all that is given, worked out beside them by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge_runtime import Article, ListFilter, Reader, Signal, UnknownNameError

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
SOURCES = ["The Guardian", "Le Café", "LE CAFE", ""]
CATEGORIES = ["food", "Économie", ""]
LANGUAGES = ["en", "de-AT", ""]
TITLES = ["Storm over the harbour of the old town", "Die Bahn fährt heute nicht mehr nach Köln", "東京で電車が止まった"]
FEEDS = {"https://example.org/a": ("The Guardian", "Papers"), "https://example.org/b": ("Le Café", "Après")}


@pytest.fixture(scope="module")
def stocked(tmp_path_factory):
    with Reader.open(tmp_path_factory.mktemp("filters") / "data") as reader:
        articles = [
            Article(
                f"a{n}",
                f"{TITLES[n % 3]} {n}",
                category=CATEGORIES[n // 2 % 3],
                source=SOURCES[n % 4],
                language=LANGUAGES[n // 3 % 3],
                published=NOW - timedelta(hours=5 * n),
            )
            for n in range(60)
        ]
        reader.add(articles, NOW)
        for url, (title, folder) in FEEDS.items():
            reader.feeds.subscribe(url, title, "", NOW, folder)
        reader.mark_read([f"a{n}" for n in range(0, 60, 7)], NOW)
        for n in range(0, 60, 11):
            reader.record(f"a{n}", Signal.SAVE, NOW)
        yield reader


@pytest.fixture(scope="module")
def topics(stocked) -> dict[str, str]:
    """The device's topic of each article."""
    return {article.article_id: stocked.explain(article.article_id, NOW).topic for article in stocked.latest()}


def fits(where: ListFilter, topic: str, article: Article) -> bool:
    """The same by hand, of this module's articles."""
    number = int(article.article_id[1:])
    source = {"The Guardian": "guardian", "Le Café": "cafe", "LE CAFE": "cafe", "": ""}[article.source]
    # A title says what its feed does not.
    language = article.language[:2] or ["en", "de", "ja"][number % 3]
    named = {"THE GUARDIAN": "guardian", "le cafe": "cafe", "Papers": "guardian", "apres": "cafe"}
    return all(
        [
            not where.sources or source in [named[name] for name in where.sources],
            not where.folders or source in [named[name] for name in where.folders],
            not where.topics
            or {article.category, topic} & {{"FOOD": "food", "economie": "Économie"}[name] for name in where.topics},
            not where.languages or language in [name[:2] for name in where.languages],
            where.since is None or (article.published is not None and article.published >= where.since),
            not where.is_unread or number % 7 != 0,
            not where.is_saved or number % 11 == 0,
        ]
    )


def some(*names: str) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(names), max_size=2).map(tuple)


filters = st.builds(
    ListFilter,
    sources=some("THE GUARDIAN", "le cafe"),
    topics=some("FOOD", "economie"),
    folders=some("Papers", "apres"),
    languages=some("en", "de", "de-CH", "ja"),
    since=st.none() | st.integers(0, 400).map(lambda hours: NOW - timedelta(hours=hours)),
    is_unread=st.booleans(),
    is_saved=st.booleans(),
)


@settings(deadline=None)
@given(filters)
def test_latest_with_a_filter_is_what_a_look_at_each_article_finds(stocked, topics, where):
    found = stocked.latest(where=where)
    assert found == [article for article in stocked.latest() if fits(where, topics[article.article_id], article)]
    assert stocked.latest(3, where) == found[:3]


@settings(deadline=None, max_examples=25)
@given(filters)
def test_the_feed_shows_nothing_else_and_what_fits_is_in_it_or_of_a_story_that_is(stocked, where):
    feed = stocked.feed(NOW, where=where)
    shown = {one.article.article_id for one in feed}
    wanted = {article.article_id for article in stocked.latest(where=where)}
    assert shown <= wanted
    assert wanted <= shown | {other.article_id for one in feed for other in one.same_story}


def test_a_filtered_feed_changes_no_score_and_keeps_the_parts(stocked):
    scores = {one.article.article_id: one.score for one in stocked.feed(NOW)}
    for one in stocked.feed(NOW, where=ListFilter(sources=("Le Café",))):
        assert scores.get(one.article.article_id, one.score) == one.score


@pytest.mark.parametrize(
    ("where", "near"),
    [
        (ListFilter(sources=("Guardain",)), ("The Guardian",)),
        (ListFilter(sources=("e",)), ("The Guardian", "LE CAFE")),  # which of them?
        (ListFilter(sources=("Le Cafee",)), ("LE CAFE",)),
        (ListFilter(topics=("foood",)), ("food",)),
        (ListFilter(folders=("Paprs",)), ("Papers",)),
        (ListFilter(languages=("xx",)), ("de", "en", "ja")),
    ],
)
def test_a_name_that_is_nowhere_is_refused_with_those_that_are_near(stocked, where, near):
    for made in (lambda: stocked.feed(NOW, where=where), lambda: stocked.latest(where=where)):
        with pytest.raises(UnknownNameError) as caught:
            made()
        assert set(near) <= set(caught.value.near)
        assert f"“{near[0]}”" in str(caught.value)


def test_a_story_is_known_by_its_articles_of_other_sources_too(reader, make_article, now):
    title = "Storm floods the harbour of Hamburg overnight"
    reader.add([make_article("s0", title, 1, source="A"), make_article("s1", title, 2, source="B")], now)
    reader.add([make_article("x", "Soup for cold days", 5, source="B")], now)
    reader.mark_read(["s0"], now)
    feed = reader.feed(now, where=ListFilter(sources=("b",)))
    assert [(one.article.article_id, one.is_story_read) for one in feed] == [("x", False), ("s1", True)]


def test_count_is_how_many_latest_lists(stocked):
    for where in (None, ListFilter(), ListFilter(is_unread=True), ListFilter(topics=("food",), languages=("en",))):
        assert stocked.count(where) == len(stocked.latest(where=where))
    with pytest.raises(UnknownNameError):
        stocked.count(ListFilter(sources=("Nowhere",)))


def test_an_empty_cache_counts_none_and_what_the_feed_hides_counts(reader, make_article, now):
    assert reader.count() == 0
    reader.add([make_article("a", "Rain again")], now)
    reader.record("a", Signal.HIDE, now)
    assert (reader.count(), reader.feed(now)) == (1, [])
