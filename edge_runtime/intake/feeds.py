"""Items of feeds on their way into the cache: each is one article for ever, under the name that it got at first."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from edge_runtime.feeds.feed_item import FeedItem
from edge_runtime.feeds.html import text_of_html
from edge_runtime.feeds.identity import compared_link, is_of_site
from edge_runtime.feeds.items import Assigned, Item, assign_items, item_of, scope_of, subscription_of
from edge_runtime.feeds.parse import ParsedFeed
from edge_runtime.intake.articles import Intake
from edge_runtime.storage.articles import ArticleCache
from edge_runtime.storage.contents import MAX_CONTENT_CHARS
from edge_runtime.storage.feeds import Feed
from edge_runtime.storage.items import DAY_S, Rival, StoredItem
from edge_runtime.types import AddReport, Article

STILL_NEWS = timedelta(hours=2)  # what a new feed dates within these may be told of


@dataclass(frozen=True, slots=True)
class _Taken:
    """An item with the article that it is, and what is remembered of it from now on."""

    article: Article
    content: str
    stored: StoredItem


class FeedIntake:
    """What takes in the feeds of one synchronisation."""

    def __init__(self, intake: Intake, cache: ArticleCache, feeds: Iterable[Feed], keep: Collection[str]) -> None:
        """Take feeds into a cache.

        Args:
            intake: What fills the cache.
            cache: Where it is, and what the feeds' items are known by.
            feeds: All that are subscribed to: others have no say in how an article reads.
            keep: Ids of articles that are never evicted.
        """
        self._intake = intake
        self._cache = cache
        feeds = list(feeds)
        self._identities = {feed.url: feed.identity for feed in feeds}
        last_ok = {subscription_of(feed): feed.last_ok for feed in feeds}
        self._subscriptions = set(last_ok)
        self._were_read = {name for name, at in last_ok.items() if at}
        self._last_seen = cache.items.last_seen()
        self._oldest_s = cache.oldest_s(keep) if cache.is_full() else None
        self._without_feed: dict[str, list[tuple[str, str]]] | None = None

    def take(self, feed: Feed, parsed: ParsedFeed, now: datetime) -> AddReport:
        """Take in what a feed holds; what it held before stays what it was.

        Of an article that stands in several feeds the text of its own site is shown, else always that of the same one
        of them, whatever their order. What a full cache would evict at once is left out.
        """
        # One that moved to the address of another subscription becomes one with it.
        feed = replace(feed, identity=self._identities.get(feed.url, feed.identity))
        subscription = subscription_of(feed)
        self._subscriptions.add(subscription)
        taken, known = self._recognised(feed, parsed, now)
        cached = self._cache.cached(one.article.article_id for one in taken)
        if subscription not in self._were_read:
            old = cached | {one.article_id for one in known}
            taken = [one if one.article.article_id in old else _came_with_feed(one, now) for one in taken]
        before = {one.article_id: one for one in known}
        changed = [one for one in taken if _is_news(one.stored, before.get(one.stored.article_id))]
        if changed:
            self._cache.items.put(subscription, [one.stored for one in changed])
        rivals = self._cache.items.rivals(subscription)
        shown = self._lasting([one for one in taken if self._is_shown(subscription, one, cached, rivals)], cached)
        report = self._intake.add([one.article for one in shown], now)
        ids = {one.article.article_id for one in shown}
        # Of what has not changed the text is the same too, or is looked at the next day: to compress it takes time. A
        # text of another feed is better than none.
        texts = {
            name: one.content
            for one in changed
            if one.content and ((name := one.article.article_id) in ids or not self._cache.content(name).html)
        }
        if texts:
            plain = {name: text_of_html(html, MAX_CONTENT_CHARS, MAX_CONTENT_CHARS) for name, html in texts.items()}
            self._cache.put_contents(texts, plain)
        return report

    def named(self, feed: Feed, parsed: ParsedFeed, now: datetime) -> list[tuple[int, str, bool]]:
        """Which article each item is: its place in the feed, the article's id, whether the feed had it before."""
        feed = replace(feed, identity=self._identities.get(feed.url, feed.identity))
        known = self._cache.items.of(subscription_of(feed))
        items = [item_of(one, feed.url, parsed.site) for one in parsed.items]
        assigned = assign_items(items, known, scope_of(feed), self._adopted, self._cache.items.is_repeated)
        return [(one.place, one.article_id, one.before is not None) for one in assigned]

    def _recognised(self, feed: Feed, parsed: ParsedFeed, now: datetime) -> tuple[list[_Taken], list[StoredItem]]:
        """The feed's items as articles, and what was remembered of the feed."""
        known = self._cache.items.of(subscription_of(feed))
        site = parsed.site or feed.url
        items = [item_of(one, feed.url, parsed.site) for one in parsed.items]
        assigned = assign_items(items, known, scope_of(feed), self._adopted, self._cache.items.is_repeated)
        return [_taken(feed, parsed, one, parsed.items[one.place], site, now) for one in assigned], known

    def _adopted(self, item: Item, ids: Sequence[str]) -> str:
        """A cached article that belongs to no feed, of a file or of an older release, and is this item."""
        if self._without_feed is None:
            self._without_feed = {}
            for article_id, title, url in self._cache.items.without_feed():
                self._without_feed.setdefault(title, []).append((article_id, url))
        for article_id, url in self._without_feed.get(item.title, ()):
            if article_id in ids or (item.is_page and url and compared_link(url) == item.link):
                return article_id
        return ""

    def _is_shown(
        self,
        subscription: str,
        one: _Taken,
        cached: Collection[str],
        rivals: Mapping[str, Sequence[Rival]],
    ) -> bool:
        """Whether the article reads as this subscription says it."""
        if one.article.article_id not in cached:
            return True
        ours = (not one.stored.is_own, subscription)
        others = (rival for rival in rivals.get(one.article.article_id, ()) if self._has_say(rival))
        return all(ours < (not rival.is_own, rival.subscription) for rival in others)

    def _has_say(self, rival: Rival) -> bool:
        """Whether a feed is still subscribed to, and still held the item before this synchronisation."""
        newest = self._last_seen.get(rival.subscription, 0)
        return rival.subscription in self._subscriptions and newest - rival.last_seen < 2 * DAY_S

    def _lasting(self, taken: Sequence[_Taken], cached: Collection[str]) -> list[_Taken]:
        """Without the new ones that would go at once."""
        if self._oldest_s is None:
            return list(taken)
        newest = sorted(taken, key=_age_s, reverse=True)[: self._intake.num_kept_of_feed(len(self._subscriptions))]
        stays = {one.article.article_id for one in newest} | set(cached)
        return [one for one in taken if one.article.article_id in stays or _age_s(one) > self._oldest_s]


def _taken(feed: Feed, parsed: ParsedFeed, one: Assigned, item: FeedItem, site: str, now: datetime) -> _Taken:
    now_s = int(now.timestamp())
    first_seen = now_s if one.before is None else one.before.first_seen
    published = item.article.published
    if published is not None and published.timestamp() > first_seen:  # nobody can have read it before
        published = datetime.fromtimestamp(first_seen, UTC)
    article = replace(
        item.article,
        article_id=one.article_id,
        published=published,
        source=_source(feed, parsed, item.article),
        category=item.article.category or feed.topic,
    )
    stored = StoredItem(
        one.marks,
        one.article_id,
        first_seen,
        now_s,
        is_own=is_of_site(article.url, site),
        came_with_feed=one.before is not None and one.before.came_with_feed,
    )
    return _Taken(article, item.content, stored)


def _source(feed: Feed, parsed: ParsedFeed, article: Article) -> str:
    """The reader's name for the feed, but for an article that the feed has from elsewhere."""
    is_from_elsewhere = parsed.title and article.source != parsed.title
    return article.source if is_from_elsewhere else feed.title or article.source


def _came_with_feed(one: _Taken, now: datetime) -> _Taken:
    """A new item of a feed that is read first, and may be years old; what came out just now is news all the same."""
    dated, now_s = one.stored.marks.dated, now.timestamp()
    is_news = dated is not None and now_s - STILL_NEWS.total_seconds() <= dated <= now_s
    return replace(one, stored=replace(one.stored, came_with_feed=not is_news))


def _is_news(now: StoredItem, before: StoredItem | None) -> bool:
    """Whether it has to be written: that an item is still there counts once a day."""
    if before is None or now.last_seen - before.last_seen >= DAY_S:
        return True
    return now != replace(before, last_seen=now.last_seen)


def _age_s(one: _Taken) -> float:
    """When an article is from, as eviction sees it: seconds UTC."""
    published = one.article.published
    return one.stored.first_seen if published is None else published.timestamp()
