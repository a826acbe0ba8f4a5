"""The tables of the article cache, version by version. A step that was released is never edited."""

from __future__ import annotations

import sqlite3

from edge_runtime.content.search_query import searched_texts


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


def m004_add_analysis(db: sqlite3.Connection) -> None:
    """What the device made of an article; an empty text means that it made nothing."""
    db.execute("ALTER TABLE articles ADD COLUMN topic TEXT NOT NULL DEFAULT ''")
    db.execute("ALTER TABLE articles ADD COLUMN topic_probability REAL NOT NULL DEFAULT 0")
    db.execute("ALTER TABLE articles ADD COLUMN story TEXT NOT NULL DEFAULT ''")
    db.execute("ALTER TABLE articles ADD COLUMN keywords TEXT NOT NULL DEFAULT '[]'")  # JSON
    db.execute("ALTER TABLE articles ADD COLUMN words BLOB NOT NULL DEFAULT x''")  # int16 places of `word_head`


def m005_create_searched_texts(db: sqlite3.Connection) -> None:
    """The texts as they are compared: to fold them all at each search would take ten times as long.

    A release that folds otherwise has to write them anew, in a step like this one.
    """
    db.execute(
        """CREATE TABLE searched_texts (
            number INTEGER PRIMARY KEY REFERENCES articles (number) ON DELETE CASCADE,
            -- As `compare_text.fold` spells them: source, title, abstract, a line each; and the whole content, if it is
            -- kept.
            text TEXT NOT NULL,
            content TEXT NOT NULL DEFAULT ''
        )"""
    )
    rows = db.execute("SELECT number, source, title, abstract FROM articles").fetchall()
    texts = searched_texts([row[1:] for row in rows])
    db.executemany(
        "INSERT INTO searched_texts (number, text) VALUES (?, ?)", zip((row[0] for row in rows), texts, strict=True)
    )


MIGRATIONS = [
    m001_create_articles,
    m002_create_checks,
    m003_add_popularity,
    m004_add_analysis,
    m005_create_searched_texts,
]
