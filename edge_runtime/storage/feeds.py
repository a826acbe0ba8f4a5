"""Which feeds the reader subscribed to, and what the last fetch of each one left for the next."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from edge_runtime.addresses import hide_credentials, parse_target
from edge_runtime.errors import FeedError, FetchError, Remedy, UnknownFeedError
from edge_runtime.sentences import Sentence
from edge_runtime.storage.accounts import AccountStore, create_accounts
from edge_runtime.storage.database import one_look, open_database, state_of, transaction, vacuum
from edge_runtime.storage.requests import RequestStore, create_requests


def m001_create_feeds(db: sqlite3.Connection) -> None:
    """Subscriptions with the state of their fetching; times are seconds UTC."""
    db.execute(
        """CREATE TABLE feeds (
            number INTEGER PRIMARY KEY,                  -- order of subscribing
            url TEXT NOT NULL UNIQUE,                    -- with credentials, if it has some
            title TEXT NOT NULL,                         -- the reader's, else the feed's own
            topic TEXT NOT NULL,                         -- the reader's, or ''
            added INTEGER NOT NULL,
            etag TEXT NOT NULL DEFAULT '',
            last_modified TEXT NOT NULL DEFAULT '',
            next_at INTEGER,                             -- not asked before, NULL is at once
            is_told_to_wait INTEGER NOT NULL DEFAULT 0,  -- next_at is the server's wish
            last_ok INTEGER,
            last_error TEXT NOT NULL DEFAULT '',         -- of the last fetch, '' if it went well
            failures INTEGER NOT NULL DEFAULT 0,         -- in a row
            is_gone INTEGER NOT NULL DEFAULT 0           -- the server said: for good
        )"""
    )


def m002_tell_the_network_from_the_feeds(db: sqlite3.Connection) -> None:
    """Failures that may be this device's own, and when the network was there."""
    db.execute("ALTER TABLE feeds ADD COLUMN is_unreached INTEGER NOT NULL DEFAULT 0")
    db.execute("CREATE TABLE times (name TEXT PRIMARY KEY NOT NULL, at INTEGER NOT NULL)")  # seconds UTC
    # Until now a network that was down held every feed back for up to a day.
    db.execute("UPDATE feeds SET next_at = NULL WHERE failures AND NOT is_told_to_wait")


def m003_name_subscriptions(db: sqlite3.Connection) -> None:
    """What a subscription is known by, which a move of the feed does not change: its first address."""
    db.execute("ALTER TABLE feeds ADD COLUMN identity TEXT NOT NULL DEFAULT ''")
    db.execute("UPDATE feeds SET identity = url")


def m004_add_the_last_full_answer(db: sqlite3.Connection) -> None:
    """When a feed last came whole; unknown for the feeds that are there, so each is asked for everything once."""
    db.execute("ALTER TABLE feeds ADD COLUMN last_full INTEGER")  # seconds UTC


def m005_add_folders(db: sqlite3.Connection) -> None:
    """Where a feed lies in the reader's list; until now that was its topic too."""
    db.execute("ALTER TABLE feeds ADD COLUMN folder TEXT NOT NULL DEFAULT ''")  # "News/Europe" lies in "News"
    db.execute("UPDATE feeds SET folder = replace(topic, '/', '\uff0f')")


def m006_count_requests(db: sqlite3.Connection) -> None:
    """How often each host was asked, from now on."""
    create_requests(db)


def m007_create_accounts(db: sqlite3.Connection) -> None:
    """Servers that subscriptions and articles come from, and that are told what was read."""
    create_accounts(db)


MIGRATIONS = [
    m001_create_feeds,
    m002_tell_the_network_from_the_feeds,
    m003_name_subscriptions,
    m004_add_the_last_full_answer,
    m005_add_folders,
    m006_count_requests,
    m007_create_accounts,
]
MAX_FOLDERS = 16  # one in the other

_COLUMNS = (
    "url, title, topic, added, etag, last_modified, next_at, is_told_to_wait, last_ok, last_error, failures, is_gone, "
    "is_unreached, last_full, folder, identity, account"
)


@dataclass(frozen=True, slots=True)
class Feed:
    """A subscription; times are UTC-aware and kept in whole seconds."""

    url: str  # may hold credentials: `shown_url` is for eyes
    title: str
    topic: str  # given by the reader; "" if the articles say it themselves
    added: datetime
    etag: str = ""
    last_modified: str = ""
    next_at: datetime | None = None  # not asked before
    is_told_to_wait: bool = False  # `next_at` is the server's wish
    last_ok: datetime | None = None
    last_error: str = ""  # of the last fetch; "" if it went well
    failures: int = 0  # in a row
    is_gone: bool = False  # the server said that there will be no more
    is_unreached: bool = False  # the last fetch reached no server, which may have been this device's fault
    last_full: datetime | None = None  # when the server last sent everything, not only that nothing had changed
    folder: str = ""  # in the reader's list, as in "News/Europe"; no topic by itself
    # The address that was subscribed to, which a move of the feed does not change.
    identity: str = field(default="", compare=False)
    account: int = field(default=0, compare=False)  # that brings it; 0 if it is fetched from its publisher

    @property
    def shown_url(self) -> str:
        """The address without credentials and query."""
        return parse_target(self.url).shown


class FeedStore:
    """`feeds.db` in the data directory. Every method that writes raises StorageError, and then nothing is changed.

    Attributes:
        requests: How often each host was asked.
        accounts: Servers that subscriptions come from.
    """

    def __init__(self, path: Path) -> None:
        """Open or create it; see `open_database` for errors."""
        self._path = path
        self._db = open_database(path, MIGRATIONS)
        self.requests = RequestStore(self._db, path)
        self.accounts = AccountStore(self._db, path)

    @property
    def notices(self) -> tuple[str, ...]:
        """What the reader should be told of opening the file."""
        return self._db.notices

    def one_look(self) -> AbstractContextManager[None]:
        """See `database.one_look`."""
        return one_look(self._db)

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def state(self) -> tuple[int, int]:
        """Numbers of which one is another after any change: the first by another program, the second by this object."""
        return state_of(self._db, self._path)

    def subscribe(self, url: str, title: str, topic: str, at: datetime, folder: str = "") -> bool:
        """Add a feed; one that is there stays as it is, but is asked again if it had gone.

        Returns:
            Whether it is new.

        Raises:
            FeedError: Not an http or https address.
        """
        return self.subscribe_all([(url, title, topic, folder)], at)[0]

    def subscribe_all(self, feeds: Iterable[tuple[str, str, str, str]], at: datetime) -> list[bool]:
        """Add feeds as `subscribe` does, all of them or none: thousands take no longer than a few.

        Args:
            feeds: Address, title, topic and folder of each.
            at: When they were subscribed to.

        Returns:
            Whether each is new.

        Raises:
            FeedError: One has no http or https address.
        """
        rows = [
            (_normal(url), title, topic, int(at.timestamp()), folder_path(path)) for url, title, topic, path in feeds
        ]
        are_new = []
        with transaction(self._db, self._path):
            for row in rows:
                added = self._db.execute(
                    # A feed that moved away from this address is still known by it.
                    """INSERT OR IGNORE INTO feeds (url, title, topic, added, folder, identity)
                    SELECT ?1, ?2, ?3, ?4, ?5, iif(EXISTS (SELECT 1 FROM feeds WHERE identity = ?1),
                        ?1 || '#' || ?4, ?1)""",
                    row,
                ).rowcount
                self._db.execute("UPDATE feeds SET is_gone=0, next_at=NULL WHERE url=? AND is_gone", row[:1])
                # Who subscribes to what an account brings wants it from its publisher.
                self._db.execute("UPDATE feeds SET account=0 WHERE url=? AND account", row[:1])
                are_new.append(added == 1)
        return are_new

    def unsubscribe(self, url: str) -> None:
        """Forget a feed.

        Raises:
            UnknownFeedError: It is not subscribed to.
        """
        self._change("DELETE FROM feeds WHERE url=:url", url, {})

    def rename(self, url: str, title: str) -> None:
        """Give a feed another title; "" takes the feed's own at the next fetch.

        Raises:
            UnknownFeedError: It is not subscribed to.
        """
        self._change("UPDATE feeds SET title=:title WHERE url=:url", url, {"title": title})

    def set_topic(self, url: str, topic: str) -> None:
        """Say what a feed is about; "" leaves that to its articles.

        Raises:
            UnknownFeedError: It is not subscribed to.
        """
        self._change("UPDATE feeds SET topic=:topic WHERE url=:url", url, {"topic": topic})

    def set_folder(self, url: str, folder: str) -> None:
        """Put a feed into a folder of the list; "" takes it out of all.

        Args:
            url: Its address.
            folder: As in "News/Europe".

        Raises:
            UnknownFeedError: It is not subscribed to.
        """
        self._change("UPDATE feeds SET folder=:folder WHERE url=:url", url, {"folder": folder_path(folder)})

    def feeds(self) -> list[Feed]:
        """Every feed, in the order of subscribing."""
        with transaction(self._db, self._path, write=False):
            return [_feed_from(row) for row in self._db.execute(f"SELECT {_COLUMNS} FROM feeds ORDER BY number")]

    def has(self, url: str) -> bool:
        """Whether there is a subscription of just this address, as `Feed.url` has it."""
        with transaction(self._db, self._path, write=False):
            return self._db.execute("SELECT 1 FROM feeds WHERE url = ?", (url,)).fetchone() is not None

    def record(self, url: str, after: Feed) -> None:
        """Keep what a fetch of the feed at `url` left; topic, folder and a title that the reader gave are not touched.

        A feed that moved to the address of another subscription becomes one with it. One that was unsubscribed
        meanwhile stays so.
        """
        self.record_all([(url, after)])

    def record_all(self, fetched: Iterable[tuple[str, Feed]]) -> None:
        """Do what `record` does for the feeds at some addresses, in their order: the disk is waited for once."""
        with transaction(self._db, self._path):
            for url, after in fetched:
                self._record(url, after)

    def _record(self, url: str, after: Feed) -> None:
        values = {
            "old": url,
            "url": after.url,
            "title": after.title,
            "etag": after.etag,
            "last_modified": after.last_modified,
            "next_at": _seconds(after.next_at),
            "is_told_to_wait": after.is_told_to_wait,
            "last_ok": _seconds(after.last_ok),
            "last_error": after.last_error,
            "failures": after.failures,
            "is_gone": after.is_gone,
            "is_unreached": after.is_unreached,
            "last_full": _seconds(after.last_full),
        }
        if after.url != url:
            self._db.execute(
                "DELETE FROM feeds WHERE url=:old AND EXISTS (SELECT 1 FROM feeds WHERE url=:url)",
                {"old": url, "url": after.url},
            )
        self._db.execute(
            """UPDATE feeds SET url=:url, title=CASE title WHEN '' THEN :title ELSE title END, etag=:etag,
            last_modified=:last_modified, next_at=:next_at, is_told_to_wait=:is_told_to_wait, last_ok=:last_ok,
            last_error=:last_error, failures=:failures, is_gone=:is_gone, is_unreached=:is_unreached,
            last_full=:last_full WHERE url=:old""",
            values,
        )

    def record_reached(self, at: datetime) -> None:
        """Keep that a sync reached a publisher; feeds that were not reached before are asked again at once."""
        with transaction(self._db, self._path):
            self._db.execute("INSERT OR REPLACE INTO times VALUES ('reached', ?)", (int(at.timestamp()),))
            self._db.execute("UPDATE feeds SET next_at=NULL, failures=0, is_unreached=0 WHERE is_unreached")

    def last_sync(self) -> datetime | None:
        """When a sync last reached a publisher, by the clock of then; None if none ever did."""
        with transaction(self._db, self._path, write=False):
            row = self._db.execute("SELECT at FROM times WHERE name = 'reached'").fetchone()
        return None if row is None else datetime.fromtimestamp(row[0], UTC)

    def forget_answers(self) -> None:
        """Read every feed as if it had never been: a server that is told what came last sends only what is new."""
        with transaction(self._db, self._path):
            self._db.execute("UPDATE feeds SET etag='', last_modified='', last_ok=NULL")
            self._db.execute("UPDATE feeds SET next_at=NULL WHERE NOT is_told_to_wait")
        self.accounts.forget_items()

    def erase(self) -> None:
        """Delete everything and leave none of its bytes in the file; flash memory may keep old blocks of its own."""
        with transaction(self._db, self._path):
            for table in ("feeds", "times", "requests", "accounts", "account_feeds", "account_items"):
                self._db.execute(f"DELETE FROM {table}")
        vacuum(self._db, self._path)

    def _change(self, query: str, url: str, values: dict[str, str]) -> None:
        with transaction(self._db, self._path):
            if not self._db.execute(query, {"url": _normal(url), **values}).rowcount:
                raise UnknownFeedError(
                    Sentence("{address}: not subscribed to", address=hide_credentials(url)), Remedy.LIST_FEEDS
                )


def folder_path(text: str) -> str:
    """A folder in the one spelling that the table keeps: names without space around them, and "/" between."""
    names = (name.strip() for name in text.split("/"))
    return "/".join([name for name in names if name][:MAX_FOLDERS])


def _normal(url: str) -> str:
    """An address in the one spelling that the table keeps."""
    try:
        return parse_target(url).address
    except FetchError as error:
        raise FeedError(error.fact, error.remedy) from error


def _seconds(at: datetime | None) -> int | None:
    return None if at is None else int(at.timestamp())


def _feed_from(row: Sequence[Any]) -> Feed:
    url, title, topic, added, etag, last_modified, next_at, told, last_ok, error, failures, *more = row
    gone, unreached, full, folder, identity, account = more

    def time(seconds: int | None) -> datetime | None:
        return None if seconds is None else datetime.fromtimestamp(seconds, UTC)

    return Feed(
        url,
        title,
        topic,
        datetime.fromtimestamp(added, UTC),
        etag,
        last_modified,
        time(next_at),
        bool(told),
        time(last_ok),
        error,
        failures,
        bool(gone),
        bool(unreached),
        time(full),
        folder,
        identity,
        account,
    )
