"""The subscriptions: folders, what is unread, how each stands, and what is done with them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from zlib import crc32

from edge_runtime import Feed
from edge_runtime.screens.feed_words import state_in_words
from edge_runtime.screens.reading import Reading
from edge_runtime.screens.rows import NUM_COLOURS


@dataclass(frozen=True, slots=True)
class FeedRow:
    """One subscription."""

    url: str
    name: str
    site: str  # its address, fit for eyes
    state: str
    is_failing: bool
    unread: int
    folder: str
    topic: str
    badge: str = ""  # first letter of its name
    badge_colour: int = 0


@dataclass(frozen=True, slots=True)
class FolderRow:
    """The heading of a folder."""

    name: str
    unread: int


@dataclass(frozen=True, slots=True)
class FeedsPage:
    """All subscriptions, those without a folder first."""

    rows: tuple[FeedRow | FolderRow, ...]
    summary: str
    folders: tuple[str, ...]  # that there are


def feeds_page(session: Reading, now: datetime) -> FeedsPage:
    """The subscriptions by folder and name."""
    tr, feeds = session.tr, session.reader.feeds.feeds()
    unread = session.reader.unread_counts().by_feed
    rows = [_row(feed, unread.get(feed.url, 0), session, now) for feed in feeds]
    rows.sort(key=lambda row: (row.folder.casefold(), row.name.casefold()))
    found: list[FeedRow | FolderRow] = []
    for folder, group in groupby(rows, key=lambda row: row.folder):
        there = list(group)
        if folder:
            found.append(FolderRow(" › ".join(folder.split("/")), sum(row.unread for row in there)))
        found += there
    folders = tuple(dict.fromkeys(row.folder for row in rows if row.folder))
    failing = sum(row.is_failing for row in rows)
    summary = tr.joined(
        tr.count("{number} feed", "{number} feeds", len(rows)) if rows else "",
        tr.count("{number} not fetched", "{number} not fetched", failing) if failing else "",
    )
    return FeedsPage(tuple(found), summary, folders)


def _row(feed: Feed, unread: int, session: Reading, now: datetime) -> FeedRow:
    name = session.tr.line(feed.title) or host_of(feed.shown_url)
    return FeedRow(
        url=feed.url,
        name=name,
        site=feed.shown_url,
        state=state_in_words(feed, now, session.tr),
        is_failing=bool(feed.last_error) or feed.is_gone,
        unread=unread,
        folder=feed.folder,
        topic=session.tr.topic(feed.topic),
        badge=name[:1].upper() or "·",
        badge_colour=crc32(name.encode()) % NUM_COLOURS,
    )


def host_of(url: str) -> str:
    """ "https://www.example.org/feed" -> "example.org"."""
    return url.partition("://")[2].partition("/")[0].removeprefix("www.")


def subscribe_all(session: Reading, now: datetime, feeds: Sequence[tuple[str, str, str, str]]) -> list[str]:
    """Subscribe to feeds, without asking a server: address, title, topic and folder of each. The new ones come back."""
    before = {feed.url for feed in session.reader.feeds.feeds()}
    session.reader.feeds.subscribe_all(feeds, now)
    return [feed.url for feed in session.reader.feeds.feeds() if feed.url not in before]


def unsubscribe(session: Reading, url: str) -> Feed:
    """Unsubscribe; the feed as it was, so that it can come back."""
    (feed,) = (one for one in session.reader.feeds.feeds() if one.url == url)
    session.reader.feeds.unsubscribe(url)
    return feed


def bring_back(session: Reading, feed: Feed) -> None:
    """Subscribe again to what was unsubscribed a moment ago; it is as it was."""
    store = session.reader.feeds
    store.subscribe(feed.url, feed.title, feed.topic, feed.added, feed.folder)
    store.record(feed.url, feed)


def change(session: Reading, url: str, *, title: str, folder: str) -> None:
    """Call a feed something else, and put it into a folder."""
    session.reader.feeds.rename(url, title.strip())
    session.reader.feeds.set_folder(url, folder)


def known_addresses(session: Reading) -> set[str]:
    """What is subscribed to."""
    return {feed.url for feed in session.reader.feeds.feeds()}


def of_addresses(urls: Iterable[str], known: set[str]) -> list[str]:
    """Those that are subscribed to still."""
    return [url for url in urls if url in known]
