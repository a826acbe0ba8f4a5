"""What a sync is asked to do, and what became of each feed. Apart from `sync`, so that reading loads no parser."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from edge_runtime.storage.feeds import Feed


class FeedStatus(StrEnum):
    """What became of one feed in a sync."""

    NEW = "new"  # new or changed articles
    UNCHANGED = "unchanged"
    TOO_EARLY = "too early"  # not asked: the last time was just now, or it failed lately
    TOLD_TO_WAIT = "told to wait"  # the server asked for patience, now or before
    FAILED = "failed"
    OFFLINE = "offline"  # no server at all was reached: this device's network seems to be down
    GONE = "gone"  # the publisher ended it; not asked any more
    STOPPED = "stopped"  # the sync ended before, or it was unsubscribed meanwhile: it is as it was


@dataclass(frozen=True, slots=True)
class SyncOptions:
    """How a sync behaves towards servers."""

    workers: int = 4  # feeds at once, each of another host
    min_interval_s: int = 900  # between two fetches of a feed that went well
    force: bool = False  # now, whatever went before; a server's wish to wait is obeyed all the same
    allow_private: bool = False  # also hosts of this device and of its own network
    time_limit_s: float = 30.0  # a feed
    ca_file: Path | None = None  # PEM: certificate authorities in the place of this device's own


@dataclass(frozen=True, slots=True)
class FeedOutcome:
    """What became of one feed, and how it stands now."""

    feed: Feed
    status: FeedStatus
    added: int = 0
    updated: int = 0
    warnings: tuple[str, ...] = ()
    error: str = ""  # why it failed, has gone or has to wait; of a feed that was not asked, the last time's
    moved_from: str = ""  # the old address, if the publisher gave a new one for good
    page_feeds: tuple[str, ...] = ()  # addresses of feeds that a web page in this one's place names, best first
    done: int = field(default=0, compare=False)  # of the feeds of the sync, this one included
    total: int = field(default=0, compare=False)  # feeds of the sync
