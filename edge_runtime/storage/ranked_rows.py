"""Reading from the cache what ranking needs of every article, a few rows at a time: all at once take much memory."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edge_runtime.content.title_words import WORDS_KEPT
from edge_runtime.content.topic_shares import no_others, unpacked
from edge_runtime.storage.cached_rows import CachedRows, RowVersions
from edge_runtime.storage.names import Names
from edge_runtime.storage.vectors import Vectors

_CHUNK = 1000  # rows
_RANKED = """number, article_id, title, category, iif(topic = '', category, topic), source, story, language,
    coalesce(published, added), added, coalesce(shown, 0), coalesce(clicked, 0),
    topic_probability, codes, scale, words, other_topics"""
_NAMES = range(3, 8)


def read_rows(
    db: sqlite3.Connection, dim: int, article_ids: Collection[str] | None, first_reading: int
) -> CachedRows | None:
    """The rows of `ArticleCache.rows`, inside a transaction; None where a vector has another dimension.

    Args:
        db: An open cache.
        dim: Of the vectors.
        article_ids: Of which articles; all if not given.
        first_reading: Number of the first row, for `RowVersions`.
    """
    names = [Names.of(()) for _ in _NAMES]
    numbers: list[int] = []
    ids: list[str] = []
    titles: list[str] = []
    parts: list[list[NDArray[Any]]] = []
    for chunk in _chunks(db, article_ids):
        columns = list(zip(*chunk, strict=True))
        if any(len(codes) != dim for codes in columns[13]):
            return None
        numbers += columns[0]
        ids += columns[1]
        titles += columns[2]
        vectors = Vectors.unpacked(list(zip(columns[13], columns[14], strict=True)), dim)
        parts.append(
            [
                *(names[n - 3].coded(columns[n]) for n in _NAMES),
                np.array(columns[8:13], np.float64),
                vectors.codes,
                vectors.scales,
                _stack_words(columns[15]),
                unpacked(columns[16]),
            ]
        )
    if parts:
        *codes, amounts, vector_codes, scales, words, others = (
            np.concatenate(given, axis=1 if place == len(_NAMES) else 0)
            for place, given in enumerate(zip(*parts, strict=True))
        )
        for column, numbered in zip(names, codes, strict=True):
            column.codes = numbered
    else:
        amounts, scales = np.zeros((5, 0)), np.zeros(0, np.float32)
        others = no_others(0)
        vector_codes, words = np.zeros((0, dim), np.int8), np.zeros((0, WORDS_KEPT), np.int16)
    categories, topics, sources, stories, languages = names
    return CachedRows(
        article_ids=ids,
        titles=titles,
        categories=categories,
        topics=topics,
        sources=sources,
        stories=stories,
        vectors=Vectors(vector_codes, scales),
        words=words,
        published_s=amounts[0],
        added_s=amounts[1],
        shown=amounts[2],
        clicked=amounts[3],
        topic_probabilities=amounts[4].astype(np.float32),
        other_topics=others,
        languages=languages,
        versions=RowVersions(
            np.array(numbers, np.int64),
            np.arange(first_reading, first_reading + len(ids)),
            dict(zip(ids, numbers, strict=True)),
        ),
    )


def _chunks(db: sqlite3.Connection, article_ids: Collection[str] | None) -> Iterator[list[Any]]:
    if article_ids is None:
        cursor = db.execute(f"SELECT {_RANKED} FROM articles ORDER BY number")
        while chunk := cursor.fetchmany(_CHUNK):
            yield chunk
        return
    query = f"SELECT {_RANKED} FROM articles WHERE article_id = ?"
    found = [db.execute(query, (name,)).fetchone() for name in set(article_ids)]
    if rows := sorted(row for row in found if row):
        yield rows


def _stack_words(given: Sequence[bytes]) -> NDArray[np.int16]:
    """(n, WORDS_KEPT) slots; an article that came before there were any has none."""
    size = 2 * WORDS_KEPT
    joined = b"".join(words if len(words) == size else bytes(size) for words in given)
    return np.frombuffer(joined, "<i2").reshape(len(given), WORDS_KEPT).astype(np.int16)
