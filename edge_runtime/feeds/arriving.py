"""Feeds as they come in: threads fetch and parse, politely. Nothing here touches a database.

urllib3 is loaded when the first feed is asked.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Generator, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from queue import Empty, Queue, SimpleQueue
from typing import TYPE_CHECKING

from edge_runtime.addresses import hide_credentials, parse_target
from edge_runtime.errors import FeedError, FetchError, PrivateAddressError, UnreachedError
from edge_runtime.feeds.answers import Fetched, FetchStatus
from edge_runtime.feeds.errands import NO_ERRANDS, Errands
from edge_runtime.feeds.hosts import Resolver, resolve
from edge_runtime.feeds.outcome import SyncOptions
from edge_runtime.feeds.parse import ParsedFeed, parse_feed
from edge_runtime.sentences import Sentence
from edge_runtime.storage.feeds import Feed

if TYPE_CHECKING:
    from edge_runtime.feeds.fetch import Fetch

MAX_UNCHANGED = timedelta(days=7)  # as long a server is believed that nothing has changed; then it must send all
_LOOK_EVERY_S = 0.1  # whether it is to stop, while no feed comes in


@dataclass(frozen=True, slots=True)
class Arrived:
    """What became of asking for a feed; `parsed` is there if the answer was a feed, `error` if there was none."""

    feed: Feed  # as it was
    fetched: Fetched | None = None
    parsed: ParsedFeed | None = None
    error: str = ""
    page_feeds: tuple[str, ...] = ()
    is_refused: bool = False  # by us: no server was asked
    is_unreached: bool = False  # no server answered
    is_local: bool = False  # and that is this device's own fault


@dataclass(frozen=True, slots=True)
class Asking:
    """By what feeds are asked for, and who else is asked."""

    resolver: Resolver = resolve
    get: Fetch | None = None  # in the place of `fetch.fetch`
    errands: Errands = NO_ERRANDS  # other servers, after the feeds; of a whole sync alone


AS_USUAL = Asking()


def arriving(
    feeds: list[Feed], now: datetime, options: SyncOptions, asking: Asking, stop: threading.Event
) -> Generator[Arrived, None, None]:
    """Feeds as they come in. The threads are daemons, so that Ctrl-C need not wait for a slow server.

    Args:
        feeds: To be asked.
        now: UTC-aware.
        options: Of the sync.
        asking: By what.
        stop: Once it is set, no other feed is asked or given out.
    """
    from edge_runtime.feeds.fetch import FetchOptions, fetch

    fetching = FetchOptions(options.allow_private, options.time_limit_s, ca_file=options.ca_file)
    locks: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
    locks_lock = threading.Lock()

    def turn(host: str) -> threading.Lock:
        """Redirects lead many feeds to one host, so groups by host alone would not do."""
        with locks_lock:
            return locks[host]

    def read(feed: Feed) -> Arrived:
        try:
            fetched = (asking.get or fetch)(feed.url, *_validators(feed, now), fetching, now, asking.resolver, turn)
            return _parsed(feed, fetched, now) if fetched.status is FetchStatus.FRESH else Arrived(feed, fetched)
        except UnreachedError as error:
            return Arrived(feed, error=str(error), is_unreached=True, is_local=error.is_local)
        except FetchError as error:
            refused = isinstance(error, PrivateAddressError) and str(error).startswith(f"{feed.shown_url}:")
            return Arrived(feed, error=str(error), is_refused=refused)  # where a redirect leads, one was asked
        except Exception as error:  # a fault of ours: told like the others, and the other feeds go on
            said = f"{type(error).__name__}: {hide_credentials(str(error))}"
            told = Sentence("{error}; please report this", error=said)
            return Arrived(feed, error=told)

    waiting: SimpleQueue[list[Feed]] = SimpleQueue()
    for group in _by_host(feeds):
        waiting.put(group)
    done: Queue[Arrived] = Queue(max(1, options.workers))  # bounded: taking in may be slower than fetching
    is_left = threading.Event()  # nobody waits for more

    def work() -> None:
        with suppress(Empty):
            while True:
                for feed in waiting.get_nowait():
                    if is_left.is_set() or stop.is_set():
                        return
                    done.put(read(feed))

    if not _start(work, max(1, options.workers)):
        yield from (read(feed) for group in _by_host(feeds) for feed in group if not stop.is_set())
        return
    try:
        num_left = len(feeds)
        while num_left and not stop.is_set():
            with suppress(Empty):
                arrived = done.get(timeout=_LOOK_EVERY_S)
                num_left -= 1
                yield arrived
    finally:
        is_left.set()
        with suppress(Empty):  # after this there is room for what each thread still puts
            while True:
                done.get_nowait()


def _validators(feed: Feed, now: datetime) -> tuple[str, str]:
    """What the server said of its last answer, for it to say that nothing has changed; nothing after a while.

    Some servers say so for ever. An answer from the future tells that a clock was wrong, not how old it is.
    """
    is_known = feed.last_full is not None and feed.last_full <= now < feed.last_full + MAX_UNCHANGED
    return (feed.etag, feed.last_modified) if is_known else ("", "")


def _parsed(feed: Feed, fetched: Fetched, now: datetime) -> Arrived:
    # Not the address a redirect ends at: that may be another one each day, and articles are told apart by it.
    lasting = parse_target(fetched.moved_to or feed.url)
    try:
        page_url = parse_target(fetched.url).url
        return Arrived(
            feed, fetched, parse_feed(fetched.data, lasting.url, now, fetched.content_type, page_url=page_url)
        )
    except FeedError as error:
        return Arrived(feed, error=str(error).replace(lasting.url, lasting.shown), page_feeds=error.feeds)


def _start(work: Callable[[], None], workers: int) -> int:
    """Start threads; how many there are, as a device may have none to spare."""
    for number in range(workers):
        try:
            threading.Thread(target=work, name="edge-news sync", daemon=True).start()
        except RuntimeError:
            return number
    return workers


def _by_host(feeds: Iterable[Feed]) -> list[list[Feed]]:
    groups: defaultdict[str, list[Feed]] = defaultdict(list)
    for feed in feeds:
        groups[parse_target(feed.url).host].append(feed)
    return list(groups.values())
