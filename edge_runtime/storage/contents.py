"""The full text of articles as feeds gave it: compressed, bounded, and the first to go when the cache must shrink.

Each function runs inside a transaction of its caller.
"""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

from edge_runtime.content.compare_text import fold_all

MAX_CONTENT_CHARS = 65_536  # of one article
MAX_CONTENT_BYTES = 65_536  # of one article, compressed
MAX_TOTAL_BYTES = 20_000_000  # of all, compressed; what belongs to saved articles may be more


@dataclass(frozen=True, slots=True)
class Content:
    """The HTML that a feed gave as the text of an article; empty where it gave none."""

    html: str = ""
    is_cut: bool = False  # there was more of it


def insert_contents(db: sqlite3.Connection, contents: Mapping[str, str], plain: Mapping[str, str]) -> None:
    """Keep the text of cached articles, by id; an empty one takes no other's place.

    Args:
        db: The cache.
        contents: HTML.
        plain: The same as plain text, in which searches look.
    """
    given = {article_id: html for article_id, html in contents.items() if html}
    folded = fold_all([plain.get(article_id, "") for article_id in given])
    rows = [
        (article_id, *_packed(html), zlib.compress(text.encode("utf-8", "replace")))
        for (article_id, html), text in zip(given.items(), folded, strict=True)
    ]
    db.executemany(
        """INSERT INTO contents (article_id, html, is_cut, folded)
        SELECT article_id, ?2, ?3, ?4 FROM articles WHERE article_id = ?1
        ON CONFLICT (article_id) DO UPDATE
        SET html = excluded.html, is_cut = excluded.is_cut, folded = excluded.folded
        WHERE html != excluded.html OR is_cut != excluded.is_cut OR folded != excluded.folded""",
        rows,
    )


def searched_content(folded: bytes | None) -> str:
    """The words of a text as they are compared; "" where none is kept, or where it can no longer be read."""
    try:
        return zlib.decompress(folded).decode() if folded else ""
    except (zlib.error, UnicodeDecodeError):
        return ""


def find_content(db: sqlite3.Connection, article_id: str) -> Content:
    """The text of an article; an empty one where none is kept, or where it can no longer be read."""
    row = db.execute("SELECT html, is_cut FROM contents WHERE article_id = ?", (article_id,)).fetchone()
    if row is None:
        return Content()
    try:
        return Content(zlib.decompress(row[0]).decode(), bool(row[1]))
    except (zlib.error, UnicodeDecodeError):  # a bad block of the disk: what else is known of the article can be read
        return Content()


def has_content(db: sqlite3.Connection, article_id: str) -> bool:
    """Whether a text of an article is kept."""
    return db.execute("SELECT 1 FROM contents WHERE article_id = ?", (article_id,)).fetchone() is not None


def content_bytes(db: sqlite3.Connection) -> int:
    """Compressed bytes of all texts."""
    ((size,),) = db.execute("SELECT coalesce(sum(length(html) + length(folded)), 0) FROM contents").fetchall()
    return int(size)


def content_sizes(db: sqlite3.Connection) -> list[tuple[str, int]]:
    """Id and compressed bytes of every text, that of the oldest article first."""
    return db.execute(
        """SELECT article_id, length(html) + length(folded) FROM contents JOIN articles USING (article_id)
        ORDER BY min(coalesce(published, added), added), number"""
    ).fetchall()


def _packed(html: str) -> tuple[bytes, bool]:
    """The compressed text, cut where it would be too large, and whether it was."""
    kept = html[:MAX_CONTENT_CHARS]
    while len(packed := zlib.compress(kept.encode("utf-8", "replace"))) > MAX_CONTENT_BYTES:
        kept = kept[: len(kept) * 9 // 10]
    # A parser cuts at the same number, and does not say so.
    return packed, len(kept) < len(html) or len(html) == MAX_CONTENT_CHARS
