"""Likes and dislikes: of an article the latest one counts, and it is the only one that is kept.

Each function runs inside a transaction of its caller.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from enum import Enum, auto

from edge_runtime.storage import profile_rows as rows
from edge_runtime.types import ArticleMarks, Event, Signal

JUDGEMENTS = (Signal.LIKE, Signal.DISLIKE)

_MOST_ASKED = 500  # ids in one query; of more all are read


class Judged(Enum):
    """What became of a like or a dislike."""

    SAME = auto()  # the article was judged so already: nothing was written
    ADDED = auto()
    REPLACED = auto()  # an earlier judgement went


def judge(db: sqlite3.Connection, event: Event, most_events: int, most_changes: int) -> Judged:
    """Keep a like or a dislike in the place of earlier ones of the article.

    Undoing the event brings back what it replaced. A like also ends a hide, so after one it is kept again.
    """
    name = event.article.article_id
    query = """SELECT signal FROM events WHERE article_id = ? AND signal IN ('like', 'dislike', 'hide')
        ORDER BY number DESC LIMIT 1"""
    latest = db.execute(query, (name,)).fetchone()
    if latest == (event.signal.value,):
        return Judged.SAME
    earlier = rows.take_back(db, name, *JUDGEMENTS)
    if earlier:
        before = [rows.event_row(one) for one in earlier]
        rows.insert_change(db, rows.REPLACED_JUDGEMENT, before, None, most_changes)
    rows.insert_events(db, [event], most_events)
    return Judged.REPLACED if earlier else Judged.ADDED


def marks(db: sqlite3.Connection, article_ids: Sequence[str]) -> list[ArticleMarks]:
    """What lists say of articles, in the order asked for."""
    query = "SELECT article_id, signal, number FROM events WHERE signal IN ('like', 'dislike', 'hide', 'save')"
    names = article_ids if len(article_ids) <= _MOST_ASKED else ()
    which = f" AND article_id IN ({', '.join('?' * len(names))})" if names else ""
    found = db.execute(f"{query}{which} ORDER BY number", names)
    latest: dict[tuple[str, str], int] = {(name, signal): number for name, signal, number in found}
    read = rows.read_ids(db)

    def last(name: str, signal: Signal) -> int:
        return latest.get((name, signal.value), 0)

    return [
        ArticleMarks(
            is_read=name in read,
            is_saved=last(name, Signal.SAVE) > 0,
            is_liked=last(name, Signal.LIKE) > last(name, Signal.DISLIKE),
            is_disliked=last(name, Signal.DISLIKE) > last(name, Signal.LIKE),
            is_hidden=last(name, Signal.HIDE) > last(name, Signal.LIKE),
        )
        for name in article_ids
    ]
