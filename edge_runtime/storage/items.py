"""Which article each item of a subscription is, remembered for longer than the article itself."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path

from edge_runtime.storage.database import transaction

DAY_S = 86_400
MAX_OF_SUBSCRIPTION = 5_000  # remembered items, those seen last
MAX_ITEMS = 100_000
_MARKS = "guid, link, path, title, text, dated"
_COLUMNS = f"{_MARKS}, article_id, first_seen, last_seen, is_own, came_with_feed"


@dataclass(frozen=True, slots=True)
class Marks:
    """What an item is recognised by: numbers that stand for its fields, 0 for an empty one."""

    guid: int = 0
    link: int = 0  # 0 for a home page too
    path: int = 0  # of the link, without host and parameters
    title: int = 0
    text: int = 0
    dated: int | None = None  # seconds UTC, as the feed says it

    @property
    def name(self) -> int:
        """What it is called: its title, else its text."""
        return self.title or self.text

    @property
    def has_time(self) -> bool:
        """Whether it is dated by more than a day."""
        return self.dated is not None and self.dated % DAY_S != 0

    @property
    def day(self) -> int | None:
        """Days since 1970."""
        return None if self.dated is None else self.dated // DAY_S


@dataclass(frozen=True, slots=True)
class StoredItem:
    """An item of a subscription, as it was when it was seen last."""

    marks: Marks
    article_id: str
    first_seen: int  # seconds UTC
    last_seen: int  # seconds UTC, not newer than a day is enough
    is_own: bool = False  # the article lies on the feed's own site
    came_with_feed: bool = False  # it was there when the feed was read first


@dataclass(frozen=True, slots=True)
class Rival:
    """What another subscription says of an article."""

    subscription: str
    is_own: bool  # the article lies on that feed's site
    last_seen: int  # seconds UTC, to the day


class ItemTable:
    """The table `items` of the article cache. Methods that write raise StorageError, and then nothing is changed."""

    def __init__(self, db: sqlite3.Connection, path: Path) -> None:
        """Of an open cache."""
        self._db = db
        self._path = path

    def of(self, subscription: str) -> list[StoredItem]:
        """The items of a subscription, in order of arrival."""
        return self._found("WHERE subscription = ? ORDER BY number", (subscription,))

    def rivals(self, subscription: str) -> dict[str, list[Rival]]:
        """By article of a subscription: the items of others that are it too."""
        query = """SELECT article_id, subscription, is_own, last_seen FROM items WHERE subscription != ?1
            AND article_id IN (SELECT article_id FROM items WHERE subscription = ?1)"""
        found: dict[str, list[Rival]] = {}
        with transaction(self._db, self._path, write=False):
            for article_id, name, is_own, last_seen in self._db.execute(query, (subscription,)):
                found.setdefault(article_id, []).append(Rival(name, bool(is_own), last_seen))
        return found

    def last_seen(self) -> dict[str, int]:
        """By subscription: when an item of it was seen last, seconds UTC to the day."""
        with transaction(self._db, self._path, write=False):
            return dict(self._db.execute("SELECT subscription, max(last_seen) FROM items GROUP BY subscription"))

    def put(self, subscription: str, items: Sequence[StoredItem]) -> None:
        """Keep items as they are now, all or none; what was known of an article in this subscription is replaced."""
        rows = [(subscription, *astuple(one.marks), *_others(one)) for one in items]
        names = _COLUMNS.split(", ")
        with transaction(self._db, self._path):
            self._db.executemany(
                f"""INSERT INTO items (subscription, {_COLUMNS}) VALUES (?, {", ".join("?" * len(names))})
                ON CONFLICT (subscription, article_id)
                DO UPDATE SET {", ".join(f"{name}=excluded.{name}" for name in names)}""",
                rows,
            )
            self._db.execute(
                """DELETE FROM items WHERE subscription = ?1 AND number NOT IN (SELECT number FROM items
                WHERE subscription = ?1 ORDER BY last_seen DESC, number DESC LIMIT ?2)""",
                (subscription, MAX_OF_SUBSCRIPTION),
            )

    def without_feed(self) -> list[tuple[str, str, str]]:
        """Id, title and address of the cached articles that no subscription has."""
        query = "SELECT article_id, title, url FROM articles WHERE article_id NOT IN (SELECT article_id FROM items)"
        with transaction(self._db, self._path, write=False):
            return self._db.execute(query).fetchall()

    def is_repeated(self, link: int) -> bool:
        """Whether a subscription has several items with a link."""
        query = "SELECT 1 FROM items WHERE link = ? GROUP BY subscription HAVING count(*) > 1"
        with transaction(self._db, self._path, write=False):
            return self._db.execute(query, (link,)).fetchone() is not None

    def sharing_links(self, article_ids: Iterable[str]) -> set[str]:
        """Those of some articles whose link says nothing of them: their feed repeats it, or it is a home page."""
        query = """SELECT 1 FROM items AS one WHERE article_id = ? AND (link = 0 OR EXISTS (SELECT 1 FROM items
            AS other WHERE other.link = one.link AND other.subscription = one.subscription
            AND other.number != one.number))"""
        return self._those(query, article_ids)

    def came_with_feeds(self, article_ids: Iterable[str]) -> set[str]:
        """Those of some articles that were there when each feed that has them was read first."""
        query = "SELECT 1 FROM items WHERE article_id = ? GROUP BY article_id HAVING min(came_with_feed) = 1"
        return self._those(query, article_ids)

    def articles_by_subscription(self) -> dict[str, list[str]]:
        """Ids of the cached articles of each subscription."""
        query = """SELECT subscription, article_id FROM items
            WHERE article_id IN (SELECT article_id FROM articles) ORDER BY number"""
        found: dict[str, list[str]] = {}
        with transaction(self._db, self._path, write=False):
            for subscription, article_id in self._db.execute(query):
                found.setdefault(subscription, []).append(article_id)
        return found

    def newest_of_each(self, count: int, subscriptions: Collection[str]) -> set[str]:
        """Ids of the newest cached articles of each of some subscriptions."""
        query = """SELECT items.article_id FROM items JOIN articles USING (article_id) WHERE subscription = ?
            ORDER BY coalesce(published, added) DESC, items.number DESC LIMIT ?"""
        with transaction(self._db, self._path, write=False):
            return {name for one in subscriptions for (name,) in self._db.execute(query, (one, count))}

    def forget_oldest(self, most: int = MAX_ITEMS) -> None:
        """Keep within a number of items: those without a cached article go first, those seen longest ago first."""
        with transaction(self._db, self._path, write=False):
            ((count,),) = self._db.execute("SELECT count(*) FROM items").fetchall()
        if count <= most:
            return
        with transaction(self._db, self._path):
            self._db.execute(
                """DELETE FROM items WHERE number IN (SELECT number FROM items
                ORDER BY article_id IN (SELECT article_id FROM articles), last_seen, number LIMIT ?)""",
                (count - most,),
            )

    def forget_all(self) -> None:
        """Forget every item."""
        with transaction(self._db, self._path):
            self._db.execute("DELETE FROM items")

    def _those(self, query: str, article_ids: Iterable[str]) -> set[str]:
        with transaction(self._db, self._path, write=False):
            return {name for name in article_ids if self._db.execute(query, (name,)).fetchone()}

    def _found(self, where: str, parameters: Sequence[object]) -> list[StoredItem]:
        with transaction(self._db, self._path, write=False):
            rows = self._db.execute(f"SELECT {_COLUMNS} FROM items {where}", parameters).fetchall()
        return [
            StoredItem(Marks(*row[:6]), row[6], row[7], row[8], is_own=bool(row[9]), came_with_feed=bool(row[10]))
            for row in rows
        ]


def _others(one: StoredItem) -> tuple[object, ...]:
    return one.article_id, one.first_seen, one.last_seen, one.is_own, one.came_with_feed
