"""The article cache: texts and int8 vectors. Everything in it can be fetched and computed again."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from edge_runtime.errors import UnknownArticleError
from edge_runtime.storage.database import open_database, transaction
from edge_runtime.types import Article, Popularity

Vector = tuple[bytes, float]  # int8 codes, scale


def m001_create_articles(db: sqlite3.Connection) -> None:
    """Articles with their vectors; which bundle made a vector stands beside it."""
    db.execute(
        """CREATE TABLE articles (
            number INTEGER PRIMARY KEY,  -- order of arrival
            article_id TEXT NOT NULL UNIQUE,
            title TEXT NOT NULL,
            abstract TEXT NOT NULL,
            category TEXT NOT NULL,
            source TEXT NOT NULL,
            url TEXT NOT NULL,
            language TEXT NOT NULL,
            published INTEGER,           -- seconds UTC, NULL if not given
            added INTEGER NOT NULL,      -- seconds UTC
            codes BLOB NOT NULL,         -- int8 vector
            scale REAL NOT NULL,
            bundle TEXT NOT NULL         -- SHA-256 of the bundle that made the vector
        )"""
    )


def m002_create_checks(db: sqlite3.Connection) -> None:
    """Golden checks that were passed, so that each bundle and engine is checked once."""
    db.execute("CREATE TABLE checks (bundle TEXT NOT NULL, engine TEXT NOT NULL, PRIMARY KEY (bundle, engine))")


def m003_add_popularity(db: sqlite3.Connection) -> None:
    """What publishers counted; all three NULL if they sent nothing."""
    db.execute("ALTER TABLE articles ADD COLUMN shown INTEGER")
    db.execute("ALTER TABLE articles ADD COLUMN clicked INTEGER")
    db.execute("ALTER TABLE articles ADD COLUMN counted INTEGER")  # seconds UTC


MIGRATIONS = [m001_create_articles, m002_create_checks, m003_add_popularity]

_TEXT = "article_id, title, abstract, category, source, url, language, published"
_COUNTS = "shown, clicked, counted"


@dataclass(frozen=True, slots=True)
class CachedRows:
    """What ranking needs of every cached article, in order of arrival."""

    article_ids: list[str]
    categories: list[str]
    vectors: NDArray[np.float32]  # (num_articles, dim)
    published_s: NDArray[np.float64]  # seconds UTC; arrival where not given
    shown: NDArray[np.float64]  # by the publisher's count; 0 where not given
    clicked: NDArray[np.float64]


def quantize_vectors(vectors: NDArray[np.float32]) -> list[Vector]:
    """int8 codes and a scale for each row."""
    scales = np.abs(vectors).max(axis=1, initial=0.0) / 127
    codes = np.rint(vectors / np.maximum(scales, 1e-12)[:, None]).astype(np.int8)
    return [(row.tobytes(), float(scale)) for row, scale in zip(codes, scales, strict=True)]


def stack_vectors(vectors: Sequence[Vector], dim: int) -> NDArray[np.float32]:
    """(n, dim) float32 from codes and scales."""
    codes = np.frombuffer(b"".join(code for code, _ in vectors), np.int8).reshape(len(vectors), dim)
    scales = np.array([scale for _, scale in vectors], np.float32)
    return codes * scales[:, None]


class ArticleCache:
    """`cache.db` in the data directory."""

    def __init__(self, path: Path) -> None:
        """Open or create it; see `open_database` for errors."""
        self._path = path
        self._db = open_database(path, MIGRATIONS)

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    def known(self) -> dict[str, Article]:
        """Every cached article by id."""
        rows = self._db.execute(f"SELECT {_TEXT}, {_COUNTS} FROM articles")
        return {row[0]: replace(article_from(row), popularity=_popularity_from(row[8:])) for row in rows}

    def count(self) -> int:
        """Number of cached articles."""
        (count,) = self._db.execute("SELECT count(*) FROM articles").fetchone()
        return int(count)

    def put(self, articles: Sequence[Article], vectors: Sequence[Vector], bundle: str, now: datetime) -> None:
        """Insert or replace articles with their vectors, all or none.

        An article that was there keeps its time of arrival and its counts; `put_counts` gives it new ones.
        """
        rows = [
            (*article_row(article), *_counts_row(article), int(now.timestamp()), codes, scale, bundle)
            for article, (codes, scale) in zip(articles, vectors, strict=True)
        ]
        with transaction(self._db, self._path):
            self._db.executemany(
                f"""INSERT INTO articles ({_TEXT}, {_COUNTS}, added, codes, scale, bundle)
                VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)
                ON CONFLICT (article_id) DO UPDATE SET title=excluded.title, abstract=excluded.abstract,
                category=excluded.category, source=excluded.source, url=excluded.url, language=excluded.language,
                published=excluded.published, codes=excluded.codes, scale=excluded.scale, bundle=excluded.bundle""",
                rows,
            )

    def put_counts(self, articles: Sequence[Article]) -> None:
        """New counts for cached articles, all or none."""
        rows = [(*_counts_row(article), article.article_id) for article in articles]
        with transaction(self._db, self._path):
            self._db.executemany("UPDATE articles SET shown=?, clicked=?, counted=? WHERE article_id=?", rows)

    def stale(self, bundle: str) -> list[Article]:
        """Articles whose vectors another bundle made."""
        rows = self._db.execute(f"SELECT {_TEXT} FROM articles WHERE bundle != ?", (bundle,))
        return [article_from(row) for row in rows]

    def replace_vectors(self, articles: Sequence[Article], vectors: Sequence[Vector], bundle: str) -> None:
        """New vectors for cached articles, all or none."""
        rows = [(*vector, bundle, article.article_id) for article, vector in zip(articles, vectors, strict=True)]
        with transaction(self._db, self._path):
            self._db.executemany("UPDATE articles SET codes=?, scale=?, bundle=? WHERE article_id=?", rows)

    def rows(self, dim: int) -> CachedRows:
        """Everything that ranking needs, in one pass."""
        rows = self._db.execute(
            """SELECT article_id, category, coalesce(published, added), codes, scale, coalesce(shown, 0),
            coalesce(clicked, 0) FROM articles ORDER BY number"""
        ).fetchall()
        return CachedRows(
            article_ids=[row[0] for row in rows],
            categories=[row[1] for row in rows],
            vectors=stack_vectors([(row[3], row[4]) for row in rows], dim),
            published_s=np.array([row[2] for row in rows], np.float64),
            shown=np.array([row[5] for row in rows], np.float64),
            clicked=np.array([row[6] for row in rows], np.float64),
        )

    def get(self, article_ids: Iterable[str]) -> list[Article]:
        """Articles in the order asked for.

        Raises:
            UnknownArticleError: One is not cached.
        """
        articles = []
        for article_id in article_ids:
            query = f"SELECT {_TEXT}, {_COUNTS} FROM articles WHERE article_id = ?"
            row = self._db.execute(query, (article_id,)).fetchone()
            if row is None:
                raise UnknownArticleError(f"no article {article_id!r} in the cache; `edge-news feed` lists the ids")
            articles.append(replace(article_from(row), popularity=_popularity_from(row[8:])))
        return articles

    def is_checked(self, bundle: str, engine: str) -> bool:
        """Whether this engine has passed this bundle's golden check."""
        query = "SELECT 1 FROM checks WHERE bundle = ? AND engine = ?"
        return self._db.execute(query, (bundle, engine)).fetchone() is not None

    def set_checked(self, bundle: str, engine: str) -> None:
        """Remember a passed golden check."""
        with transaction(self._db, self._path):
            self._db.execute("INSERT OR IGNORE INTO checks VALUES (?, ?)", (bundle, engine))


def article_row(article: Article) -> tuple[str | int | None, ...]:
    """The article's own columns, as `article_from` reads them; what others made of it is not among them."""
    published = None if article.published is None else int(article.published.timestamp())
    return (
        article.article_id,
        article.title,
        article.abstract,
        article.category,
        article.source,
        article.url,
        article.language,
        published,
    )


def article_from(row: Sequence[str | int | None]) -> Article:
    """An article from the first eight columns of a row."""
    article_id, title, abstract, category, source, url, language = (str(text) for text in row[:7])
    published = None if row[7] is None else datetime.fromtimestamp(int(row[7]), UTC)
    return Article(article_id, title, abstract, category, source, url, language, published)


def _counts_row(article: Article) -> tuple[int | None, ...]:
    counts = article.popularity
    return (None, None, None) if counts is None else (counts.shown, counts.clicked, int(counts.as_of.timestamp()))


def _popularity_from(row: Sequence[int | None]) -> Popularity | None:
    shown, clicked, counted = row
    if shown is None or clicked is None or counted is None:
        return None
    return Popularity(shown, clicked, datetime.fromtimestamp(counted, UTC))
