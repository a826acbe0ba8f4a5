"""Servers that the reader has an account on, and which feeds and items of theirs are known: tables of `feeds.db`."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from edge_runtime.storage.database import transaction

MOST_ITEMS = 100_000  # of an account that are remembered; the oldest go


@dataclass(frozen=True, slots=True)
class Account:
    """A server that the reader has an account on; times are UTC-aware and kept in whole seconds."""

    number: int  # never given again
    kind: str  # "greader" or "miniflux"
    url: str  # without user and secret
    user: str  # "" where the secret says who it is
    added: datetime
    cursor: str = ""  # what the next exchange begins with; "" before the first
    next_at: datetime | None = None  # not asked before
    is_told_to_wait: bool = False  # `next_at` is the server's wish
    last_ok: datetime | None = None
    last_error: str = ""  # of the last exchange; "" if it went well
    failures: int = 0  # in a row

    @property
    def name(self) -> str:
        """As the reader named it."""
        return f"{self.kind}+{self.url}"


@dataclass(frozen=True, slots=True)
class KnownFeed:
    """A feed of an account."""

    remote_id: str
    url: str  # of the subscription
    title: str  # as the server has it
    folder: str  # likewise


@dataclass(frozen=True, slots=True)
class KnownItem:
    """An item of an account, and what its server and this device agreed on last; None: nothing yet."""

    remote_id: str
    article_id: str  # "" of one that gave no article
    is_read: bool | None = None
    is_saved: bool | None = None


def create_accounts(db: sqlite3.Connection) -> None:
    """Accounts, their feeds and their items; times are seconds UTC."""
    db.execute(
        """CREATE TABLE accounts (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            kind TEXT NOT NULL,
            url TEXT NOT NULL,
            user TEXT NOT NULL,
            added INTEGER NOT NULL,
            cursor TEXT NOT NULL DEFAULT '',
            next_at INTEGER,
            is_told_to_wait INTEGER NOT NULL DEFAULT 0,
            last_ok INTEGER,
            last_error TEXT NOT NULL DEFAULT '',
            failures INTEGER NOT NULL DEFAULT 0,
            UNIQUE (kind, url, user)
        )"""
    )
    db.execute(
        """CREATE TABLE account_feeds (
            account INTEGER NOT NULL,
            remote_id TEXT NOT NULL,
            url TEXT NOT NULL,     -- of the subscription; without one the reader has left it here
            title TEXT NOT NULL,
            folder TEXT NOT NULL,
            PRIMARY KEY (account, remote_id)
        ) WITHOUT ROWID"""
    )
    db.execute(
        """CREATE TABLE account_items (
            number INTEGER PRIMARY KEY,  -- order of arrival
            account INTEGER NOT NULL,
            remote_id TEXT NOT NULL,
            article_id TEXT NOT NULL,    -- '' of one that gave no article
            is_read INTEGER,             -- as agreed with the server; null: not yet
            is_saved INTEGER,
            UNIQUE (account, remote_id)
        )"""
    )
    db.execute("CREATE INDEX account_items_by_article ON account_items (article_id)")
    # Of a subscription that an account brings: not fetched from its publisher.
    db.execute("ALTER TABLE feeds ADD COLUMN account INTEGER NOT NULL DEFAULT 0")


class AccountStore:
    """The accounts. A method that writes raises StorageError, and then nothing is changed."""

    def __init__(self, db: sqlite3.Connection, path: Path) -> None:
        """Use a connection of `open_database`, and its file's name for messages."""
        self._db, self._path = db, path

    def all(self) -> list[Account]:
        """Every account, in the order of adding."""
        query = """SELECT number, kind, url, user, added, cursor, next_at, is_told_to_wait, last_ok, last_error,
            failures FROM accounts ORDER BY number"""
        with transaction(self._db, self._path, write=False):
            rows = self._db.execute(query).fetchall()
        return [
            Account(number, kind, url, user, _known_time(added), cursor, _time(next_at), bool(told), _time(ok), *rest)
            for number, kind, url, user, added, cursor, next_at, told, ok, *rest in rows
        ]

    def add(self, kind: str, url: str, user: str, at: datetime) -> int:
        """Add an account; of one that is there the number comes back."""
        with transaction(self._db, self._path):
            self._db.execute(
                "INSERT OR IGNORE INTO accounts (kind, url, user, added) VALUES (?, ?, ?, ?)",
                (kind, url, user, _seconds(at)),
            )
            query = "SELECT number FROM accounts WHERE kind = ? AND url = ? AND user = ?"
            return int(self._db.execute(query, (kind, url, user)).fetchone()[0])

    def remove(self, account: int) -> None:
        """Forget an account with its subscriptions; those that are fetched from their publishers too stay."""
        with transaction(self._db, self._path):
            self._db.execute("DELETE FROM feeds WHERE account = ?", (account,))
            for table in ("account_feeds", "account_items"):
                self._db.execute(f"DELETE FROM {table} WHERE account = ?", (account,))
            self._db.execute("DELETE FROM accounts WHERE number = ?", (account,))

    def record(self, after: Account) -> None:
        """Keep how an account stands after an exchange; its subscriptions were read then."""
        with transaction(self._db, self._path):
            self._db.execute(
                "UPDATE accounts SET next_at=?, is_told_to_wait=?, last_ok=?, last_error=?, failures=? WHERE number=?",
                (
                    _seconds(after.next_at),
                    after.is_told_to_wait,
                    _seconds(after.last_ok),
                    after.last_error,
                    after.failures,
                    after.number,
                ),
            )
            if not after.last_error:
                ok = _seconds(after.last_ok)
                self._db.execute("UPDATE feeds SET last_ok=?, last_error='' WHERE account=?", (ok, after.number))

    def feeds(self, account: int) -> list[KnownFeed]:
        """The feeds that an account had at the last look."""
        query = "SELECT remote_id, url, title, folder FROM account_feeds WHERE account = ?"
        with transaction(self._db, self._path, write=False):
            return [KnownFeed(*row) for row in self._db.execute(query, (account,))]

    def set_feeds(self, account: int, feeds: Sequence[KnownFeed], at: datetime) -> None:
        """Subscribe to what is new, leave what is gone, and follow new titles and folders.

        What the reader left here stays left, and a feed that is subscribed to already stays as it is.
        """
        before = {one.remote_id: one for one in self.feeds(account)}
        now = {one.remote_id: one for one in feeds}
        with transaction(self._db, self._path):
            for name in before.keys() - now.keys():
                self._db.execute("DELETE FROM feeds WHERE account=? AND url=?", (account, before[name].url))
            for one in now.values():
                self._follow(account, before.get(one.remote_id), one, at)
            self._db.execute("DELETE FROM account_feeds WHERE account=?", (account,))
            self._db.executemany(
                "INSERT INTO account_feeds VALUES (?, ?, ?, ?, ?)",
                [(account, one.remote_id, one.url, one.title, one.folder) for one in now.values()],
            )

    def _follow(self, account: int, before: KnownFeed | None, now: KnownFeed, at: datetime) -> None:
        if before is None:
            self._db.execute(
                """INSERT OR IGNORE INTO feeds (url, title, topic, added, folder, identity, account)
                VALUES (?1, ?2, '', ?3, ?4, ?1, ?5)""",
                (now.url, now.title, _seconds(at), now.folder, account),
            )
            return
        if before.url != now.url:
            self._db.execute(
                "UPDATE OR IGNORE feeds SET url=? WHERE account=? AND url=?", (now.url, account, before.url)
            )
        for column, old, new in (("title", before.title, now.title), ("folder", before.folder, now.folder)):
            if old != new:
                self._db.execute(f"UPDATE feeds SET {column}=? WHERE account=? AND url=?", (new, account, now.url))

    def items(self, account: int) -> dict[str, KnownItem]:
        """The items that are known of an account, by the server's id."""
        query = "SELECT remote_id, article_id, is_read, is_saved FROM account_items WHERE account = ?"
        with transaction(self._db, self._path, write=False):
            rows = self._db.execute(query, (account,)).fetchall()
        return {
            name: KnownItem(name, article_id, _known(is_read), _known(is_saved))
            for name, article_id, is_read, is_saved in rows
        }

    def items_named(self, account: int, remote_ids: Iterable[str]) -> dict[str, KnownItem]:
        """Those of some items that are known, by the server's id."""
        query = """SELECT article_id, is_read, is_saved FROM account_items WHERE account = ? AND remote_id = ?"""
        found: dict[str, KnownItem] = {}
        with transaction(self._db, self._path, write=False):
            for name in remote_ids:
                if row := self._db.execute(query, (account, name)).fetchone():
                    found[name] = KnownItem(name, row[0], _known(row[1]), _known(row[2]))
        return found

    def items_of(self, account: int, article_ids: Iterable[str]) -> dict[str, list[KnownItem]]:
        """By article: the items of an account that are it."""
        query = """SELECT remote_id, article_id, is_read, is_saved FROM account_items
            WHERE article_id = ? AND account = ?"""
        found: dict[str, list[KnownItem]] = {}
        with transaction(self._db, self._path, write=False):
            for article_id in article_ids:
                for name, _, is_read, is_saved in self._db.execute(query, (article_id, account)):
                    item = KnownItem(name, article_id, _known(is_read), _known(is_saved))
                    found.setdefault(article_id, []).append(item)
        return found

    def put_items(self, account: int, items: Iterable[KnownItem], cursor: str | None = None) -> None:
        """Keep what is known of items, and with it where the next exchange begins: both or neither."""
        with transaction(self._db, self._path):
            self._db.executemany(
                """INSERT INTO account_items (account, remote_id, article_id, is_read, is_saved) VALUES (?, ?, ?, ?, ?)
                ON CONFLICT (account, remote_id) DO UPDATE SET article_id=excluded.article_id,
                is_read=excluded.is_read, is_saved=excluded.is_saved""",
                [(account, one.remote_id, one.article_id, one.is_read, one.is_saved) for one in items],
            )
            self._db.execute(
                """DELETE FROM account_items WHERE account = ?1 AND number <= (SELECT number FROM account_items
                WHERE account = ?1 ORDER BY number DESC LIMIT 1 OFFSET ?2)""",
                (account, MOST_ITEMS),
            )
            if cursor is not None:
                self._db.execute("UPDATE accounts SET cursor=? WHERE number=?", (cursor, account))

    def forget_items(self) -> None:
        """Read every account as if it had never been, as after the articles were lost."""
        with transaction(self._db, self._path):
            self._db.execute("DELETE FROM account_items")
            self._db.execute("UPDATE accounts SET cursor=''")
            self._db.execute("UPDATE accounts SET next_at=NULL WHERE NOT is_told_to_wait")

    def forget_marks(self) -> None:
        """Forget what servers and this device agreed on: what either says at the next exchange counts on both."""
        with transaction(self._db, self._path):
            self._db.execute("UPDATE account_items SET is_read=NULL, is_saved=NULL")


def _known(value: int | None) -> bool | None:
    return None if value is None else bool(value)


def _seconds(at: datetime | None) -> int | None:
    return None if at is None else int(at.timestamp())


def _known_time(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _time(seconds: int | None) -> datetime | None:
    return None if seconds is None else _known_time(seconds)
