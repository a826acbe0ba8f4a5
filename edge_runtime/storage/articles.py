"""The article cache: texts, int8 vectors and what analysis made of them. All that can be fetched and computed again."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from edge_runtime.content.search_query import SearchQuery
from edge_runtime.content.titles import KeptTitle
from edge_runtime.errors import DamagedError, Remedy, StorageError, UnknownArticleError
from edge_runtime.sentences import Sentence
from edge_runtime.storage.article_columns import article_from, article_row, counts_row
from edge_runtime.storage.article_schema import MIGRATIONS, m001_create_articles, m002_create_checks
from edge_runtime.storage.cache_changes import ChangedRows, changed_rows, last_change, num_changes
from edge_runtime.storage.cached_rows import CachedRows
from edge_runtime.storage.contents import (
    MAX_TOTAL_BYTES,
    Content,
    content_bytes,
    find_content,
    insert_contents,
)
from edge_runtime.storage.database import changes_elsewhere, one_look, open_database, put_aside, state_of, transaction
from edge_runtime.storage.eviction import Bounds, evict_articles, is_full, oldest_s
from edge_runtime.storage.items import ItemTable
from edge_runtime.storage.learned import LearnedTable
from edge_runtime.storage.limits import MAX_ARTICLES
from edge_runtime.storage.locks import alone_in
from edge_runtime.storage.ranked_rows import read_rows
from edge_runtime.storage.reserve import keep_reserve
from edge_runtime.storage.searched import find_searched, insert_searched, searched_rows, titles_and_abstracts
from edge_runtime.storage.titles import TitleTable, insert_titles
from edge_runtime.storage.vectors import Vector, quantize_vectors
from edge_runtime.types import Article

__all__ = [
    "Analysed",
    "ArticleCache",
    "CachedRows",
    "article_from",
    "article_row",
    "m001_create_articles",
    "m002_create_checks",
    "quantize_vectors",
]

FEWER = 0.99  # of the most articles: a cache with more than that is made so small, for it to be rare
MAX_BYTES = 50_000_000  # of so many articles; where more are asked for, more in proportion

_MOST_ASKED = 500  # ids in one query

_TEXT = "article_id, title, abstract, category, source, url, language, published"
_COUNTS = "shown, clicked, counted"
_ARTICLE = f"{_TEXT}, {_COUNTS}, image"
_ANALYSED = "topic, topic_probability, story, keywords, words, other_topics"


@dataclass(frozen=True, slots=True)
class Analysed:
    """What the device made of an article; an empty value means that it made nothing."""

    topic: str = ""
    topic_probability: float = 0.0
    story: str = ""  # the same for all articles of one story
    keywords: tuple[str, ...] = ()
    words: bytes = b""  # slots of the title's words in the word head, little-endian int16
    title: KeptTitle | None = None
    other_topics: int = 0  # from `topic_shares.packed`


def open_cache(path: Path, max_articles: int = MAX_ARTICLES) -> tuple[ArticleCache, Path | None]:
    """Open or create the cache; a damaged one is put aside for an empty one: articles can be fetched again.

    Returns:
        The cache, and where a damaged one is now.

    Raises:
        StorageError: As `open_database`; for a damaged cache only where nothing can be written.
    """
    try:
        return _looked_over(path, max_articles), None
    except DamagedError:
        # Another program may have found the same and begun a new one: only what is damaged still goes.
        with alone_in(path.parent):
            try:
                return _looked_over(path, max_articles), None
            except DamagedError as error:
                try:
                    aside = put_aside(path)
                except OSError:
                    raise error from error.__cause__
                return ArticleCache(path, max_articles), aside


def _looked_over(path: Path, max_articles: int) -> ArticleCache:
    cache = ArticleCache(path, max_articles)
    try:
        cache.look_over()
    except BaseException:
        cache.close()
        raise
    return cache


class ArticleCache:
    """`cache.db` in the data directory. Methods that write raise StorageError, and then nothing is changed.

    Attributes:
        items: Which article each item of a subscription is.
        titles: What was found out of titles.
        learned: What lists have taught of the reader.
        max_articles: How many articles it may hold.
    """

    def __init__(self, path: Path, max_articles: int = MAX_ARTICLES) -> None:
        """Open or create it; see `open_database` for errors."""
        self._path = path
        self.max_articles = max_articles
        self._max_bytes = MAX_BYTES * max(max_articles, MAX_ARTICLES) // MAX_ARTICLES
        self._db = open_database(path, MIGRATIONS)
        self._readings = 0  # rows that were read for ranking
        self.items = ItemTable(self._db, path)
        self.titles = TitleTable(self._db, path)
        self.learned = LearnedTable(self._db, path)
        keep_reserve(path.parent)

    @property
    def notices(self) -> tuple[str, ...]:
        """What the reader should be told of opening the file."""
        return self._db.notices

    def one_look(self) -> AbstractContextManager[None]:
        """See `database.one_look`."""
        return one_look(self._db)

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def known(self, article_ids: Iterable[str]) -> dict[str, Article]:
        """The articles that are cached, by id; others are left out."""
        query = f"SELECT {_ARTICLE} FROM articles WHERE article_id = ?"
        with self._reading():
            found = [self._db.execute(query, (article_id,)).fetchone() for article_id in article_ids]
        return {row[0]: _article_from(row) for row in found if row}

    def cached(self, article_ids: Iterable[str]) -> set[str]:
        """Those of some ids that are of cached articles."""
        query = "SELECT 1 FROM articles WHERE article_id = ?"
        with self._reading():
            return {name for name in article_ids if self._db.execute(query, (name,)).fetchone()}

    def look_over(self) -> None:
        """Pass once over all rows.

        Raises:
            DamagedError: They cannot be read.
        """
        self._fetch("SELECT sum(length(codes)) FROM articles")

    def count(self) -> int:
        """Number of cached articles."""
        ((count,),) = self._fetch("SELECT count(*) FROM articles")
        return int(count)

    def num_changes(self) -> int:
        """How often an article has come, changed or gone, by whatever program."""
        with self._reading():
            return num_changes(self._db)

    def put(
        self,
        articles: Sequence[Article],
        vectors: Sequence[Vector],
        bundle: str,
        now: datetime,
        analysed: Sequence[Analysed] | None = None,
        stories: Mapping[str, str] | None = None,
    ) -> None:
        """Insert or replace articles with their vectors and what analysis made of them, all or none.

        An article that was there keeps its time of arrival and its counts; `put_counts` gives it new ones.

        Args:
            articles: With different ids.
            vectors: One for each.
            bundle: SHA-256 of the bundle that made the vectors.
            now: Time of arrival of those that are new.
            analysed: What analysis made of each.
            stories: Which story each of some cached articles is of from now on, by id.
        """
        rows = [
            (
                *article_row(article),
                *counts_row(article),
                article.image,
                *_analysed_row(made),
                int(now.timestamp()),
                *vector,
                bundle,
            )
            for article, vector, made in zip(articles, vectors, analysed or [Analysed()] * len(articles), strict=True)
        ]
        searched = searched_rows(articles)
        columns = f"{_ARTICLE}, {_ANALYSED}, added, codes, scale, bundle"
        replaced = [name for name in columns.split(", ")[1:] if name not in ("added", *_COUNTS.split(", "))]
        with self._writing():
            self._db.executemany(
                f"""INSERT INTO articles (number, {columns})
                VALUES ((SELECT last + 1 FROM numbers), {", ".join("?" * len(columns.split(", ")))})
                ON CONFLICT (article_id) DO UPDATE SET {", ".join(f"{name}=excluded.{name}" for name in replaced)}""",
                rows,
            )
            insert_searched(self._db, searched)
            insert_titles(self._db, _titles(articles, analysed or ()))
            self._db.executemany(
                "UPDATE articles SET story=? WHERE article_id=?",
                [(story, article_id) for article_id, story in (stories or {}).items()],
            )

    def put_counts(self, articles: Sequence[Article]) -> None:
        """New counts for cached articles, all or none."""
        rows = [(*counts_row(article), article.article_id) for article in articles]
        with self._writing():
            self._db.executemany("UPDATE articles SET shown=?, clicked=?, counted=? WHERE article_id=?", rows)

    def put_images(self, articles: Sequence[Article]) -> None:
        """New pictures for cached articles, all or none."""
        rows = [(article.image, article.article_id) for article in articles]
        with self._writing():
            self._db.executemany("UPDATE articles SET image=? WHERE article_id=?", rows)

    def put_contents(self, contents: Mapping[str, str], plain: Mapping[str, str] | None = None) -> None:
        """Keep the HTML that feeds gave as the text of cached articles, by id, all or none; too much of it is cut.

        Args:
            contents: HTML.
            plain: The same as plain text: what searches look in.
        """
        with self._writing():
            insert_contents(self._db, contents, plain or {})

    def content(self, article_id: str) -> Content:
        """The HTML that a feed gave as the text of an article; an empty one where none is kept."""
        with self._reading():
            return find_content(self._db, article_id)

    def content_bytes(self) -> int:
        """What all texts take, compressed."""
        with self._reading():
            return content_bytes(self._db)

    def stale(self, bundle: str) -> list[Article]:
        """Articles whose vectors another bundle made."""
        return [article_from(row) for row in self._fetch(f"SELECT {_TEXT} FROM articles WHERE bundle != ?", (bundle,))]

    def replace_vectors(
        self,
        articles: Sequence[Article],
        vectors: Sequence[Vector],
        bundle: str,
        analysed: Sequence[Analysed] | None = None,
    ) -> None:
        """New vectors for cached articles, all or none; with them new topics and keywords, if any are given."""
        rows = [(*vector, bundle, article.article_id) for article, vector in zip(articles, vectors, strict=True)]
        with self._writing():
            self._db.executemany("UPDATE articles SET codes=?, scale=?, bundle=? WHERE article_id=?", rows)
            if analysed is not None:
                self._db.executemany(
                    "UPDATE articles SET topic=?, topic_probability=?, keywords=?, words=?, other_topics=? "
                    "WHERE article_id=?",
                    [
                        (topic, probability, *others, article.article_id)
                        for article, made in zip(articles, analysed, strict=True)
                        for topic, probability, _, *others in [_analysed_row(made)]
                    ],
                )
                insert_titles(self._db, _titles(articles, analysed))

    def rows(self, dim: int, article_ids: Collection[str] | None = None) -> CachedRows:
        """Everything that ranking needs, in order of arrival.

        Args:
            dim: Of the vectors.
            article_ids: Of which articles, those that are cached; all if not given.

        Raises:
            StorageError: A vector is of another bundle, because the cache could not be written since.
        """
        with self._reading():
            rows = read_rows(self._db, dim, article_ids, self._readings)
        if rows is None:
            raise StorageError(
                Sentence("{file}: vectors of another bundle", file=str(self._path)), Remedy.MAKE_WRITABLE
            )
        self._readings += len(rows)
        return rows

    def get(self, article_ids: Iterable[str]) -> list[Article]:
        """Articles in the order asked for.

        Raises:
            UnknownArticleError: One is not cached.
        """
        return [_article_from(row) for row in self._rows_of(_ARTICLE, article_ids)]

    def analysed(self, article_ids: Iterable[str]) -> list[Analysed]:
        """What analysis made of articles, in the order asked for.

        Raises:
            UnknownArticleError: One is not cached.
        """
        rows = self._rows_of(_ANALYSED, article_ids)
        return [
            Analysed(topic, probability, story, tuple(json.loads(keywords)), words, other_topics=others)
            for topic, probability, story, keywords, words, others in rows
        ]

    def search(self, query: str, limit: int | None = None) -> list[Article]:
        """Articles that a query fits, newest first; see `matching`."""
        found = self.matching(SearchQuery.parse(query))
        rows = self._rows_of(f"{_ARTICLE}, coalesce(published, added), number", found)
        rows.sort(key=lambda row: row[-2:], reverse=True)
        return [_article_from(row) for row in rows[:limit]]

    def matching(self, query: SearchQuery) -> set[str]:
        """Ids of the articles with all that a query wants and nothing that it does not.

        It looks in source, title, abstract, and in the content where one is kept. All are compared as
        `compare_text.fold` spells them. A word is found within longer ones too, as compounds need it; the word of a
        rule is not. Nothing is found by an empty query.
        """
        if not query:
            return set()
        with self._reading():
            return find_searched(self._db, query)

    def folded_texts(self) -> list[tuple[str, str]]:
        """Id, and title and abstract as `compare_text.fold` spells them, a line each, of every article, in order of
        arrival."""
        with self._reading():
            return titles_and_abstracts(self._db)

    def remove(self, article_ids: Iterable[str]) -> None:
        """Delete articles, all or none; those that are not there are not missed."""
        with self._writing():
            rows = [(article_id,) for article_id in article_ids]
            self._db.executemany("DELETE FROM articles WHERE article_id = ?", rows)

    def evict(
        self,
        keep: Collection[str],
        max_articles: int | None = None,
        max_bytes: int | None = None,
        max_content_bytes: int = MAX_TOTAL_BYTES,
    ) -> list[str]:
        """Delete the oldest until number and file are within bounds; on a full disk too, with the reserve's help.

        Full texts go before articles do. An article is as old as its time of publishing says, or of arrival where that
        is earlier or the only one.

        Args:
            keep: Ids that are never deleted, nor their texts; if they alone are too much, everything else goes.
            max_articles: How many there may be; where there are more, no more than `FEWER` of those that the cache may
                hold stay. As many as that if not given.
            max_bytes: How large the file may be; one that is larger is made a tenth smaller than that. What suits the
                number if not given.
            max_content_bytes: How much the texts may take, compressed.

        Returns:
            Ids of the articles that were deleted, oldest first.

        Raises:
            StorageError: What was deleted before stays deleted.
        """
        most = self.max_articles if max_articles is None else max_articles
        bounds = Bounds(
            most,
            min(most, int(self.max_articles * FEWER)),
            self._max_bytes if max_bytes is None else max_bytes,
            max_content_bytes,
        )
        return evict_articles(self._db, self._path, keep, bounds)

    def is_full(self) -> bool:
        """Whether a new article means that an older one goes, now or soon."""
        return is_full(self._db, self._path, int(self.max_articles * FEWER), self._max_bytes)

    def oldest_s(self, keep: Collection[str]) -> float:
        """When the article is from that goes next, seconds UTC; those to be kept are passed over."""
        return oldest_s(self._db, self._path, keep)

    def changes_elsewhere(self) -> int:
        """A number that is another one after a change that was not made by this object, but by another process say."""
        return changes_elsewhere(self._db, self._path)

    def last_change(self) -> int:
        """Number of the latest change of an article, by whatever program."""
        with self._reading():
            return last_change(self._db)

    def changed_rows(self, since: int) -> ChangedRows | None:
        """See `cache_changes.changed_rows`."""
        with self._reading():
            return changed_rows(self._db, since)

    def state(self) -> tuple[int, int]:
        """Numbers of which one is another after any change: the first by another program, the second by this object."""
        return state_of(self._db, self._path)

    def is_checked(self, bundle: str, engine: str) -> bool:
        """Whether this engine has passed this bundle's golden check."""
        return bool(self._fetch("SELECT 1 FROM checks WHERE bundle = ? AND engine = ?", (bundle, engine)))

    def set_checked(self, bundle: str, engine: str) -> None:
        """Remember that a bundle passed its golden check with an engine."""
        with self._writing():
            self._db.execute("INSERT OR IGNORE INTO checks VALUES (?, ?)", (bundle, engine))

    def _rows_of(self, columns: str, article_ids: Iterable[str]) -> list[Any]:
        names = list(article_ids)
        found: dict[str, Any] = {}
        with self._reading():
            for begin in range(0, len(names), _MOST_ASKED):
                some = names[begin : begin + _MOST_ASKED]
                query = f"SELECT {columns}, article_id FROM articles WHERE article_id IN ({', '.join('?' * len(some))})"
                found |= {row[-1]: row[:-1] for row in self._db.execute(query, some)}
        try:
            return [found[name] for name in names]
        except KeyError as error:
            raise UnknownArticleError(
                Sentence("no article {name} in the cache", name=repr(error.args[0])), Remedy.LIST_ARTICLES
            ) from None

    def _fetch(self, sql: str, parameters: Sequence[object] = ()) -> list[Any]:
        with self._reading():
            return self._db.execute(sql, parameters).fetchall()

    def _reading(self) -> AbstractContextManager[None]:
        return transaction(self._db, self._path, write=False)

    def _writing(self) -> AbstractContextManager[None]:
        return transaction(self._db, self._path)


def _article_from(row: Sequence[Any]) -> Article:
    return article_from(row, row[8:11], row[11])


def _analysed_row(made: Analysed) -> tuple[str | float | bytes, ...]:
    return made.topic, made.topic_probability, made.story, json.dumps(made.keywords), made.words, made.other_topics


def _titles(articles: Sequence[Article], analysed: Sequence[Analysed]) -> dict[str, KeptTitle]:
    """By id of the articles, what analysis found of their titles."""
    return {article.article_id: made.title for article, made in zip(articles, analysed, strict=False) if made.title}
