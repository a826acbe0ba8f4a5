"""Keeping the article cache within its bounds, on a full disk too."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Collection
from pathlib import Path

from edge_runtime.errors import StorageError
from edge_runtime.storage.database import is_disk_full, transaction, vacuum, vacuum_pages
from edge_runtime.storage.reserve import keep_reserve, spend_reserve

SLACK = 0.1  # of the bytes: a file that was too large is made so much smaller, for it to be rare
STEP_ARTICLES = 32  # in one transaction, whose journal has to fit into the reserve
STEP_PAGES = 64


def evict_articles(db: sqlite3.Connection, path: Path, keep: Collection[str], max_articles: int, max_bytes: int) -> int:
    """Remove articles until the cache is within its bounds; see `ArticleCache.evict`."""
    kept = frozenset(keep)
    rows = _by_age(db, path)
    is_too_large = _size_bytes(db, path) > max_bytes
    oldest = [article_id for article_id, _ in rows if article_id not in kept]
    deleted = 0
    is_spent = False
    while deleted < len(oldest):
        step = min(STEP_ARTICLES, len(rows) - deleted - max_articles)
        if is_too_large and _size_bytes(db, path, without_free=True) > max_bytes * (1 - SLACK):
            step = STEP_ARTICLES
        if step <= 0:
            break
        doomed = oldest[deleted : deleted + step]
        try:
            with transaction(db, path):
                db.executemany("DELETE FROM articles WHERE article_id = ?", [(article_id,) for article_id in doomed])
        except StorageError as error:
            if is_spent or not is_disk_full(error):
                raise
            spend_reserve(path.parent)
            is_spent = True
            continue
        deleted += len(doomed)
    if is_too_large or is_spent:
        _shrink(db, path)
    keep_reserve(path.parent)
    return deleted


def is_full(db: sqlite3.Connection, path: Path, max_articles: int, max_bytes: int) -> bool:
    """Whether the next articles take the place of others."""
    with transaction(db, path, write=False):
        ((count,),) = db.execute("SELECT count(*) FROM articles").fetchall()
    return count >= max_articles or _size_bytes(db, path, without_free=True) > max_bytes * (1 - SLACK)


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
