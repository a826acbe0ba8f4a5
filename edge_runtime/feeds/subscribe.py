"""Subscribing: each address is asked at once, a page's feed is found, and what is no feed is not kept.

It goes through `sync_feeds`, so that many feeds are asked as politely as by any sync, and a network that is down is
told from a feed that is. Until its answer is there a wish is a subscription like any other; what fails is taken out
again.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from edge_runtime.errors import FetchError, PrivateAddressError, UnreachedError
from edge_runtime.feeds.answers import Fetched
from edge_runtime.feeds.discover import FeedChoiceError, find_feed
from edge_runtime.feeds.fetch import Fetch, FetchOptions, Turn, fetch
from edge_runtime.feeds.hosts import Resolver
from edge_runtime.feeds.outcome import FeedOutcome, FeedStatus
from edge_runtime.feeds.wanted import NamedFeed, SubscribeOutcome, SubscribeStatus, WantedFeed
from edge_runtime.storage.feeds import Feed, FeedStore

Sync = Callable[[Collection[str], Fetch], list[FeedOutcome]]  # `sync_feeds` of these addresses alone

_FETCHED = (FeedStatus.NEW, FeedStatus.UNCHANGED)


def subscribe_feeds(
    store: FeedStore, wanted: Sequence[WantedFeed], sync: Sync, now: datetime, *, takes_first: bool
) -> list[SubscribeOutcome]:
    """Subscribe to feeds, and fetch those that are new.

    A feed that is not listed and gives no answer is dropped, unless no server at all was reached, the server asks for
    patience, or it is private and that is not allowed: a later sync can fetch it then. If it is interrupted, the feeds
    of lists stay and are fetched by the next sync; of the others those that were fetched stay.

    Args:
        wanted: Those that come twice are taken once.
        sync: Fetches in parallel, and puts articles into the cache.
        takes_first: Whether of several feeds of a page the first is taken; else that is a `CHOICE`.

    Returns:
        One outcome a wish, in their order.

    Raises:
        StorageError: The subscriptions cannot be written.
    """
    before = {feed.url: feed for feed in store.feeds()}
    outcomes: dict[WantedFeed, SubscribeOutcome] = {}
    asked: dict[str, WantedFeed] = {}
    for one in dict.fromkeys(wanted):
        known = next((before[address] for address in one.addresses if address in before), None)
        if known is None:
            asked.setdefault(one.addresses[0], one)
            continue
        if known.is_gone:
            store.subscribe(known.url, "", "", now)  # it is asked again at the next sync
        outcomes[one] = SubscribeOutcome(one, SubscribeStatus.KNOWN, known)
    finder = _Finder(asked, takes_first, {*before})
    try:
        store.subscribe_all([(one.addresses[0], one.title, one.topic, one.folder) for one in asked.values()], now)
        for outcome in sync(asked.keys(), finder.get) if asked else []:
            made = finder.outcome(outcome)
            outcomes[made.wanted] = made
    finally:
        for feed in store.feeds():
            wish = asked.get(feed.url)
            if wish and not (wish.is_listed or feed.last_ok or (wish in outcomes and outcomes[wish].feed)):
                store.unsubscribe(feed.url)
    return [outcomes.get(one) or outcomes[asked[one.addresses[0]]] for one in wanted]


@dataclass(slots=True)
class _Finder:
    """Asks for what is wanted, and remembers what `FeedOutcome` has no words for."""

    asked: dict[str, WantedFeed]
    takes_first: bool
    subscribed: set[str]  # addresses
    _errors: dict[str, FetchError] = field(default_factory=dict)
    _others: dict[str, tuple[NamedFeed, ...]] = field(default_factory=dict)

    def get(
        self,
        url: str,
        etag: str,
        last_modified: str,
        options: FetchOptions,
        now: datetime,
        resolver: Resolver,
        turn: Turn,
    ) -> Fetched:
        """As `fetch`, for the feed of a page too. Several threads call it, each for another address."""

        def ask(address: str) -> Fetched:
            return fetch(address, "", "", options, now, resolver, turn)

        one = self.asked[url]
        try:
            if one.is_listed:
                return ask(url)
            found = find_feed(one.addresses, ask, takes_first=self.takes_first)
        except FetchError as error:
            self._errors[url] = error
            raise
        self._others[url] = found.others
        return found.fetched

    def outcome(self, outcome: FeedOutcome) -> SubscribeOutcome:
        """What a fetch means for the wish."""
        url = outcome.moved_from or outcome.feed.url
        one, error = self.asked[url], self._errors.get(url)
        feed: Feed | None = outcome.feed
        is_private = isinstance(error, PrivateAddressError) and str(error).startswith(f"{one.shown_url}:")
        is_offline = outcome.status is FeedStatus.OFFLINE
        named = self._others.get(url, ())
        if outcome.status in _FETCHED:
            is_known = outcome.feed.url in self.subscribed
            self.subscribed.add(outcome.feed.url)
            status = SubscribeStatus.KNOWN if is_known else SubscribeStatus.SUBSCRIBED
        elif isinstance(error, FeedChoiceError):
            status, feed, named = SubscribeStatus.CHOICE, None, error.feeds
        elif one.is_listed or is_private or is_offline or outcome.status is FeedStatus.TOLD_TO_WAIT:
            status = SubscribeStatus.KEPT
        else:
            status, feed = SubscribeStatus.REFUSED, None
        return SubscribeOutcome(
            one,
            status,
            feed,
            added=outcome.added,
            updated=outcome.updated,
            named=named,
            warnings=outcome.warnings,
            error=outcome.error,
            is_offline=is_offline,
            is_unreached=status is SubscribeStatus.REFUSED and isinstance(error, UnreachedError),
            is_private=is_private,
        )
