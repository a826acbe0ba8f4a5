"""One exchange with a server after the other, in an order that loses no mark.

What was done here is sent first. So the lists that come afterwards know it, and what they say counts for all that was
not changed here since. What is changed here while they come waits in the queue, counts more, and is sent at the end.
"""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from edge_runtime.accounts.ledger import Ledger, ToSend
from edge_runtime.accounts.upstream import PatienceError, RemoteItem, Upstream
from edge_runtime.addresses import hide_credentials
from edge_runtime.errors import AccountError, FetchError
from edge_runtime.feeds.errands import Left, Steps, done
from edge_runtime.feeds.outcome import FeedOutcome, FeedStatus, SyncOptions
from edge_runtime.sentences import Sentence
from edge_runtime.storage.accounts import Account
from edge_runtime.storage.outbox import MarkKind

FIRST_BACK_OFF = timedelta(minutes=15)
MAX_BACK_OFF = timedelta(hours=24)
MAX_WAIT = timedelta(days=7)  # however long a server asks for
MOST_S = 600.0  # of one exchange; the next one goes on where it ended
MARKS_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Job:
    """An account that is to be asked, or why it is not."""

    ledger: Ledger
    open: Callable[[], Upstream]
    left_alone: FeedStatus | None = None


class AccountErrands:
    """All accounts of a sync."""

    def __init__(self, jobs: Sequence[Job], now: datetime, options: SyncOptions) -> None:
        """Ask nothing yet; made by the thread that owns the databases."""
        self._jobs, self._now, self._options = jobs, now, options
        self._statuses: dict[int, FeedStatus] = {}

    def run(self, stop: threading.Event) -> Steps[None]:
        """Ask one server after the other; what fails is told with the account, and stops no other."""
        for job in self._jobs:
            if stop.is_set():
                return
            if job.left_alone is None:
                try:
                    yield from self._one(job, stop)
                except Left:
                    return

    def has_answer(self) -> bool:
        """Whether a server answered."""
        return FeedStatus.UNCHANGED in self._statuses.values()

    def outcomes(self) -> list[FeedOutcome]:
        """What became of each feed that comes by an account; of a failure the account tells."""
        found = []
        for job in self._jobs:
            ledger = job.ledger
            status = self._statuses.get(ledger.account.number, job.left_alone or FeedStatus.STOPPED)
            for feed in ledger.feeds():
                added, updated = ledger.added[feed.url], ledger.updated[feed.url]
                of_feed = FeedStatus.NEW if status is FeedStatus.UNCHANGED and (added or updated) else status
                found.append(FeedOutcome(feed, of_feed, added, updated))
        return found

    def _one(self, job: Job, stop: threading.Event) -> Steps[None]:
        ledger, number = job.ledger, job.ledger.account.number
        try:
            upstream = job.open()
            with closing(upstream):
                upstream.log_in()
                with closing(exchange(ledger, upstream)) as steps:
                    yield from _limited(steps, stop, ledger.account)
        except FetchError as error:
            self._statuses[number] = FeedStatus.FAILED
            if isinstance(error, PatienceError):
                self._statuses[number] = FeedStatus.TOLD_TO_WAIT
            after = failed(ledger.account, error, self._now)
        except Left:
            raise
        except Exception as error:  # a fault of ours: told like the others
            self._statuses[number] = FeedStatus.FAILED
            said = Sentence(
                "{error}; please report this", error=f"{type(error).__name__}: {hide_credentials(str(error))}"
            )
            after = failed(ledger.account, FetchError(said), self._now)
        else:
            self._statuses[number] = FeedStatus.UNCHANGED
            after = went_well(ledger.account, self._now, self._options)
        yield from done(lambda: ledger.settle(after))


@dataclass(frozen=True, slots=True)
class _Handover:
    """Where a server's articles go."""

    ledger: Ledger
    upstream: Upstream
    is_private: bool
    looked_again: list[bool] = field(default_factory=list)  # at the subscriptions

    def unknown(self, remote_ids: Sequence[str]) -> Steps[list[str]]:
        return (yield from done(lambda: self.ledger.unknown(remote_ids)))

    def take(self, items: Sequence[RemoteItem], cursor: str | None = None) -> Steps[None]:
        has_new_feed = yield from done(lambda: self.ledger.has_new_feed(items))
        if has_new_feed and not self.looked_again:  # it was subscribed to since they were looked at
            self.looked_again.append(True)
            feeds = self.upstream.feeds()
            yield from done(lambda: self.ledger.take_feeds(feeds))
        yield from done(lambda: self.ledger.take(items, cursor))


def exchange(ledger: Ledger, upstream: Upstream) -> Steps[None]:
    """Tell a server what was done here, and take in what is new and what was done there.

    In private mode it is told nothing and asked for no list; new articles come all the same.

    Raises:
        FetchError: It failed on the way; what was taken in stays, and the next exchange goes on there.
    """
    is_private = yield from done(lambda: ledger.is_private)
    if not is_private:
        yield from _send(ledger, upstream)
    feeds = upstream.feeds()
    yield from done(lambda: ledger.take_feeds(feeds))
    cursor = ledger.account.cursor
    yield from upstream.news(cursor, _Handover(ledger, upstream, is_private))
    if is_private:
        return
    starred = yield from done(ledger.starred)
    lists = upstream.lists(cursor, starred)
    yield from done(lambda: ledger.apply(lists))
    yield from _send(ledger, upstream)


def _send(ledger: Ledger, upstream: Upstream) -> Steps[None]:
    """Tell what waits, oldest deeds first as far as they can be told together."""
    waiting = yield from done(ledger.to_send)
    if not waiting:
        return
    overtaken = set(upstream.later_there([pair for one in waiting for pair in one.perhaps_overtaken]))
    if overtaken:
        yield from done(lambda: ledger.forget(overtaken))
    alike: defaultdict[tuple[MarkKind, bool], list[ToSend]] = defaultdict(list)
    for one in waiting:
        if one.mark.number not in overtaken:
            alike[one.mark.kind, one.mark.value].append(one)
    for (kind, value), marks in alike.items():
        for start in range(0, len(marks), MARKS_AT_ONCE):
            told = marks[start : start + MARKS_AT_ONCE]
            upstream.send(kind, [item.remote_id for one in told for item in one.items], value=value)
            yield from done(lambda told=told: ledger.sent(told))  # type: ignore[misc]


def _limited(steps: Steps[None], stop: threading.Event, account: Account) -> Steps[None]:
    """The steps, until the sync is stopped or they have taken too long."""
    ends = time.monotonic() + MOST_S
    for step in steps:
        if stop.is_set():
            raise Left
        if time.monotonic() > ends:
            said = Sentence(
                "{address}: took longer than {minutes} minutes; the next sync goes on there",
                address=account.url,
                minutes=round(MOST_S / 60),
            )
            raise AccountError(said)
        yield step


def failed(account: Account, error: FetchError, now: datetime) -> Account:
    """How an account stands after a failure."""
    failures = account.failures + 1
    wait = min(FIRST_BACK_OFF * 2 ** min(failures - 1, 10), MAX_BACK_OFF)
    is_told = isinstance(error, PatienceError)
    if isinstance(error, PatienceError) and error.retry_after_s is not None:
        wished = timedelta(seconds=min(error.retry_after_s, MAX_WAIT.total_seconds()))
        wait = max(wished, FIRST_BACK_OFF)
    return replace(account, failures=failures, last_error=str(error), next_at=now + wait, is_told_to_wait=is_told)


def went_well(account: Account, now: datetime, options: SyncOptions) -> Account:
    """How an account stands after an exchange."""
    next_at = now + timedelta(seconds=options.min_interval_s)
    return replace(account, failures=0, last_error="", next_at=next_at, is_told_to_wait=False, last_ok=now)


def not_due(account: Account, now: datetime, options: SyncOptions) -> FeedStatus | None:
    """Why an account is left alone; a time that a wrong clock wrote is not obeyed."""
    longest = MAX_WAIT if account.is_told_to_wait else MAX_BACK_OFF
    if account.next_at is None or not now < account.next_at <= now + longest:
        return None
    if account.is_told_to_wait:
        return FeedStatus.TOLD_TO_WAIT
    return None if options.force else FeedStatus.TOO_EARLY
