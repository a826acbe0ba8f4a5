"""What a search of the cache found."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import edge_runtime
from edge_runtime.screens.reading import Reading
from edge_runtime.screens.rows import story_rows
from edge_runtime.screens.stories import StoriesPage, limit_of

MOST_RECENT = 8  # terms that are kept
MOST_TOPICS = 12  # that are offered
MOST_SOURCES = 3  # likewise
SINCE_DAYS = 7


@dataclass(frozen=True, slots=True)
class SearchFilter:
    """Among which articles is searched."""

    is_unread: bool = False
    is_saved: bool = False
    is_recent: bool = False  # of the last SINCE_DAYS days
    source: str = ""
    topic: str = ""

    def __bool__(self) -> bool:
        """Whether it leaves anything out."""
        return self != SearchFilter()


@dataclass(frozen=True, slots=True)
class SearchPage:
    """What was found, or what to search for."""

    query: str = ""
    where: SearchFilter = SearchFilter()
    found: StoriesPage = field(default_factory=StoriesPage)
    count: str = ""  # in words
    sources: tuple[str, ...] = ()  # of what was found, most first
    topics: tuple[tuple[str, str], ...] = ()  # what to search for and how it is called, where nothing is typed
    keeps_terms: bool = True  # not in private mode


def search_page(
    session: Reading,
    now: datetime,
    query: str = "",
    where: SearchFilter | None = None,
    depth: int = 0,
    *,
    teach: bool = False,
) -> SearchPage:
    """Search sources, titles, abstracts and contents of the cache, the best first.

    Args:
        session: Open.
        now: UTC-aware.
        query: As typed.
        where: Among which articles; all if not given.
        depth: How many rows are shown already.
        teach: The reader meant this query: it counts as a weak interest.
    """
    reader, tr, query, where = session.reader, session.tr, query.strip(), where or SearchFilter()
    keeps_terms = not reader.private
    if not (query or where.topic):
        topics = tuple((name, tr.topic(name)) for name in reader.known_topics()[:MOST_TOPICS])
        return SearchPage(where=where, topics=topics, keeps_terms=keeps_terms)
    limit = limit_of(depth)
    filter_ = edge_runtime.ListFilter(
        sources=(where.source,) if where.source else (),
        topics=(where.topic,) if where.topic else (),
        since=now - timedelta(days=SINCE_DAYS) if where.is_recent else None,
        is_unread=where.is_unread,
        is_saved=where.is_saved,
    )
    if query:
        found = reader.find(query, now, limit, filter_, newest_first=False, teach=teach)
        articles, total = [one.article for one in found.articles], found.total
    else:
        articles, total = reader.latest(limit, filter_), reader.count(filter_)
    rows = story_rows(articles, session.marks(articles), now, tr)
    empty = tr("Nothing is found for {query}.", query=query) if query else tr("Nothing is found.")
    if where:
        empty = tr.sentences(empty, tr("Some stories are left out by the filters."))
    page = StoriesPage(tuple(rows), len(articles) < limit, empty=empty)
    counts: dict[str, int] = {}
    for article in articles:
        counts[article.source] = counts.get(article.source, 0) + bool(article.source)
    sources = tuple(sorted(filter(None, counts), key=lambda name: -counts[name])[:MOST_SOURCES])
    count = tr.count("{number} story", "{number} stories", total) if rows else ""
    return SearchPage(query, where, page, count, sources, keeps_terms=keeps_terms)


def with_term(recent: tuple[str, ...], term: str) -> tuple[str, ...]:
    """The terms that are kept, the newest first; one that was there moves up."""
    kept = [one for one in recent if one.casefold() != term.casefold()]
    return (term, *kept)[:MOST_RECENT]


def toggled(where: SearchFilter, name: str, value: Any) -> SearchFilter:
    """The filter with one of its fields set, or as it was at first where it had that value."""
    is_same = getattr(where, name) == value
    return replace(where, **{name: getattr(SearchFilter(), name) if is_same else value})
