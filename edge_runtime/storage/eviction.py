"""Keeping the article cache within its bounds, on a full disk too."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from edge_runtime.errors import StorageError
from edge_runtime.storage.contents import content_bytes, content_sizes, has_content
from edge_runtime.storage.database import is_disk_full, transaction, vacuum, vacuum_pages
from edge_runtime.storage.reserve import keep_reserve, spend_reserve

SLACK = 0.1  # of the bytes: a file that was too large is made so much smaller, for it to be rare
STEP_ARTICLES = 32  # in one transaction, whose journal has to fit into the reserve
STEP_CONTENTS = 8  # of at most 64 KiB each
STEP_PAGES = 64
_AGE = "min(coalesce(published, added), added)"  # seconds UTC; there is an index of it


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
    removal = _Removal(db, path)
    if excess > 0 or is_too_large:
        _remove_texts(removal, kept, excess, max_bytes if is_too_large else None)
    num_over = count - bounds.left_articles if count > bounds.max_articles else 0
    # Of those that are kept all may be among the oldest.
    rows = _by_age(db, path, num_over + len(kept)) if num_over else []
    deleted = [article_id for article_id, _ in rows if article_id not in kept][:num_over]
    removal.remove_all(deleted)
    if is_too_large and _is_above(db, path, max_bytes):
        oldest = [article_id for article_id, _ in _by_age(db, path) if article_id not in kept]
        while oldest and _is_above(db, path, max_bytes):
            removal.remove_in_steps(oldest[:STEP_ARTICLES])
            deleted += oldest[:STEP_ARTICLES]
            del oldest[:STEP_ARTICLES]
    if is_too_large or removal.is_reserve_spent:
        _shrink(db, path)
    keep_reserve(path.parent)
    return deleted


def _remove_texts(removal: _Removal, kept: Collection[str], excess: int, max_bytes: int | None) -> None:
    """Remove full texts, the oldest first, while they are too much or the file is larger than some bytes."""
    db, path = removal.db, removal.path
    with transaction(db, path, write=False):
        texts = [pair for pair in content_sizes(db) if pair[0] not in kept]
    while texts and (excess > 0 or (max_bytes is not None and _is_above(db, path, max_bytes))):
        excess -= sum(size for _, size in texts[:STEP_CONTENTS])
        removal.remove("contents", [article_id for article_id, _ in texts[:STEP_CONTENTS]])
        del texts[:STEP_CONTENTS]


def is_full(db: sqlite3.Connection, path: Path, max_articles: int, max_bytes: int) -> bool:
    """Whether the next articles take the place of others."""
    with transaction(db, path, write=False):
        ((count,),) = db.execute("SELECT count(*) FROM articles").fetchall()
        texts = content_bytes(db)  # they go before any article
    return count >= max_articles or _size_bytes(db, path, without_free=True) - texts > max_bytes * (1 - SLACK)


def oldest_s(db: sqlite3.Connection, path: Path, keep: Collection[str]) -> float:
    """When the oldest article that may go is from, seconds UTC; infinity if all are to be kept."""
    kept = frozenset(keep)
    return next((float(at) for article_id, at in _by_age(db, path, len(kept) + 1) if article_id not in kept), math.inf)


def _by_age(db: sqlite3.Connection, path: Path, most: int = -1) -> list[tuple[str, int]]:
    """Ids, oldest first, with what they are as old as; all if `most` is below 0."""
    query = f"SELECT article_id, {_AGE} AS at FROM articles ORDER BY at, number LIMIT ?"
    with transaction(db, path, write=False):
        return db.execute(query, (most,)).fetchall()


class _Removal:
    """Deletes rows, on a full disk with the reserve's help."""

    def __init__(self, db: sqlite3.Connection, path: Path) -> None:
        self.db, self.path = db, path
        self.is_reserve_spent = False

    def remove_all(self, article_ids: Sequence[str]) -> None:
        """Delete articles, in one transaction where the disk has space for its journal."""
        try:
            self._delete("articles", article_ids)
        except StorageError as error:
            if not is_disk_full(error):
                raise
            for begin in range(0, len(article_ids), STEP_ARTICLES):
                self.remove_in_steps(article_ids[begin : begin + STEP_ARTICLES])

    def remove_in_steps(self, article_ids: Sequence[str]) -> None:
        """Delete no more than `STEP_ARTICLES` articles, their texts before them."""
        with transaction(self.db, self.path, write=False):
            texts = [one for one in article_ids if has_content(self.db, one)]
        for begin in range(0, len(texts), STEP_CONTENTS):
            self.remove("contents", texts[begin : begin + STEP_CONTENTS])
        self.remove("articles", article_ids)

    def remove(self, table: str, article_ids: Sequence[str]) -> None:
        """Delete the rows of articles, all or none."""
        try:
            self._delete(table, article_ids)
        except StorageError as error:
            if self.is_reserve_spent or not is_disk_full(error):
                raise
            spend_reserve(self.path.parent)
            self.is_reserve_spent = True
            self._delete(table, article_ids)

    def _delete(self, table: str, article_ids: Sequence[str]) -> None:
        if not article_ids:
            return
        with transaction(self.db, self.path):
            rows = [(article_id,) for article_id in article_ids]
            self.db.executemany(f"DELETE FROM {table} WHERE article_id = ?", rows)


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
