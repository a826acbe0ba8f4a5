"""Editions in the profile: what the feed of one hour was. Each function runs inside a transaction of its caller."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from itertools import groupby
from operator import itemgetter

from edge_runtime.types import Edition


def editions(db: sqlite3.Connection) -> list[Edition]:
    """Every edition that is kept, newest first."""
    rows = db.execute("SELECT at, article_id, reason FROM editions ORDER BY at DESC, position")
    found = []
    for at, group in groupby(rows, key=itemgetter(0)):
        of_it = list(group)
        names, reasons = tuple(name for _, name, _ in of_it), tuple(reason for *_, reason in of_it)
        found.append(Edition(datetime.fromtimestamp(at, UTC), names, reasons))
    return found


def put_edition(db: sqlite3.Connection, edition: Edition, oldest: datetime) -> None:
    """Keep an edition, and forget those from before a time, and later ones: they are of a clock that was set back.

    Raises:
        ValueError: There is one of the same second.
    """
    at = int(edition.at.timestamp())
    if db.execute("SELECT 1 FROM editions WHERE at = ?", (at,)).fetchone():
        raise ValueError(f"edition of {at}: there is one of this second; give another time")
    db.execute("DELETE FROM editions WHERE at > ?", (at,))
    db.executemany(
        "INSERT INTO editions (at, position, article_id, reason) VALUES (?,?,?,?)",
        [
            (at, position, name, reason)
            for position, (name, reason) in enumerate(zip(edition.article_ids, edition.reasons, strict=True), start=1)
        ],
    )
    db.execute("DELETE FROM editions WHERE at < ?", (int(oldest.timestamp()),))
