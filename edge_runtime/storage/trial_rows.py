"""The trial of the order as rows of the profile, and back. Each function runs inside a transaction of its caller."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable
from dataclasses import astuple, fields

from edge_runtime.types import FeedList, ListedArticle
from edge_runtime.worth.lists import LEAST_OPENS, PendingList, Trial
from edge_runtime.worth.trials import Stage, Why, Worth

TABLES = ("trial", "listed")
_WORTH = tuple(field.name for field in fields(Worth))
_OWN = ("key", "bundle", "since", "told", "last_list")
_LIST = ("list_at", "list_until", "list_cache", "list_kept")
_COLUMNS = ", ".join((*_OWN, *_WORTH, *_LIST))


def new_trial(worth: Worth, bundle: int) -> Trial:
    """A trial of one's own coins."""
    return Trial(os.urandom(32), bundle, worth)


def trial(db: sqlite3.Connection) -> Trial | None:
    """The trial; None before enough was opened."""
    row = db.execute(f"SELECT {_COLUMNS} FROM trial").fetchone()
    if row is None:
        return None
    key, bundle, since_s, told, last_list, stage, why, *counts = row[: len(_OWN) + len(_WORTH)]
    list_at, list_until, list_cache, list_kept = row[-len(_LIST) :]
    pending = None
    if list_at is not None:
        of_list = db.execute("SELECT article_id, pair, is_ranked, is_opened FROM listed ORDER BY position")
        articles = tuple(
            ListedArticle(name, pair, bool(ranked), bool(opened)) for name, pair, ranked, opened in of_list
        )
        shown = FeedList(last_list, articles, list_cache, bundle)
        pending = PendingList(shown, list_at, list_until, bool(list_kept))
    worth = Worth(Stage(stage), Why(why), *counts)
    return Trial(key, bundle, worth, since_s, Stage(told) if told else None, last_list, pending)


def put_trial(db: sqlite3.Connection, given: Trial) -> None:
    """Keep a trial, with its list, in the place of the one before."""
    pending = given.pending
    own = (given.key, given.bundle, given.since_s, given.told and given.told.value, given.last_list)
    stage, why, *counts = astuple(given.worth)
    of_list = (pending.at_s, pending.until_s, pending.shown.cache, pending.is_kept) if pending else (None,) * len(_LIST)
    row = (1, *own, stage.value, why.value, *counts, *of_list)
    marks = ",".join("?" * len(row))
    db.execute(f"INSERT OR REPLACE INTO trial (number, {_COLUMNS}) VALUES ({marks})", row)
    db.execute("DELETE FROM listed")
    db.executemany(
        "INSERT INTO listed (position, article_id, pair, is_ranked, is_opened) VALUES (?,?,?,?,?)",
        [
            (position, one.article_id, one.pair, one.is_ranked, one.is_opened)
            for position, one in enumerate(pending.shown.articles if pending else (), start=1)
        ],
    )


def open_from_feed(db: sqlite3.Connection, article_id: str, at_s: int, bundle: int) -> None:
    """Count an open of the list that was shown last, if it is not over; with enough opens the trial begins."""
    if trial(db) is None:
        opened = f"SELECT 1 FROM events WHERE signal = 'open' LIMIT {LEAST_OPENS}"
        if len(db.execute(opened).fetchall()) < LEAST_OPENS:
            return
        put_trial(db, new_trial(Worth(), bundle))
    # Whatever the clock says later: a list that is not shown yet is over.
    db.execute("UPDATE trial SET list_until = list_at WHERE list_at > ?", (at_s,))
    is_open = "EXISTS (SELECT 1 FROM trial WHERE list_at <= ? AND ? < list_until)"
    db.execute(f"UPDATE listed SET is_opened = 1 WHERE article_id = ? AND {is_open}", (article_id, at_s, at_s))


def leave_out(db: sqlite3.Connection, article_ids: Iterable[str]) -> None:
    """Articles that the reader was told of elsewhere vote no more, nor do those beside them."""
    of_pair = "SELECT pair FROM listed WHERE article_id = ?"
    db.executemany(f"UPDATE listed SET pair = NULL WHERE pair IN ({of_pair})", [(name,) for name in article_ids])
