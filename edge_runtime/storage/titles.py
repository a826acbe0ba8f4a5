"""What was found out of titles, for a process that begins not to read them again: `titles`."""

from __future__ import annotations

import sqlite3
from array import array
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from edge_runtime.content.story_shelf import ShelvedTitle, shelf_keys
from edge_runtime.content.titles import KeptTitle, TitleWords
from edge_runtime.storage.article_columns import article_from
from edge_runtime.storage.database import transaction
from edge_runtime.types import Article

MOST_TITLES = 10_000  # of the articles that came last: a day of a reader with very many feeds
_SINCE = "min(coalesce(published, added), added) >= ?"


class TitleTable:
    """The table `titles` of the article cache."""

    def __init__(self, db: sqlite3.Connection, path: Path) -> None:
        """Of an open cache."""
        self._db = db
        self._path = path

    def shelf(self, since_s: float) -> tuple[list[ShelvedTitle], bool]:
        """The articles from a time on whose story is known, oldest first, and whether they are all that should be here.

        An older release took those that are not: `without` has them. Those are left out whose link says nothing of
        them: their feed repeats it, or it is a home page.
        """
        query = f"""SELECT article_id, source, story, coalesce(published, added) AS at,
            titles.words, rarities, keys, fingerprint, address
            FROM articles LEFT JOIN titles USING (number) WHERE {_SINCE} AND story != ''
            AND articles.number > {_OLDEST} AND NOT EXISTS (
                SELECT 1 FROM items AS one WHERE one.article_id = articles.article_id AND (one.link = 0 OR EXISTS (
                    SELECT 1 FROM items AS other WHERE other.link = one.link
                    AND other.subscription = one.subscription AND other.number != one.number)))
            ORDER BY at, articles.number"""
        with transaction(self._db, self._path, write=False):
            rows = self._db.execute(query, (since_s,)).fetchall()
        kept = [ShelvedTitle._make(row) for row in rows if row[4] is not None]
        return kept, len(kept) == len(rows)

    def without(self, since_s: float) -> list[Article]:
        """The articles from a time on of which nothing is kept here."""
        columns = "article_id, title, abstract, category, source, url, articles.language, published"
        query = f"""SELECT {columns} FROM articles
            LEFT JOIN titles USING (number) WHERE {_SINCE} AND titles.number IS NULL AND articles.number > {_OLDEST}"""
        with transaction(self._db, self._path, write=False):
            return list(map(article_from, self._db.execute(query, (since_s,))))

    def languages(self) -> dict[str, str]:
        """Article id -> language of its title, "" if unknown, of those that are kept here."""
        query = "SELECT article_id, titles.language FROM titles JOIN articles USING (number)"
        with transaction(self._db, self._path, write=False):
            return dict(self._db.execute(query))

    def put(self, titles: Mapping[str, KeptTitle]) -> None:
        """Keep what was found of the titles of cached articles, by id, all or none."""
        with transaction(self._db, self._path):
            insert_titles(self._db, titles)

    def newest(self, count: int, but: Collection[str]) -> Iterator[TitleWords]:
        """The titles of the articles that came last, but for those in some languages."""
        query = f"""SELECT language, words FROM titles WHERE number > (SELECT max(number) FROM titles) - ?
            AND language NOT IN ({", ".join("?" * len(but))}) ORDER BY number DESC"""
        with transaction(self._db, self._path, write=False):
            rows = self._db.execute(query, (count, *but)).fetchall()
        for language, words in rows:
            yield TitleWords(language, tuple(words.split()))


_OLDEST = f"(SELECT max(number) FROM articles) - {MOST_TITLES}"


def insert_titles(db: sqlite3.Connection, titles: Mapping[str, KeptTitle]) -> None:
    """Keep what was found of the titles of cached articles in the place of what was kept of them, inside a transaction.

    Of more than `MOST_TITLES` the oldest go.
    """
    db.executemany(
        """INSERT INTO titles (number, language, words, rarities, keys, fingerprint, address)
        SELECT number, ?, ?, ?, ?, ?, ? FROM articles WHERE article_id = ?
        ON CONFLICT (number) DO UPDATE SET language = excluded.language, words = excluded.words,
        rarities = excluded.rarities, keys = excluded.keys, fingerprint = excluded.fingerprint,
        address = excluded.address""",
        [
            (
                title.language,
                " ".join(title.rarities),
                array("f", title.rarities.values()).tobytes(),
                shelf_keys(title.rarities, title.fingerprint, title.address),
                _signed(title.fingerprint),
                title.address,
                article_id,
            )
            for article_id, title in titles.items()
        ],
    )
    db.execute(f"DELETE FROM titles WHERE number <= {_OLDEST}")


def _signed(number: int | None) -> int | None:
    """64 bits as SQLite keeps them."""
    return number if number is None or number < 1 << 63 else number - (1 << 64)
