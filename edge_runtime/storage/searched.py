"""The texts of articles as they are compared: what searches and rules on words look in.

Each function that takes the database runs inside a transaction of its caller.

There is no index: one of trigrams (FTS5) answers in less time, but takes more bytes than these texts, more time at each
insert, and cannot tell words of two characters, as most of Chinese are.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from edge_runtime.content.search_query import SearchQuery, searched_texts
from edge_runtime.storage.contents import searched_content
from edge_runtime.types import Article


def searched_rows(articles: Sequence[Article]) -> list[tuple[str, str]]:
    """Text and id of articles, for `insert_searched`: it takes its time, which no other program has to wait for."""
    texts = searched_texts([(article.source, article.title, article.abstract) for article in articles])
    return [(text, article.article_id) for text, article in zip(texts, articles, strict=True)]


def insert_searched(db: sqlite3.Connection, rows: Sequence[tuple[str, str]]) -> None:
    """Keep the texts of cached articles in the place of what was kept of them."""
    db.executemany(
        """INSERT INTO searched_texts (number, text) SELECT number, ? FROM articles WHERE article_id = ?
        ON CONFLICT (number) DO UPDATE SET text = excluded.text""",
        rows,
    )


def find_searched(db: sqlite3.Connection, query: SearchQuery) -> set[str]:
    """Ids of the articles that a query fits; see `ArticleCache.matching`."""
    rows = db.execute(
        """SELECT number, text, folded FROM searched_texts JOIN articles USING (number)
        LEFT JOIN contents USING (article_id)"""
    )
    texts = ((number, f"{text}\n{searched_content(more)}" if more else text) for number, text, more in rows)
    found = set(query.fitting(texts))
    # Answered by the index of the ids; one by one they would take longer where many are found.
    names = db.execute("SELECT number, article_id FROM articles")
    return {article_id for number, article_id in names if number in found}


def titles_and_abstracts(db: sqlite3.Connection) -> list[tuple[str, str]]:
    """Id, and title and abstract, a line each, of every article, in order of arrival."""
    names = dict(db.execute("SELECT number, article_id FROM articles"))
    rows = db.execute("SELECT number, text FROM searched_texts ORDER BY number")
    return [(names[number], text.partition("\n")[2]) for number, text in rows]
