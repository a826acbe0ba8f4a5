"""Bringing all subscriptions up to date: in parallel, but one connection a host at a time and never too often.

Threads fetch and parse; the calling thread alone takes in articles and writes. It loads urllib3 when it is called.
"""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Generator, Iterable
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from queue import Empty, Queue, SimpleQueue
from typing import TYPE_CHECKING

from edge_runtime.addresses import hide_credentials, parse_target
from edge_runtime.errors import FeedError, FetchError, PrivateAddressError, Remedy, UnknownFeedError, UnreachedError
from edge_runtime.feeds.answers import Fetched, FetchStatus
from edge_runtime.feeds.hosts import Resolver, resolve
from edge_runtime.feeds.outcome import FeedOutcome, FeedStatus, SyncOptions
from edge_runtime.feeds.parse import ParsedFeed, parse_feed
from edge_runtime.sentences import Sentence
from edge_runtime.storage.feeds import Feed, FeedStore
from edge_runtime.types import AddReport

if TYPE_CHECKING:
    from edge_runtime.feeds.fetch import Fetch

KEEP_EVERY_S = 1.0  # where a program is killed, what came in since is asked for again
MAX_WAIT = timedelta(days=7)  # however long a server asks for
MAX_UNCHANGED = timedelta(days=7)  # as long a server is believed that nothing has changed; then it must send all
FIRST_BACK_OFF = timedelta(minutes=15)
MAX_BACK_OFF = timedelta(hours=24)
MAX_BACK_OFF_UNREACHED = timedelta(hours=1)  # asking where no server is reached burdens none


@dataclass(frozen=True, slots=True)
class _Read:
    """What a thread brings back; `parsed` is there if the answer was a feed, `error` if there was none."""

    fetched: Fetched | None = None
    parsed: ParsedFeed | None = None
    error: str = ""
    page_feeds: tuple[str, ...] = ()
    is_refused: bool = False  # by us: no server was asked
    is_unreached: bool = False  # no server answered
    is_local: bool = False  # and that is this device's own fault


def sync_feeds(
    store: FeedStore,
    take: Callable[[Feed, ParsedFeed], AddReport],
    now: datetime,
    options: SyncOptions | None = None,
    progress: Callable[[FeedOutcome], object] = lambda outcome: None,
    resolver: Resolver = resolve,
    only: Collection[str] | None = None,
    get: Fetch | None = None,
) -> list[FeedOutcome]:
    """Fetch every feed that is due. One feed's trouble is in its outcome and stops no other.

    A network that is down is not charged to the feeds. It is down where no feed's server was reached, and this device
    says why or servers of several hosts are silent. Then all feeds stay as they were and are asked at the next sync.

    If it is interrupted, or `take`, `progress` or the store raises, the finished feeds are kept. The others are asked
    again at the next sync. Threads that still fetch end by themselves within the time limit.

    Args:
        take: Puts the articles of a feed into the cache; called before the feed's state is kept.
        progress: Called after each feed.
        only: Addresses of subscriptions: these alone are fetched, due or not, unless their server asked for patience.
        get: Asks in the place of `fetch.fetch`, in a thread; an answer that has moved is taken as from there.

    Returns:
        One outcome a feed, in the order of subscribing.

    Raises:
        UnknownFeedError: One of `only` is not subscribed to.
        FetchError: `options.ca_file` cannot be used, or there are no certificates for https; nothing was asked.
    """
    options = options or SyncOptions()
    feeds = store.feeds()
    if only is not None:
        options = replace(options, force=True)
        feeds = _chosen(feeds, only)
    outcomes: dict[str, FeedOutcome] = {}

    def tell(url: str, outcome: FeedOutcome) -> None:
        outcomes[url] = outcome
        progress(outcome)

    due = []
    for feed in feeds:
        if status := _not_due(feed, now, options):
            tell(feed.url, FeedOutcome(feed, status, error=feed.last_error))
        else:
            due.append(feed)
    _check_certificates(due, options)
    unreached: list[tuple[Feed, _Read]] = []
    has_answer = False
    states = _States(store)

    def keep(feed: Feed, read: _Read, longest: timedelta = MAX_BACK_OFF) -> None:
        after, status = _settle(feed, read, now, options, longest)
        added = updated = 0
        warnings = read.fetched.warnings if read.fetched else ()
        if read.parsed:
            report = take(after, read.parsed)
            added, updated = report.added, report.updated
            warnings += read.parsed.warnings + report.warnings
            status = FeedStatus.NEW if added or updated else FeedStatus.UNCHANGED
        states.keep(feed.url, after)
        moved_from = feed.url if after.url != feed.url else ""
        tell(
            feed.url,
            FeedOutcome(after, status, added, updated, warnings, after.last_error, moved_from, read.page_feeds),
        )

    with closing(states), closing(_read_all(due, now, options, resolver, get)) as arriving:
        for feed, read in arriving:
            if read.is_unreached:  # what that means is known when all have come in
                unreached.append((feed, read))
                continue
            has_answer = has_answer or not read.is_refused
            keep(feed, read)
    if has_answer and only is None:  # after a few feeds the others' news has not come
        store.record_reached(now)
    is_offline = not has_answer and _is_network_down(unreached)
    with closing(states):
        for feed, read in unreached:
            if is_offline:
                tell(feed.url, FeedOutcome(feed, FeedStatus.OFFLINE, error=read.error))
                continue
            # A name server fails for one name too, for years: where another answered, this device was not cut off.
            keep(feed, replace(read, is_local=not has_answer), MAX_BACK_OFF if has_answer else MAX_BACK_OFF_UNREACHED)
    return [outcomes[feed.url] for feed in feeds]


def _check_certificates(due: Iterable[Feed], options: SyncOptions) -> None:
    """Say before the first request that none can be trusted: it is no fault of a feed."""
    if options.ca_file or any(feed.url.startswith("https:") for feed in due):
        from edge_runtime.feeds.certificates import tls_context

        tls_context(options.ca_file)


class _States:
    """What fetches left, kept once a second: a card takes up to 20 ms for each time, and feeds come in faster."""

    def __init__(self, store: FeedStore) -> None:
        self._store = store
        self._waiting: list[tuple[str, Feed]] = []
        self._last = time.monotonic()

    def keep(self, url: str, after: Feed) -> None:
        self._waiting.append((url, after))
        if time.monotonic() - self._last >= KEEP_EVERY_S:
            self.close()

    def close(self) -> None:
        """Keep what waits; more can follow."""
        waiting, self._waiting = self._waiting, []
        if waiting:
            self._store.record_all(waiting)
        self._last = time.monotonic()


def _chosen(feeds: list[Feed], only: Collection[str]) -> list[Feed]:
    wanted = {parse_target(url).address: url for url in only}
    chosen = [feed for feed in feeds if wanted.pop(feed.url, None) is not None]
    if wanted:
        named = ", ".join(map(hide_credentials, wanted.values()))
        raise UnknownFeedError(Sentence("{address}: not subscribed to", address=named), Remedy.LIST_FEEDS)
    return chosen


def _is_network_down(unreached: list[tuple[Feed, _Read]]) -> bool:
    """Whether it is the network, of feeds that are all that were asked; of one silent host nobody can tell."""
    hosts = {parse_target(feed.url).host for feed, _ in unreached}
    return len(hosts) > 1 or any(read.is_local for _, read in unreached)


def _not_due(feed: Feed, now: datetime, options: SyncOptions) -> FeedStatus | None:
    """Why a feed is left alone.

    A time that lies beyond the longest wait of its kind is not obeyed: a clock that was wrong wrote it. A Raspberry
    Pi's is wrong until it has asked for the time.
    """
    if feed.is_gone and not options.force:
        return FeedStatus.GONE
    longest = MAX_WAIT if feed.is_told_to_wait else MAX_BACK_OFF if feed.failures else _interval(options)
    if feed.next_at is None or not now < feed.next_at <= now + longest:
        return None
    if feed.is_told_to_wait:
        return FeedStatus.TOLD_TO_WAIT
    return None if options.force else FeedStatus.TOO_EARLY


def _validators(feed: Feed, now: datetime) -> tuple[str, str]:
    """What the server said of its last answer, for it to say that nothing has changed; nothing after a while.

    Some servers say so for ever. An answer from the future tells that a clock was wrong, not how old it is.
    """
    is_known = feed.last_full is not None and feed.last_full <= now < feed.last_full + MAX_UNCHANGED
    return (feed.etag, feed.last_modified) if is_known else ("", "")


def _interval(options: SyncOptions) -> timedelta:
    return timedelta(seconds=options.min_interval_s)


def _read_all(
    feeds: list[Feed], now: datetime, options: SyncOptions, resolver: Resolver, get: Fetch | None
) -> Generator[tuple[Feed, _Read], None, None]:
    """Feeds as they come in. The threads are daemons, so that Ctrl-C need not wait for a slow server."""
    from edge_runtime.feeds.fetch import FetchOptions, fetch

    fetching = FetchOptions(options.allow_private, options.time_limit_s, ca_file=options.ca_file)
    locks: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
    locks_lock = threading.Lock()

    def turn(host: str) -> threading.Lock:
        """Redirects lead many feeds to one host, so groups by host alone would not do."""
        with locks_lock:
            return locks[host]

    def read(feed: Feed) -> _Read:
        try:
            fetched = (get or fetch)(feed.url, *_validators(feed, now), fetching, now, resolver, turn)
            return _parsed(feed, fetched, now) if fetched.status is FetchStatus.FRESH else _Read(fetched)
        except UnreachedError as error:
            return _Read(error=str(error), is_unreached=True, is_local=error.is_local)
        except FetchError as error:
            refused = isinstance(error, PrivateAddressError) and str(error).startswith(f"{feed.shown_url}:")
            return _Read(error=str(error), is_refused=refused)  # where a redirect leads, one was asked
        except Exception as error:  # a fault of ours: told like the others, and the other feeds go on
            said = f"{type(error).__name__}: {hide_credentials(str(error))}"
            return _Read(error=Sentence("{error}; please report this", error=said))

    waiting: SimpleQueue[list[Feed]] = SimpleQueue()
    for group in _by_host(feeds):
        waiting.put(group)
    done: Queue[tuple[Feed, _Read]] = Queue(max(1, options.workers))  # bounded: taking in may be slower than fetching
    stop = threading.Event()

    def work() -> None:
        with suppress(Empty):
            while True:
                for feed in waiting.get_nowait():
                    if stop.is_set():
                        return
                    done.put((feed, read(feed)))

    if not _start(work, max(1, options.workers)):
        yield from ((feed, read(feed)) for group in _by_host(feeds) for feed in group)
        return
    try:
        for _ in feeds:
            yield done.get()
    finally:
        stop.set()
        with suppress(Empty):  # after this there is room for what each thread still puts
            while True:
                done.get_nowait()


def _parsed(feed: Feed, fetched: Fetched, now: datetime) -> _Read:
    # Not the address a redirect ends at: that may be another one each day, and articles are told apart by it.
    lasting = parse_target(fetched.moved_to or feed.url)
    try:
        return _Read(
            fetched,
            parse_feed(fetched.data, lasting.url, now, fetched.content_type, page_url=parse_target(fetched.url).url),
        )
    except FeedError as error:
        return _Read(error=str(error).replace(lasting.url, lasting.shown), page_feeds=error.feeds)


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


def _settle(
    feed: Feed, read: _Read, now: datetime, options: SyncOptions, longest: timedelta
) -> tuple[Feed, FeedStatus]:
    """How the feed stands after its fetch; the status of one with articles is not known yet."""
    fetched = read.fetched
    feed = replace(feed, is_unreached=read.is_local)
    if read.is_refused:
        return replace(feed, last_error=read.error, next_at=None, is_told_to_wait=False), FeedStatus.FAILED
    if fetched is None or fetched.status is FetchStatus.LATER:
        failures = feed.failures + 1
        back_off = min(FIRST_BACK_OFF * 2 ** min(failures - 1, 10), longest)
        failed = replace(feed, failures=failures, last_error=read.error, next_at=now + back_off, is_told_to_wait=False)
        if fetched is None:
            return failed, FeedStatus.FAILED
        if fetched.retry_after_s is not None:
            wished = timedelta(seconds=min(fetched.retry_after_s, MAX_WAIT.total_seconds()))
            back_off = min(max(wished, _interval(options)), MAX_WAIT)
        until = now + back_off
        told = Sentence(
            "{address}: the server asks for patience; it is asked again after {time} UTC",
            address=feed.shown_url,
            time=f"{until:%Y-%m-%d %H:%M}",
        )
        return replace(failed, last_error=told, next_at=until, is_told_to_wait=True), FeedStatus.TOLD_TO_WAIT
    if fetched.status is FetchStatus.GONE:
        told = Sentence(
            "{address}: ended by its publisher (HTTP 410); unsubscribe, its articles stay", address=feed.shown_url
        )
        return replace(feed, is_gone=True, last_error=told, next_at=None, is_told_to_wait=False), FeedStatus.GONE
    after = replace(
        feed,
        next_at=now + _interval(options),
        is_told_to_wait=False,
        last_ok=now,
        last_error="",
        failures=0,
        is_gone=False,
        url=fetched.moved_to or feed.url,
        title=feed.title or (read.parsed.title if read.parsed else ""),
    )
    if fetched.status is FetchStatus.FRESH:
        full = replace(after, etag=fetched.etag, last_modified=fetched.last_modified, last_full=now)
        return full, FeedStatus.UNCHANGED
    # 304 need not repeat what it compared with.
    kept = replace(after, etag=fetched.etag or feed.etag, last_modified=fetched.last_modified or feed.last_modified)
    return kept, FeedStatus.UNCHANGED
