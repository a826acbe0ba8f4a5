"""Marks on their way to other servers: tables of the profile, filled by the profile itself.

Triggers put a deed into the queue in the transaction that keeps it. So a kill leaves both or neither, and whatever
changes a mark is caught: an open, a save, an undo. Without an account nothing is queued.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum


class MarkKind(StrEnum):
    """What a mark says of an article."""

    READ = "read"
    SAVED = "saved"


@dataclass(frozen=True, slots=True)
class OutMark:
    """A mark that a server has not been told of."""

    number: int  # of this account's queue, in the order of the deeds; never given again
    article_id: str
    kind: MarkKind
    value: bool  # or not any more
    at: datetime  # UTC-aware


def create_outbox(db: sqlite3.Connection) -> None:
    """The queue of each account, and what fills it; of an article and kind the latest deed alone waits."""
    db.execute(
        """CREATE TABLE upstreams (           -- accounts that are told of marks
            account INTEGER PRIMARY KEY,      -- as in `accounts` of feeds.db
            last INTEGER NOT NULL DEFAULT 0   -- number that was given last
        )"""
    )
    db.execute(
        """CREATE TABLE outbox (
            account INTEGER NOT NULL,
            number INTEGER NOT NULL,
            article_id TEXT NOT NULL,
            kind TEXT NOT NULL,               -- 'read' or 'saved'
            value INTEGER NOT NULL,
            at INTEGER NOT NULL,              -- seconds UTC
            PRIMARY KEY (account, number)
        ) WITHOUT ROWID"""
    )
    db.execute("CREATE INDEX outbox_by_article ON outbox (article_id, kind)")
    _queue(db, "AFTER INSERT ON events WHEN NEW.signal IN ('open', 'dwell')", "NEW", "read", "1", "NEW.at")
    _queue(db, "AFTER INSERT ON events WHEN NEW.signal = 'save'", "NEW", "saved", "1", "NEW.at")
    _queue(db, "AFTER INSERT ON read_marks", "NEW", "read", "NEW.is_read", "NEW.at")
    # An open that goes may only be too old to be kept. A save goes when the reader takes it back.
    gone = "WHEN OLD.signal = 'save' AND OLD.article_id NOT IN (SELECT article_id FROM events WHERE signal = 'save')"
    _queue(db, f"AFTER DELETE ON events {gone}", "OLD", "saved", "0", "CAST(strftime('%s', 'now') AS INTEGER)")


def _queue(db: sqlite3.Connection, when: str, row: str, kind: str, value: str, at: str) -> None:
    name = f"{'_'.join(when.split()[1:4]).lower()}_goes_out_{kind}"
    db.execute(
        f"""CREATE TRIGGER {name} {when} BEGIN
            DELETE FROM outbox WHERE article_id = {row}.article_id AND kind = '{kind}';
            UPDATE upstreams SET last = last + 1;
            INSERT INTO outbox (account, number, article_id, kind, value, at)
                SELECT account, last, {row}.article_id, '{kind}', {value}, {at} FROM upstreams;
        END"""
    )


def set_upstreams(db: sqlite3.Connection, accounts: Collection[int]) -> None:
    """Queue for these accounts and no others; what waits for others is dropped."""
    known = {account for (account,) in db.execute("SELECT account FROM upstreams")}
    for account in known.difference(accounts):
        db.execute("DELETE FROM upstreams WHERE account = ?", (account,))
        db.execute("DELETE FROM outbox WHERE account = ?", (account,))
    db.executemany("INSERT INTO upstreams (account) VALUES (?)", [(one,) for one in set(accounts) - known])


def waiting(db: sqlite3.Connection, account: int) -> list[OutMark]:
    """What an account's server has not been told, oldest first."""
    query = "SELECT number, article_id, kind, value, at FROM outbox WHERE account = ? ORDER BY number"
    return [
        OutMark(number, name, MarkKind(kind), bool(value), datetime.fromtimestamp(at, UTC))
        for number, name, kind, value, at in db.execute(query, (account,))
    ]


def drop(db: sqlite3.Connection, account: int, numbers: Iterable[int]) -> None:
    """What was told waits no more; a later deed of the same article has another number and stays."""
    rows = [(account, number) for number in numbers]
    db.executemany("DELETE FROM outbox WHERE account = ? AND number = ?", rows)


def queue(db: sqlite3.Connection, account: int, marks: Sequence[tuple[str, MarkKind, bool]], at_s: int) -> None:
    """Let a server be told of marks that are older than its account."""
    for name, kind, value in marks:
        db.execute("DELETE FROM outbox WHERE account = ? AND article_id = ? AND kind = ?", (account, name, kind.value))
        db.execute("UPDATE upstreams SET last = last + 1 WHERE account = ?", (account,))
        db.execute(
            """INSERT INTO outbox (account, number, article_id, kind, value, at)
            SELECT account, last, ?, ?, ?, ? FROM upstreams WHERE account = ?""",
            (name, kind.value, value, at_s, account),
        )


@contextmanager
def unechoed(db: sqlite3.Connection, account: int) -> Iterator[None]:
    """What an account's own server said, and is kept within the block, is not told to it again; to others it is."""
    (last,) = db.execute("SELECT coalesce(max(last), 0) FROM upstreams WHERE account = ?", (account,)).fetchone()
    yield
    db.execute("DELETE FROM outbox WHERE account = ? AND number > ?", (account, last))
