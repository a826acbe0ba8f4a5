"""What an exchange with a server changes here; used by the thread that owns the databases.

The databases are three files. Each step writes them in an order that loses nothing where it is cut short:

    a page        articles, then marks, then which items are known, with the cursor: cut short, it comes again
    a mark here   the deed and its place in the queue are one transaction of the profile
    a mark sent   what is agreed on, then it leaves the queue: cut short, it is sent again, which changes nothing
    a mark there  the profile, then what is agreed on: cut short, it is applied again, which changes nothing
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from html import escape, unescape

from edge_runtime.accounts.upstream import Lists, RemoteFeed, RemoteItem
from edge_runtime.feeds.parse import ParsedFeed, feed_of
from edge_runtime.feeds.raw_feed import RawFeed, RawItem
from edge_runtime.intake.feeds import FeedIntake
from edge_runtime.profile.reader_profile import ReaderProfile
from edge_runtime.storage.accounts import Account, KnownFeed, KnownItem
from edge_runtime.storage.articles import ArticleCache
from edge_runtime.storage.feeds import Feed, FeedStore, folder_path
from edge_runtime.storage.outbox import MarkKind, OutMark
from edge_runtime.types import AddReport, Article, Event, ReadMark, Signal


@dataclass(frozen=True, slots=True)
class ToSend:
    """A mark with the items there that it is about."""

    mark: OutMark
    items: tuple[KnownItem, ...]

    @property
    def perhaps_overtaken(self) -> list[tuple[OutMark, str]]:
        """With the items of which both sides had agreed on what it says: a deed there would say otherwise."""
        mark = self.mark
        return [(mark, one.remote_id) for one in self.items if _agreed(one, mark.kind) == mark.value]


@dataclass(frozen=True, slots=True)
class _State:
    """How an item stands there; None where the server does not say."""

    item: KnownItem  # as it was agreed on
    is_read: bool | None
    is_starred: bool | None


@dataclass(frozen=True, slots=True)
class Places:
    """Where an exchange is kept."""

    feeds: FeedStore
    cache: ArticleCache
    profile: ReaderProfile
    intake: FeedIntake
    add: Callable[[Sequence[Article]], object]  # articles to the cache, however old


class Ledger:
    """What is kept of one account."""

    def __init__(self, account: Account, places: Places, now: datetime) -> None:
        """Of an account, at a time that is UTC-aware."""
        self.account = account
        self._places, self._now = places, now
        self._store = places.feeds.accounts
        self.added: Counter[str] = Counter()  # articles, by address of the feed
        self.updated: Counter[str] = Counter()

    @property
    def is_private(self) -> bool:
        """Whether nothing is to be said or asked of what is read."""
        return self._places.profile.private

    def to_send(self) -> list[ToSend]:
        """Marks that the server has not been told of; those of articles that it does not have wait no more."""
        number, store = self.account.number, self._places.profile.store
        waiting = store.waiting_marks(number)
        items = self._store.items_of(number, {one.article_id for one in waiting})
        found = [ToSend(one, tuple(items.get(one.article_id, ()))) for one in waiting]
        if unknown := [one.mark.number for one in found if not one.items]:
            store.drop_waiting(number, unknown)
        return [one for one in found if one.items]

    def sent(self, told: Iterable[ToSend]) -> None:
        """The server knows these."""
        told = list(told)
        after = [_agreeing(item, one.mark.kind, value=one.mark.value) for one in told for item in one.items]
        self._store.put_items(self.account.number, after)
        self._places.profile.store.drop_waiting(self.account.number, [one.mark.number for one in told])

    def forget(self, overtaken: Iterable[int]) -> None:
        """A later deed there counts more than these."""
        if numbers := list(overtaken):
            self._places.profile.store.drop_waiting(self.account.number, numbers)

    def take_feeds(self, feeds: Sequence[RemoteFeed]) -> None:
        """Follow the subscriptions there; an empty list, which a server in trouble gives, ends none."""
        if feeds:
            known = [KnownFeed(one.remote_id, one.url, one.title, folder_path(one.folder)) for one in feeds]
            before = {one.remote_id: one for one in self._store.feeds(self.account.number)}
            if {one.remote_id: one for one in known} != before:
                self._store.set_feeds(self.account.number, known, self._now)

    def has_new_feed(self, items: Sequence[RemoteItem]) -> bool:
        """Whether some are of a feed that was not among the subscriptions."""
        known = {one.remote_id for one in self._store.feeds(self.account.number)}
        return any(one.feed_id not in known for one in items)

    def unknown(self, remote_ids: Sequence[str]) -> list[str]:
        """Those that did not come yet."""
        known = self._store.items_named(self.account.number, remote_ids)
        return [one for one in remote_ids if one not in known]

    def starred(self) -> list[str]:
        """Items that were starred at the last look."""
        return [one.remote_id for one in self._store.items(self.account.number).values() if one.is_saved]

    def take(self, items: Sequence[RemoteItem], cursor: str | None = None) -> None:
        """Keep a page, and with it where the next one begins."""
        urls = {one.remote_id: one.url for one in self._store.feeds(self.account.number)}
        feeds = {feed.url: feed for feed in self._places.feeds.feeds()}
        groups: defaultdict[str, list[RemoteItem]] = defaultdict(list)
        for one in items:
            groups[urls.get(one.feed_id, "")].append(one)
        articles: dict[str, Article] = {}  # by the server's id
        for url, group in groups.items():
            if feed := feeds.get(url):
                articles |= self._taken(feed, group)
        known = self._store.items_named(self.account.number, [one.remote_id for one in items])
        states = []
        for one in items:
            before = known.get(one.remote_id, KnownItem(one.remote_id, ""))
            article_id = articles[one.remote_id].article_id if one.remote_id in articles else before.article_id
            states.append(_State(replace(before, article_id=article_id), one.is_read, one.is_starred))
        after = [one.item for one in states] if self.is_private else self._merged(states, articles.values())
        self._store.put_items(self.account.number, after, cursor)

    def apply(self, lists: Lists) -> None:
        """Let here be what changed there, but for what was changed here since the server was told."""
        states = []
        for item in self._store.items(self.account.number).values():
            is_read = lists.read.get(item.remote_id)
            if is_read is None and lists.unread is not None:
                is_read = item.remote_id not in lists.unread
            is_starred = lists.starred.get(item.remote_id)
            if (is_read, is_starred) != (item.is_read, item.is_saved):
                states.append(_State(item, is_read, is_starred))
        self._store.put_items(self.account.number, self._merged(states, ()), lists.cursor)

    def settle(self, after: Account) -> None:
        """Keep how the account stands."""
        self._store.record(after)

    def feeds(self) -> list[Feed]:
        """The subscriptions that it brings."""
        return [feed for feed in self._places.feeds.feeds() if feed.account == self.account.number]

    def _taken(self, feed: Feed, group: Sequence[RemoteItem]) -> dict[str, Article]:
        """Take in items of one feed; which article each is, by the server's id."""
        named, parsed = _parsed(feed, group, self._now)
        intake, placed = self._places.intake, {}
        wanted = parsed
        if feed.account != self.account.number:  # its publisher's own words are here already, or come
            old = {place for place, _, is_known in intake.named(feed, parsed, self._now) if is_known}
            wanted = replace(parsed, items=tuple(one for place, one in enumerate(parsed.items) if place not in old))
        if wanted.items:
            self._count(feed.url, intake.take(feed, wanted, self._now))
        for place, article_id, _ in intake.named(feed, parsed, self._now):
            placed[named[place]] = replace(parsed.articles[place], article_id=article_id, source=feed.title)
        # Of two that say the same, one is an article.
        by_url = {article.url: article for article in placed.values() if article.url}
        for one in group:
            if one.remote_id not in placed and one.url in by_url:
                placed[one.remote_id] = by_url[one.url]
        return placed

    def _count(self, url: str, report: AddReport) -> None:
        self.added[url] += report.added
        self.updated[url] += report.updated

    def _merged(self, states: Sequence[_State], articles: Iterable[Article]) -> list[KnownItem]:
        """Bring both sides together; what they agree on from now on.

        Where they have not met before, what is read or saved on either side is so on both.
        """
        store, number = self._places.profile.store, self.account.number
        here = {MarkKind.READ: store.read_ids(), MarkKind.SAVED: store.saved_ids()}
        waiting = {(one.article_id, one.kind) for one in store.waiting_marks(number)}
        after = [_agreed_on(state) for state in states]
        before = self._store.items_of(number, {one.article_id for one in after if one.article_id})
        there: dict[tuple[str, MarkKind], bool] = {}
        ours: list[tuple[str, MarkKind, bool]] = []
        for name, now in _by_article(after).items():
            old = before.get(name, ())
            for kind in MarkKind:
                is_here = name in here[kind]
                if (name, kind) in waiting:
                    continue
                told = _deed_there(kind, old, now, is_here=is_here)
                if told is None and is_here and any(_is_behind(one, old, kind) for one in now):
                    ours.append((name, kind, True))
                elif told is not None and told != is_here:
                    there[name, kind] = told
        self._keep(there, articles)
        if ours:
            store.queue_marks(number, ours, self._now)
        return after

    def _keep(self, there: dict[tuple[str, MarkKind], bool], articles: Iterable[Article]) -> None:
        """Keep marks of there in the profile."""
        if not there:
            return
        marks = [ReadMark(name, value, self._now) for (name, kind), value in there.items() if kind is MarkKind.READ]
        starred = [name for (name, kind), value in there.items() if kind is MarkKind.SAVED and value]
        unsaved = [name for (name, kind), value in there.items() if kind is MarkKind.SAVED and not value]
        cached = self._places.cache.known(starred)
        came = {article.article_id: article for article in articles}
        if late := [came[name] for name in starred if name not in cached and name in came]:
            self._places.add(late)  # older than what a full cache takes in, but saved
            cached = self._places.cache.known(starred)
        saves = [Event(cached[name], Signal.SAVE, self._now) for name in starred if name in cached]
        self._places.profile.take_marks(self.account.number, marks, saves, unsaved)


def _agreed_on(state: _State) -> KnownItem:
    item = state.item
    if state.is_read is not None:
        item = _agreeing(item, MarkKind.READ, value=state.is_read)
    return item if state.is_starred is None else _agreeing(item, MarkKind.SAVED, value=state.is_starred)


def _by_article(items: Iterable[KnownItem]) -> dict[str, list[KnownItem]]:
    found: dict[str, list[KnownItem]] = {}
    for item in items:
        if item.article_id:
            found.setdefault(item.article_id, []).append(item)
    return found


def _deed_there(kind: MarkKind, before: Sequence[KnownItem], now: Sequence[KnownItem], *, is_here: bool) -> bool | None:
    """What was done there with an article, of which several items may be: None if nothing was, or it says nothing.

    An article is read if all of its items are, and saved if one is.
    """
    together = all if kind is MarkKind.READ else any
    known = {one.remote_id: value for one in before if (value := _agreed(one, kind)) is not None}
    changed = known | {one.remote_id: value for one in now if (value := _agreed(one, kind)) is not None}
    if not known:
        return True if changed and together(changed.values()) else None
    old = together(changed[name] for name in known)
    if old != together(known.values()):
        return old
    is_starred_anew = kind is MarkKind.SAVED and not is_here and together(changed.values()) and not old
    return True if is_starred_anew else None


def _is_behind(item: KnownItem, before: Sequence[KnownItem], kind: MarkKind) -> bool:
    """Whether an item that was not met before is not marked there."""
    is_met = any(one.remote_id == item.remote_id and _agreed(one, kind) is not None for one in before)
    return not is_met and _agreed(item, kind) is False


def _agreed(item: KnownItem, kind: MarkKind) -> bool | None:
    return item.is_read if kind is MarkKind.READ else item.is_saved


def _agreeing(item: KnownItem, kind: MarkKind, *, value: bool) -> KnownItem:
    return replace(item, is_read=value) if kind is MarkKind.READ else replace(item, is_saved=value)


def _parsed(feed: Feed, group: Sequence[RemoteItem], now: datetime) -> tuple[list[str], ParsedFeed]:
    """Items as their feed would give them, and the server's id of each: texts go the way of all feeds' texts.

    GUIDs are those of the feed, which no server tells; items are known by link, title and date.
    """
    raw = [
        RawItem(
            titles=[escape(unescape(one.title))],  # plain there, though some escape it
            texts=[one.html] if one.html else [],
            links=[one.url] if one.url else [],
            dates=[one.published] if one.published else [],
            guid=one.remote_id,
        )
        for one in group
    ]
    parsed = feed_of(RawFeed(titles=[feed.title], items=raw), feed.url, now)
    return [one.guid for one in parsed.items], replace(
        parsed, items=tuple(replace(one, guid="") for one in parsed.items)
    )
