"""Bringing all subscriptions up to date: in parallel, but one connection a host at a time and never too often.

Threads fetch and parse (`arriving`); the thread that owns the databases alone takes in articles and writes.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Generator, Iterable
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from edge_runtime.addresses import hide_credentials, parse_target
from edge_runtime.errors import Remedy, UnknownFeedError
from edge_runtime.feeds.answers import FetchStatus
from edge_runtime.feeds.arriving import AS_USUAL, Arrived, Asking, arriving
from edge_runtime.feeds.errands import NO_ERRANDS, Errand
from edge_runtime.feeds.hosts import Resolver, resolve
from edge_runtime.feeds.outcome import FeedOutcome, FeedStatus, SyncOptions
from edge_runtime.feeds.parse import ParsedFeed
from edge_runtime.sentences import Sentence
from edge_runtime.storage.feeds import Feed, FeedStore
from edge_runtime.types import AddReport

if TYPE_CHECKING:
    from edge_runtime.feeds.fetch import Fetch

KEEP_EVERY_S = 1.0  # where a program is killed, what came in since is asked for again
MAX_WAIT = timedelta(days=7)  # however long a server asks for
FIRST_BACK_OFF = timedelta(minutes=15)
MAX_BACK_OFF = timedelta(hours=24)
MAX_BACK_OFF_UNREACHED = timedelta(hours=1)  # asking where no server is reached burdens none

Take = Callable[[Feed, ParsedFeed], AddReport]


def sync_feeds(
    store: FeedStore,
    take: Take,
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
    return SyncRun(store, take, now, options, progress, only, Asking(resolver, get)).run()


class SyncRun:
    """A sync in steps, so that what fetches is not what owns the databases.

    `arriving` fetches: it touches no database, so any one thread may go through it. `take` and `finish` write, so they
    belong to the thread that owns the reader. No lock and no transaction is held between two of them: whatever else
    that thread is asked meanwhile waits for the taking of one feed at most, never for a server.

        run = reader.begin_sync(now, progress=show)  # in the reader's thread

        def fetch():  # in a thread of its own
            for arrived in run.arriving():
                reader_thread.submit(run.take, arrived).result()  # waiting keeps few feeds in memory
            reader_thread.submit(run.finish)

        run.stop.set()  # in any thread

    Attributes:
        stop: Once it is set, the sync ends after the feed at hand. What was taken stays, and feeds that were not taken
            are as they were, so that the next sync asks them.
        total: How many feeds it is about, with those that are not due.
    """

    def __init__(
        self,
        store: FeedStore,
        take: Take,
        now: datetime,
        options: SyncOptions | None = None,
        progress: Callable[[FeedOutcome], object] = lambda outcome: None,
        only: Collection[str] | None = None,
        asking: Asking = AS_USUAL,
        at_end: Callable[[], object] = lambda: None,
    ) -> None:
        """Look which feeds are due; those that are not are told at once. Arguments and errors are `sync_feeds`'s.

        Args:
            at_end: Called once, when it is finished or closed.
        """
        self.stop = threading.Event()
        self._store, self._take, self._progress, self._at_end = store, take, progress, at_end
        self._now, self._options, self._asking = now, options or SyncOptions(), asking
        self._is_whole = only is None
        self._errands = self._asking.errands if self._is_whole else NO_ERRANDS
        self._feeds = [feed for feed in store.feeds() if not feed.account]  # others come by errands
        if only is not None:
            self._options = replace(self._options, force=True)
            self._feeds = _chosen(self._feeds, only)
        self.total = len(self._feeds)
        self._outcomes: dict[str, FeedOutcome] = {}
        self._unreached: list[Arrived] = []
        self._has_answer = False
        self._is_closed = False
        self._states = _States(store)
        statuses = {feed.url: _not_due(feed, now, self._options) for feed in self._feeds}
        self._due = [feed for feed in self._feeds if statuses[feed.url] is None]
        _check_certificates(self._due, self._options)
        for feed in self._feeds:
            if status := statuses[feed.url]:
                self._tell(feed.url, FeedOutcome(feed, status, error=feed.last_error))

    def run(self) -> list[FeedOutcome]:
        """All steps in this thread; what `finish` returns."""
        with closing(self), closing(self.arriving()) as found:
            for arrived in found:
                self.take(arrived)
            return self.finish()

    def arriving(self) -> Generator[Arrived | Errand[object], None, None]:
        """The feeds that are due, as they come in. Go through it once, in any thread; it waits for servers."""
        yield from arriving(self._due, self._now, self._options, self._asking, self.stop)
        with closing(self._errands.run(self.stop)) as errands:  # last: a slow one holds up no feed
            yield from errands

    def take(self, arrived: Arrived | Errand[object]) -> None:
        """Take in what came of one feed. One that was unsubscribed meanwhile is let be.

        Raises:
            StorageError: It could not be written; `close` keeps the others.
        """
        if isinstance(arrived, Errand):
            arrived.run()
            return
        if not self._store.has(arrived.feed.url):
            self._tell(arrived.feed.url, FeedOutcome(arrived.feed, FeedStatus.STOPPED))
        elif arrived.is_unreached:  # what that means is known when all have come in
            self._unreached.append(arrived)
        else:
            self._has_answer = self._has_answer or not arrived.is_refused
            self._keep(arrived)

    def finish(self) -> list[FeedOutcome]:
        """Judge the feeds that no server answered for, and end.

        Returns:
            One outcome a feed, in the order of subscribing; those of errands come last.
        """
        self._states.close()
        if not self.stop.is_set():  # else nobody knows what the others would have answered
            if (
                self._has_answer or self._errands.has_answer()
            ) and self._is_whole:  # after a few feeds the others' news has not come
                self._store.record_reached(self._now)
            self._judge_unreached()
        self.close()
        stopped = {feed.url: FeedOutcome(feed, FeedStatus.STOPPED, error=feed.last_error) for feed in self._feeds}
        return [*(stopped | self._outcomes).values(), *self._errands.outcomes()]

    def close(self) -> None:
        """Keep what was taken, whatever happened since; a second time does nothing."""
        if self._is_closed:
            return
        self._is_closed = True
        try:
            self._states.close()
        finally:
            self._at_end()

    def _judge_unreached(self) -> None:
        is_offline = not self._has_answer and _is_network_down(self._unreached)
        for one in self._unreached:
            if is_offline:
                self._tell(one.feed.url, FeedOutcome(one.feed, FeedStatus.OFFLINE, error=one.error))
                continue
            # A name server fails for one name too, for years: where another answered, this device was not cut off.
            longest = MAX_BACK_OFF if self._has_answer else MAX_BACK_OFF_UNREACHED
            self._keep(replace(one, is_local=not self._has_answer), longest)

    def _keep(self, arrived: Arrived, longest: timedelta = MAX_BACK_OFF) -> None:
        feed = arrived.feed
        after, status = _settle(arrived, self._now, self._options, longest)
        added = updated = 0
        warnings = arrived.fetched.warnings if arrived.fetched else ()
        if arrived.parsed:
            report = self._take(after, arrived.parsed)
            added, updated = report.added, report.updated
            warnings += arrived.parsed.warnings + report.warnings
            status = FeedStatus.NEW if added or updated else FeedStatus.UNCHANGED
        self._states.keep(feed.url, after)
        moved_from = feed.url if after.url != feed.url else ""
        self._tell(
            feed.url,
            FeedOutcome(after, status, added, updated, warnings, after.last_error, moved_from, arrived.page_feeds),
        )

    def _tell(self, url: str, outcome: FeedOutcome) -> None:
        self._outcomes[url] = outcome = replace(outcome, done=len(self._outcomes) + 1, total=self.total)
        self._progress(outcome)


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


def _is_network_down(unreached: list[Arrived]) -> bool:
    """Whether it is the network, of feeds that are all that were asked; of one silent host nobody can tell."""
    hosts = {parse_target(one.feed.url).host for one in unreached}
    return len(hosts) > 1 or any(one.is_local for one in unreached)


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


def _interval(options: SyncOptions) -> timedelta:
    return timedelta(seconds=options.min_interval_s)


def _settle(read: Arrived, now: datetime, options: SyncOptions, longest: timedelta) -> tuple[Feed, FeedStatus]:
    """How the feed stands after its fetch; the status of one with articles is not known yet."""
    fetched = read.fetched
    feed = replace(read.feed, is_unreached=read.is_local)
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
