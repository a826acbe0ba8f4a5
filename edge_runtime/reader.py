"""The reader's engine: a bundle, a cache, a profile and feeds tied together. Time always comes in as an argument."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from edge_runtime.accounts.book import Accounts
from edge_runtime.addresses import parse_target
from edge_runtime.content.search_query import SearchQuery
from edge_runtime.engines import engine_version
from edge_runtime.errors import Notice, Remedy, StorageError
from edge_runtime.feed_maker import FeedMaker
from edge_runtime.feeds.tally import REQUESTS, summed
from edge_runtime.installation import bundle_of
from edge_runtime.intake.articles import Intake
from edge_runtime.list_filter import ListFilter, fitting
from edge_runtime.model.bundle import read_bundle
from edge_runtime.model.front import front_facts
from edge_runtime.model.news_model import NewsModel
from edge_runtime.model.scoring import total
from edge_runtime.notify.keeping import calibration, decide_pushes, keep_decision
from edge_runtime.notify.steady_clock import SteadyTime
from edge_runtime.notify.types import PushDecision
from edge_runtime.overviews.digest import make_digest
from edge_runtime.overviews.news_since import news_since
from edge_runtime.personal.drafted_feed import ListOrder
from edge_runtime.personal.drafted_feed import listed as in_order
from edge_runtime.personal.order_keeping import order_stage
from edge_runtime.personal.order_worth import OrderWorth, order_worth
from edge_runtime.personal.reader_model import ReaderModel
from edge_runtime.personal.selection import best_first
from edge_runtime.profile.reader_for_apps import ReaderForApps
from edge_runtime.profile.reader_profile import LearnedProfile, ReaderProfile
from edge_runtime.sentences import Sentence
from edge_runtime.storage.articles import ArticleCache, open_cache
from edge_runtime.storage.contents import Content
from edge_runtime.storage.database import private_directory
from edge_runtime.storage.feeds import Feed, FeedStore
from edge_runtime.storage.limits import MAX_ARTICLES, MOST_ARTICLES
from edge_runtime.storage.profile import ProfileStore
from edge_runtime.storage.requests import HostRequests
from edge_runtime.types import (
    AddReport,
    Article,
    Explanation,
    Found,
    HiddenArticle,
    NewsDigest,
    NewsSince,
    OrderChoice,
    ScoredArticle,
)
from edge_runtime.worth.lists import NUM_COUNTED

if TYPE_CHECKING:
    import threading

    from edge_runtime.feeds.errands import Errands
    from edge_runtime.feeds.fetch import Fetch
    from edge_runtime.feeds.outcome import FeedOutcome, SyncOptions
    from edge_runtime.feeds.parse import ParsedFeed
    from edge_runtime.feeds.sync import SyncRun
    from edge_runtime.feeds.wanted import SubscribeOutcome, WantedFeed
    from edge_runtime.intake.feeds import FeedIntake


class Reader(ReaderForApps):
    """One reader's news on one device; use it from one thread, and close it or use it as a context manager.

    Attributes:
        feeds: The subscriptions.
        accounts: Servers that some of them come from.
        notices: What the reader should be told of opening the data directory.
    """

    notices: tuple[Notice, ...] = ()

    def __init__(
        self, model: NewsModel, cache: ArticleCache, profile: ProfileStore, feeds: FeedStore, data_dir: Path
    ) -> None:
        """Tie the parts together; `Reader.open` is the usual way in."""
        intake, kept = Intake(model, cache), ReaderProfile(profile)
        learned = LearnedProfile(kept, lambda: ReaderModel(model, look_at=intake.look_at, kept=cache.learned.get()))
        super().__init__(model, cache, kept, learned, intake, feeds, data_dir)
        self.accounts = Accounts(feeds, kept, data_dir)

    @classmethod
    def open(
        cls,
        data_dir: Path,
        bundle: Path | None = None,
        engine: str | None = None,
        max_articles: int = MAX_ARTICLES,
    ) -> Reader:
        """Open a data directory, creating what is missing.

        A damaged cache is put aside, and saved articles are taken over from the profile; `notices` says so.

        Args:
            data_dir: Where cache, profile and subscriptions live.
            bundle: A bundle to use this time; else the installed one, else the one that came with the package.
            engine: numpy, ai-edge-litert or tflite-runtime; the first that runs the bundle if not given. Also
                numpy-unrounded, which computes an int8 bundle in float, to compare with.
            max_articles: How many articles the cache may hold, up to 100,000; more than there may be go with the next
                ones that come.

        Raises:
            ValueError: `max_articles` is no such number.
            BundleError: Damaged, too new, or computed wrongly on this device.
            StorageError: The data directory or a database in it cannot be used.
            EngineError: The engine is not installed or refuses the bundle, or none runs it.
        """
        if not 1 <= max_articles <= MOST_ARTICLES:
            raise ValueError(f"max_articles: {max_articles}; give 1 to {MOST_ARTICLES:,}")
        private_directory(data_dir, to_write=False)
        model = NewsModel(read_bundle(bundle or bundle_of(data_dir)), engine)
        with ExitStack() as opened:
            cache, damaged = open_cache(data_dir / "cache.db", max_articles)
            opened.callback(cache.close)
            key = (model.bundle.sha256, engine_version(model.engine))
            if not cache.is_checked(*key):
                model.check_golden()
                with suppress(StorageError):  # where nothing can be written it is checked again the next time
                    cache.set_checked(*key)
            profile = ProfileStore(data_dir / "profile.db")
            opened.callback(profile.close)
            feeds = FeedStore(data_dir / "feeds.db")
            opened.callback(feeds.close)
            reader = cls(model, cache, profile, feeds, data_dir)
            if damaged:
                reader._begin_anew(damaged)
            found = (*cache.notices, *profile.notices, *feeds.notices)
            reader.notices = (*reader.notices, *map(Notice, dict.fromkeys(found)))
            opened.pop_all()
        return reader

    def __enter__(self) -> Reader:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the databases; everything recorded is already on the disk."""
        with suppress(StorageError):  # the next process can learn it again
            self._keep_learned()
        self._keep_requests()
        self._cache.close()
        self._profile.store.close()
        self.feeds.close()

    def add(self, articles: Iterable[Article], now: datetime) -> AddReport:
        """Take articles into the cache, and the oldest out of it where it grows beyond its bounds; see `Intake.add`."""
        report = self._intake.add(articles, now)
        if report.added:
            self._intake.evict(self._kept())
        return report

    def add_feed(self, parsed: ParsedFeed, url: str, now: datetime, title: str = "", topic: str = "") -> AddReport:
        """Take in what a feed holds that is not subscribed to, such as a file.

        Args:
            parsed: From `parse_feed`.
            url: Where it is from: the same one brings nothing new.
            now: Time of arrival.
            title: What to call the feed; its own title if not given.
            topic: Of articles that say none.
        """
        with self._feeds_in() as feeds:
            return feeds.take(Feed(url, title, topic, now), parsed, now)

    def remove(self, article_ids: Iterable[str]) -> int:
        """Take articles out of the cache, such as samples once there is news; saved ones stay.

        Returns:
            How many went. What the reader did with them stays in the profile.

        Raises:
            StorageError: It could not be written; nothing went.
        """
        return self._intake.remove({*article_ids} - self.saved_ids())

    def sync(
        self,
        now: datetime,
        options: SyncOptions | None = None,
        progress: Callable[[FeedOutcome], object] = lambda outcome: None,
        only: Collection[str] | None = None,
        stop: threading.Event | None = None,
    ) -> list[FeedOutcome]:
        """Fetch the subscribed feeds that are due, or only those at some addresses; see `feeds.sync.sync_feeds`.

        Args:
            now: UTC-aware.
            options: How servers are asked.
            progress: Called after each feed; `FeedOutcome.done` and `total` say how far it is.
            only: Addresses of subscriptions.
            stop: Once it is set, from any thread, the sync ends after the feed at hand.
        """
        run = self.begin_sync(now, options, progress, only)
        run.stop = stop or run.stop
        return run.run()

    def begin_sync(
        self,
        now: datetime,
        options: SyncOptions | None = None,
        progress: Callable[[FeedOutcome], object] = lambda outcome: None,
        only: Collection[str] | None = None,
    ) -> SyncRun:
        """A sync in steps: another thread may fetch while this one, which owns the reader, does other things.

        Arguments are `sync`'s; what each thread does, `SyncRun` says.
        """
        # Loaded here: reading needs no network.
        from edge_runtime.feeds.arriving import Asking
        from edge_runtime.feeds.outcome import SyncOptions
        from edge_runtime.feeds.sync import SyncRun
        from edge_runtime.intake.feeds import FeedIntake

        feeds = FeedIntake(self._intake, self._cache, self.feeds.feeds(), self._kept())

        def at_end() -> None:
            self._intake.evict(self._kept())
            self._keep_requests()

        asking = Asking(errands=self._account_errands(feeds, now, options or SyncOptions()))

        def take(feed: Feed, parsed: ParsedFeed) -> AddReport:
            return feeds.take(feed, parsed, now)

        return SyncRun(self.feeds, take, now, options, progress, only, asking, at_end)

    def subscribe(
        self,
        wanted: Sequence[WantedFeed],
        now: datetime,
        options: SyncOptions | None = None,
        progress: Callable[[FeedOutcome], object] = lambda outcome: None,
        *,
        takes_first: bool = True,
    ) -> list[SubscribeOutcome]:
        """Subscribe to feeds, find those of pages, and fetch them; see `feeds.subscribe.subscribe_feeds`.

        Args:
            wanted: From `wanted_feed`, what a reader typed.
            now: UTC-aware.
            options: As of a sync.
            progress: Called after each feed that was asked.
            takes_first: Whether of several feeds of a page the first is taken; else the outcome lists them.
        """
        from edge_runtime.feeds.subscribe import subscribe_feeds
        from edge_runtime.feeds.sync import sync_feeds

        counts: dict[str, int] = {}
        with self._feeds_in() as feeds:

            def take(feed: Feed, parsed: ParsedFeed) -> AddReport:
                counts[feed.url] = len(parsed.items)
                return feeds.take(feed, parsed, now)

            def sync(urls: Collection[str], get: Fetch) -> list[FeedOutcome]:
                return sync_feeds(self.feeds, take, now, options, progress, only=urls, get=get)

            outcomes = subscribe_feeds(self.feeds, wanted, sync, now, takes_first=takes_first)
        return [replace(one, articles=counts.get(one.feed.url, 0)) if one.feed else one for one in outcomes]

    def feed(
        self,
        now: datetime,
        limit: int | None = None,
        where: ListFilter | None = None,
        order: OrderChoice | None = None,
    ) -> list[ScoredArticle]:
        """The cache ranked for this reader at a time, best first: mixed, one article a story, without what is muted.

        Nothing is hidden in silence: `hidden` lists what the feed leaves out, `latest` shows everything. Tell
        `mark_shown` what the reader has seen of it. Once some articles were opened from it, its first places compare
        the order with newest first, and what helps this reader more is shown: see `worth`.

        Args:
            now: UTC-aware.
            limit: How many to return; all if not given.
            where: Which articles it is about; all if not given.
            order: For this once, and then nothing is compared; the reader's `order` if not given.

        Raises:
            UnknownNameError: The filter names something that is nowhere.
        """
        self._begin_list()
        maker = self._maker(now)
        listed = self._fitting(where)
        parts, k = maker.parts(), len(maker.rows) if limit is None else limit
        by = self._list_order(now, order or self.order, is_counted=not where and not order)
        ranked = maker.order(parts, by.depth(k), listed)
        is_behind = maker.learned.is_read(maker.rows) | maker.rows.are_among(maker.learned.disliked)
        places, first = in_order(ranked, is_behind, by, k)
        scored = maker.scored(parts, places, ranked)
        return [replace(one, listed=first) for one in scored[:NUM_COUNTED]] + scored[NUM_COUNTED:] if first else scored

    def digest(self, now: datetime, limit: int = 5) -> NewsDigest:
        """What of the last day and a half is worth reading, of what was neither seen nor read; see `digest`.

        Tell `mark_shown` what the reader has seen of it.

        Args:
            now: UTC-aware.
            limit: How many to name at most; fewer come where fewer are worth it.
        """
        self._begin_list()
        chances = calibration(self._profile.store, self._model.bundle.head)
        return make_digest(self._maker(now), chances, self._profile.seen_ids(), limit)

    def since(self, now: datetime, since: datetime | None = None, limit: int = 5) -> NewsSince:
        """What came since a time, as an overview: counts a source, stories of several sources, what is followed.

        Args:
            now: UTC-aware.
            since: UTC-aware; if not given, the last list that was shown, or a day ago if none was.
            limit: How many stories to name at most, and how many articles of what is followed.
        """
        self._begin_list()
        return news_since(self._maker(now), since or self._profile.last_look() or now - timedelta(days=1), limit)

    def latest(self, limit: int | None = None, where: ListFilter | None = None) -> list[Article]:
        """Every cached article that fits a filter, newest first, whatever the profile says.

        Raises:
            UnknownNameError: The filter names something that is nowhere.
        """
        self._begin_list()
        rows, listed = self._intake.rows(), self._fitting(where)
        order = np.argsort(-rows.published_s, kind="stable")
        order = order if listed is None else order[listed[order]]
        return self._cache.get(rows.article_ids[place] for place in order[:limit])

    def count(self, where: ListFilter | None = None) -> int:
        """How many cached articles fit a filter, whatever the profile says; without one, how many there are.

        Nothing is ranked or learned for it, and without a filter no article is read.

        Raises:
            UnknownNameError: The filter names something that is nowhere.
        """
        listed = self._fitting(where) if where else None
        return self._cache.count() if listed is None else int(listed.sum())

    def hidden(self, now: datetime, limit: int | None = None) -> list[HiddenArticle]:
        """What the feed leaves out, newest first, with the reasons.

        Args:
            now: UTC-aware.
            limit: How many to return; all if not given.
        """
        self._begin_list()
        maker = self._maker(now)
        hidden = maker.order(maker.parts(), 0).hidden()
        places = sorted(hidden, key=lambda place: -maker.rows.published_s[place])[:limit]
        articles = self._cache.get(maker.rows.article_ids[place] for place in places)
        reasons = [hidden[place] for place in places]
        return [HiddenArticle(one, why.fact, why.remedy) for one, why in zip(articles, reasons, strict=True)]

    def saved(self) -> list[Article]:
        """What the reader saved, latest first; saved articles stay in the cache."""
        self._begin_list()
        saved = [opinion.article for opinion in self._learned.opinions().values() if opinion.is_saved]
        cached = self._cache.known(article.article_id for article in saved)  # the profile keeps no addresses of images
        return [replace(a, image=cached[a.article_id].image) if a.article_id in cached else a for a in saved[::-1]]

    def search(
        self,
        query: str,
        now: datetime,
        limit: int = 20,
        where: ListFilter | None = None,
        *,
        newest_first: bool = False,
        teach: bool = True,
    ) -> list[ScoredArticle]:
        """The articles of `find`; unless told otherwise the best are first, and the query counts as a weak interest."""
        found = self.find(query, now, limit, where, newest_first=newest_first, teach=teach)
        return list(found.articles)

    def find(
        self,
        query: str,
        now: datetime,
        limit: int = 20,
        where: ListFilter | None = None,
        *,
        newest_first: bool = True,
        teach: bool = False,
    ) -> Found:
        """Cached articles that hold every word and phrase of a query in source, title, abstract or content.

        Args:
            query: As `rain -cricket "new world"`: a phrase in quotes, behind a minus sign what must not be there.
            now: UTC-aware.
            limit: How many to return.
            where: Among which articles; all if not given.
            newest_first: Or the best, as the feed has it.
            teach: Whether the query counts as a weak interest.

        Raises:
            UnknownNameError: The filter names something that is nowhere.
        """
        self._begin_list()
        maker, listed = self._maker(now), self._fitting(where)
        is_found = maker.rows.are_among(self._cache.matching(SearchQuery.parse(query)))
        places = np.flatnonzero(is_found if listed is None else is_found & listed)
        parts = maker.parts()
        order_by = maker.rows.published_s if newest_first else total(parts)
        scored = maker.scored(parts, places[best_first(order_by[places])][:limit])
        if teach and query.strip() and not self.private:
            with suppress(StorageError):  # what was found is worth more than what it would teach
                self._profile.record_search(query.strip(), now)
        return Found(tuple(scored), len(places))

    def explain(self, article_id: str, now: datetime) -> Explanation:
        """Why an article stands where it stands: its parts, the past reads that drew it up, the words that mattered.

        Raises:
            UnknownArticleError: It is not in the cache.
        """
        (article,) = self._cache.get([article_id])
        return self._maker(now).explained(article)

    def worth(self, now: datetime) -> OrderWorth:
        """Whether the ranked order helps this reader more than newest first, as far as choices tell."""
        return order_worth(self._profile.store, now, self._bundle_number)

    def decide_pushes(self, now: datetime, zone: tzinfo, steady: SteadyTime | None = None) -> PushDecision:
        """What is worth a notification now, with a verdict on every new article; nothing is kept yet: `mark_sent`.

        Args:
            now: UTC-aware.
            zone: Where the reader is; `zone_named` gives that of a name.
            steady: `steady_clock.steady_time()`, by which a clock that was set is found out; None if `now` is no
                clock's.
        """
        chances = calibration(self._profile.store, self._model.bundle.head)
        maker = self._maker(now)
        parts = maker.parts()
        candidates = maker.push_candidates(parts, self.push_settings.max_age_h, chances)
        decision = decide_pushes(self._profile.store, candidates, now, zone, steady, self._last_sync(now))
        return replace(
            decision,
            send=maker.with_reasons(parts, decision.send),
            digest=maker.with_reasons(parts, decision.digest),
            erasures=self._profile.erasures,
        )

    def mark_sent(self, decision: PushDecision, now: datetime, steady: SteadyTime | None = None) -> None:
        """Keep a decision whose notifications were handed to the platform; its articles count as shown.

        Nothing is kept if the profile was erased since.

        Args:
            decision: From `decide_pushes`.
            now: As given there.
            steady: As given there.
        """
        if decision.erasures not in (None, self._profile.erasures):
            return
        keep_decision(self._profile.store, decision, now, steady)
        sent = {record.article_id for record in decision.records}
        maker = self._maker(now)
        places = np.flatnonzero(maker.rows.are_among(sent)).tolist()
        self.mark_shown(maker.scored(maker.parts(), places), now)

    def article(self, article_id: str) -> Article:
        """A cached article.

        Raises:
            UnknownArticleError: It is not in the cache.
        """
        return self._cache.get([article_id])[0]

    def content(self, article_id: str) -> Content:
        """The HTML that a feed gave as the text of a cached article; an empty one where none is kept."""
        return self._cache.content(article_id)

    def state(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Whether a list that was made is still right: what has changed, without looking at what.

        Returns:
            Numbers of which one is another after any change of articles, profile or subscriptions: by this reader,
            and by other programs, such as a sync.
        """
        states = (self._cache.state(), self._profile.store.state(), self.feeds.state())
        return tuple(own for _, own in states), tuple(elsewhere for elsewhere, _ in states)

    @contextmanager
    def one_look(self) -> Iterator[None]:
        """Read everything in the block as of one moment, so that another program's writing is waited for once.

        That program waits for the end of the block, and gives up after five seconds.
        """
        with self._cache.one_look(), self._profile.store.one_look(), self.feeds.one_look():
            yield

    def requests_made(self) -> list[HostRequests]:
        """What was sent from this data directory, by host, since it is counted; most asked first.

        That is every request for a feed, a page, a picture, a preview or an account, and nothing else is ever sent. In
        private mode a host without a feed that was not asked before is counted under "". What this process asked is
        kept first; where that cannot be written it is told all the same.
        """
        self._keep_requests()
        return summed([*self.feeds.requests.all(), *REQUESTS.waiting()])

    def erase(self) -> None:
        """Forget the reader: no byte of the profile stays in the data directory, and no host that was asked.

        Cached articles and subscriptions stay.
        """
        self.feeds.accounts.forget_marks()
        super().erase()
        REQUESTS.take()
        self.feeds.requests.erase()

    def import_profile(self, data: bytes) -> None:
        """Do as `ReaderSettings.import_profile`; at the next sync accounts and profile say what is read on either."""
        self.feeds.accounts.forget_marks()
        super().import_profile(data)

    def erase_everything(self) -> None:
        """Forget the reader, the subscriptions and the cached articles."""
        self.erase()
        self.feeds.erase()
        self.accounts.erase()
        self._intake.clear()

    def info(self) -> dict[str, object]:
        """What is running here: bundle, engine, sizes; `front` are other sizes that were measured, None: unknown."""
        bundle, unread = self._model.bundle, self.unread_counts()
        return {
            "data_dir": str(self._data_dir),
            "engine": engine_version(self._model.engine),
            "engine_reason": self._model.engine_reason,
            "bundle_sha256": bundle.sha256,
            "bundle_bytes": bundle.size_bytes,
            "member_bytes": dict(bundle.member_bytes),
            "model_version": bundle.manifest.model_version,
            "dim": bundle.manifest.dim,
            "num_tokens": bundle.manifest.num_tokens,
            "topics": [topic for topic in bundle.manifest.topics if topic],
            "languages": list(bundle.manifest.languages),
            "uses_popularity": bundle.head.popularity is not None,
            "warm_articles": len(bundle.warm_articles.hashes) if bundle.warm_articles else 0,
            "training_data": bundle.manifest.training_data,
            "training_licence": bundle.manifest.training_licence,
            "metrics": dict(bundle.manifest.metrics),
            "front": front_facts(front) if (front := bundle.manifest.front) else None,
            "articles": self._cache.count(),
            "unread": unread.total,
            "unread_by_feed": {
                feed.title or feed.shown_url: unread.by_feed.get(feed.url, 0) for feed in self.feeds.feeds()
            },
            "events": len(self._profile.store.events()),
            "feeds": len(self.feeds.feeds()),
            "private": self.private,
        }

    def _keep_learned(self) -> None:
        """Keep what lists have taught for the next process; nothing in private mode, nor of an erased profile."""
        erasures = self._profile.erasures
        if self.private or not (heads := self._learned.lists_to_keep()):
            return
        self._cache.learned.put(heads)
        if self._profile.erasures != erasures:  # by another program meanwhile
            self._cache.learned.forget()

    def _keep_requests(self) -> None:
        """Keep what was counted; where that cannot be written it waits for the next time."""
        if not (made := REQUESTS.take()):
            return
        try:
            named = {parse_target(feed.url).host for feed in self.feeds.feeds()} if self.private else None
            self.feeds.requests.add(made, named)
        except StorageError:
            REQUESTS.add(made)

    def _last_sync(self, now: datetime) -> datetime | None:
        """When a publisher was reached last; None before the first time, and where a sync would ask none now."""
        going_on = (feed for feed in self.feeds.feeds() if not feed.is_gone)
        # A publisher that asks for patience, or fails for days, is not waited for; this device's own network is.
        is_asked = any(feed.is_unreached or feed.next_at is None or feed.next_at <= now for feed in going_on)
        return self.feeds.last_sync() if is_asked else None

    def _fitting(self, where: ListFilter | None) -> NDArray[np.bool_] | None:
        """Which rows fit a filter; None if it leaves nothing out."""
        rows = self._intake.rows()

        def is_read() -> NDArray[np.bool_]:
            return rows.are_among(self._profile.store.read_ids())

        def is_saved() -> NDArray[np.bool_]:
            return rows.are_among(self._profile.store.saved_ids())

        if not where:
            return None
        brought = self._cache.items.articles_by_subscription
        return fitting(where, rows, self.feeds.feeds(), self.known_topics(), is_read, is_saved, brought)

    def _list_order(self, now: datetime, choice: OrderChoice, *, is_counted: bool) -> ListOrder:
        """What the feed is ordered by; with a list that opens may be counted of."""
        store, is_auto = self._profile.store, choice is OrderChoice.AUTO
        trial = order_stage(store, now, self._bundle_number) if is_auto else None
        is_counted = is_counted and trial is not None and not self.private
        pushed = [push.article_id for push in store.pushes()] if is_counted else ()
        return ListOrder(choice, trial, is_counted, self._cache.num_changes(), int(now.timestamp()), pushed)

    @contextmanager
    def _feeds_in(self) -> Iterator[FeedIntake]:
        """What takes in feeds; the oldest articles go once for all of them, as finding these means to look at all."""
        from edge_runtime.intake.feeds import FeedIntake  # loaded here: reading needs no parser

        try:
            yield FeedIntake(self._intake, self._cache, self.feeds.feeds(), self._kept())
        finally:
            self._intake.evict(self._kept())
            self._keep_requests()

    def _account_errands(self, feeds: FeedIntake, now: datetime, options: SyncOptions) -> Errands:
        """What a sync does for the accounts."""
        from edge_runtime.feeds.errands import NO_ERRANDS

        accounts = self.accounts.all()
        self._profile.store.set_upstreams([one.number for one in accounts])  # an adding may have been cut short
        if not accounts:
            return NO_ERRANDS
        from edge_runtime.accounts.ledger import Places
        from edge_runtime.accounts.opening import account_errands

        places = Places(self.feeds, self._cache, self._profile, feeds, lambda articles: self._intake.add(articles, now))
        return account_errands(places, self._data_dir, now, options)

    def _kept(self) -> frozenset[str]:
        """Ids of what is never evicted: what is saved, and of each feed the newest articles."""
        saved = self.saved_ids()
        return saved | self._intake.newest_of_feeds(self.feeds.feeds()) if self._cache.is_full() else saved

    def _begin_anew(self, damaged: Path) -> None:
        """Fill a cache that took a damaged one's place with what the profile holds; feeds bring the rest again."""
        for opinion in self._learned.opinions().values():
            if opinion.is_saved:
                self._intake.add([opinion.article], datetime.fromtimestamp(opinion.at_s, UTC))
        self.feeds.forget_answers()
        self.notices = (
            Notice(
                Sentence(
                    "the cache was damaged and is now {file}; a new one was begun with what you saved",
                    file=damaged.name,
                ),
                Remedy.SYNC,
            ),
        )

    def _maker(self, now: datetime) -> FeedMaker:
        rules = self._profile.store.rules()
        rows, places, near = self._intake.rows(), self._intake.places_of(rules), self._intake.nearness(rules)
        learned = self._learned.model(rows)
        erasures, variety = self._profile.erasures, self._profile.variety
        languages = self._profile.languages
        return FeedMaker(
            self._model, self._cache, rows, learned, places, self._intake, now, erasures, variety, languages, near
        )
