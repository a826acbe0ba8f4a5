"""Keeping the article cache within its bounds, on a full disk too."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from edge_runtime.errors import StorageError
from edge_runtime.storage.contents import content_bytes, content_sizes
from edge_runtime.storage.database import is_disk_full, transaction, vacuum, vacuum_pages
from edge_runtime.storage.reserve import keep_reserve, spend_reserve

SLACK = 0.1  # of the bytes: a file that was too large is made so much smaller, for it to be rare
STEP_ARTICLES = 32  # in one transaction, whose journal has to fit into the reserve
STEP_CONTENTS = 8  # of at most 64 KiB each
STEP_PAGES = 64


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much the cache may hold."""

    max_articles: int
    left_articles: int  # how many stay where there are more than that
    max_bytes: int  # of the file
    max_content_bytes: int  # of the texts, compressed


def evict_articles(db: sqlite3.Connection, path: Path, keep: Collection[str], bounds: Bounds) -> list[str]:
    """Remove texts, then articles, until the cache is within its bounds; see `ArticleCache.evict`."""
    max_bytes = bounds.max_bytes
    with transaction(db, path, write=False):
        ((count,),) = db.execute("SELECT count(*) FROM articles").fetchall()
        excess = content_bytes(db) - bounds.max_content_bytes
    is_too_large = _size_bytes(db, path) > max_bytes
    # As it mostly is; to find the oldest means to look at all.
    if count <= bounds.max_articles and excess <= 0 and not is_too_large:
        keep_reserve(path.parent)
        return []
    kept = frozenset(keep)
    rows = _by_age(db, path)
    left_articles = bounds.left_articles if count > bounds.max_articles else count
    with transaction(db, path, write=False):
        sizes = content_sizes(db)
    removal = _Removal(db, path)
    texts = dict(pair for pair in sizes if pair[0] not in kept)
    while texts and (excess > 0 or (is_too_large and _is_above(db, path, max_bytes))):
        doomed = list(islice(texts, STEP_CONTENTS))
        excess -= sum(map(texts.pop, doomed))
        removal.remove("contents", doomed)
    oldest = [article_id for article_id, _ in rows if article_id not in kept]
    deleted = 0
    while deleted < len(oldest):
        step = min(STEP_ARTICLES, len(rows) - deleted - left_articles)
        if is_too_large and _is_above(db, path, max_bytes):
            step = STEP_ARTICLES
        if step <= 0:
            break
        doomed = oldest[deleted : deleted + step]
        with_text = [article_id for article_id in doomed if article_id in texts]
        for start in range(0, len(with_text), STEP_CONTENTS):
            removal.remove("contents", with_text[start : start + STEP_CONTENTS])
        removal.remove("articles", doomed)
        deleted += len(doomed)
    if is_too_large or removal.is_reserve_spent:
        _shrink(db, path)
    keep_reserve(path.parent)
    return oldest[:deleted]


def is_full(db: sqlite3.Connection, path: Path, max_articles: int, max_bytes: int) -> bool:
    """Whether the next articles take the place of others."""
    with transaction(db, path, write=False):
        ((count,),) = db.execute("SELECT count(*) FROM articles").fetchall()
        texts = content_bytes(db)  # they go before any article
    return count >= max_articles or _size_bytes(db, path, without_free=True) - texts > max_bytes * (1 - SLACK)


def oldest_s(db: sqlite3.Connection, path: Path, keep: Collection[str]) -> float:
    """When the oldest article that may go is from, seconds UTC; infinity if all are to be kept."""
    kept = frozenset(keep)
    return next((float(at) for article_id, at in _by_age(db, path) if article_id not in kept), math.inf)


def _by_age(db: sqlite3.Connection, path: Path) -> list[tuple[str, int]]:
    """Ids, oldest first, with what they are as old as."""
    with transaction(db, path, write=False):
        return db.execute(
            "SELECT article_id, min(coalesce(published, added), added) AS at FROM articles ORDER BY at, number"
        ).fetchall()


class _Removal:
    """Deletes rows, on a full disk with the reserve's help."""

    def __init__(self, db: sqlite3.Connection, path: Path) -> None:
        self._db, self._path = db, path
        self.is_reserve_spent = False

    def remove(self, table: str, article_ids: Sequence[str]) -> None:
        """Delete the rows of articles, all or none."""
        try:
            self._delete(table, article_ids)
        except StorageError as error:
            if self.is_reserve_spent or not is_disk_full(error):
                raise
            spend_reserve(self._path.parent)
            self.is_reserve_spent = True
            self._delete(table, article_ids)

    def _delete(self, table: str, article_ids: Sequence[str]) -> None:
        with transaction(self._db, self._path):
            rows = [(article_id,) for article_id in article_ids]
            self._db.executemany(f"DELETE FROM {table} WHERE article_id = ?", rows)


def _is_above(db: sqlite3.Connection, path: Path, max_bytes: int) -> bool:
    """Whether what the file holds is still more than a file that was too large may hold."""
    return _size_bytes(db, path, without_free=True) > max_bytes * (1 - SLACK)


def _size_bytes(db: sqlite3.Connection, path: Path, *, without_free: bool = False) -> int:
    """Bytes of the file, or of the pages in it that hold something."""
    page_bytes, pages, free = (_number(db, path, name) for name in ("page_size", "page_count", "freelist_count"))
    return page_bytes * (pages - free if without_free else pages)


def _shrink(db: sqlite3.Connection, path: Path) -> None:
    """Give the free pages back to the disk."""
    if not _number(db, path, "auto_vacuum"):  # a file of an old release
        db.execute("PRAGMA auto_vacuum=INCREMENTAL")
        vacuum(db, path)
    while _number(db, path, "freelist_count"):
        vacuum_pages(db, path, STEP_PAGES)


def _number(db: sqlite3.Connection, path: Path, pragma: str) -> int:
    with transaction(db, path, write=False):
        (value,) = db.execute(f"PRAGMA {pragma}").fetchone()
    return int(value)
