"""The reader's engine: a bundle, a cache and a profile tied together. Time always comes in as an argument."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from types import TracebackType

import numpy as np
from numpy.typing import NDArray

from edge_runtime.bundle import read_bundle
from edge_runtime.engines import engine_version
from edge_runtime.errors import UnknownTopicError
from edge_runtime.news_model import NewsModel
from edge_runtime.ranking import READ_PENALTY, Floats, ReaderState, total
from edge_runtime.reasons import also_opened, reason_line, similar_reads
from edge_runtime.storage import ArticleCache, CachedRows, ProfileStore
from edge_runtime.storage.articles import article_from, article_row, quantize_vectors
from edge_runtime.storage.database import private_directory
from edge_runtime.types import AddReport, Article, Event, Explanation, Profile, ScoredArticle, Signal

DEFAULT_BUNDLE = Path(__file__).parent / "default" / "news.bundle"
INSTALLED_BUNDLE = "news.bundle"
LIKE_WEIGHT = 2.0  # a like counts as two opens


def install_bundle(data_dir: Path, bundle: Path) -> None:
    """Make a bundle the data directory's own, once it has proved right on this device.

    Raises:
        BundleError: Damaged, too new, or computed wrongly here; what was installed before stays.
        StorageError: The data directory cannot be written.
    """
    private_directory(data_dir)
    NewsModel(read_bundle(bundle)).check_golden()
    target = data_dir / INSTALLED_BUNDLE
    if target.exists() and target.samefile(bundle):
        return
    partial = target.with_suffix(".partial")
    shutil.copyfile(bundle, partial)
    with partial.open("rb+") as file:
        os.fsync(file.fileno())
    read_bundle(partial)
    os.replace(partial, target)


class Reader:
    """One reader's news on one device; use it from one thread, and close it or use it as a context manager."""

    def __init__(self, model: NewsModel, cache: ArticleCache, profile: ProfileStore, data_dir: Path) -> None:
        """Tie the parts together; `Reader.open` is the usual way in."""
        self._model = model
        self._cache = cache
        self._profile = profile
        self._data_dir = data_dir
        self._rows: CachedRows | None = None
        self._state: tuple[ReaderState, list[Event], set[str]] | None = None

    @classmethod
    def open(cls, data_dir: Path, bundle: Path | None = None, engine: str | None = None) -> Reader:
        """Open a data directory, creating what is missing.

        Args:
            data_dir: Where cache and profile live.
            bundle: A bundle to use this time; else the installed one, else the one that came with the package.
            engine: A name of `engines.ENGINES`; the best installed one if not given.

        Raises:
            BundleError: Damaged, too new, or computed wrongly on this device.
            StorageError: The data directory or a database in it cannot be used.
            EngineError: No TFLite interpreter is installed.
        """
        private_directory(data_dir)
        installed = data_dir / INSTALLED_BUNDLE
        model = NewsModel(read_bundle(bundle or (installed if installed.exists() else DEFAULT_BUNDLE)), engine)
        cache = ArticleCache(data_dir / "cache.db")
        try:
            key = (model.bundle.sha256, engine_version(model.engine))
            if not cache.is_checked(*key):
                model.check_golden()
                cache.set_checked(*key)
            reader = cls(model, cache, ProfileStore(data_dir / "profile.db"), data_dir)
        except BaseException:
            cache.close()
            raise
        reader._encode_stale()
        return reader

    def __enter__(self) -> Reader:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the databases; everything recorded is already on the disk."""
        self._cache.close()
        self._profile.close()

    def add(self, articles: Iterable[Article], now: datetime) -> AddReport:
        """Take articles into the cache; each is encoded once.

        Newer counts of an article that is otherwise the same are kept too; that is no update of the article.

        Args:
            articles: Any number; of several with one id the last counts.
            now: Time of arrival, used as age where an article has no time of its own.

        Returns:
            How many were new, changed, or left alone because they were the same or had neither title nor abstract.
        """
        given = list(articles)
        known = self._cache.known()
        latest = {article.article_id: article for article in given}
        warnings = [
            f"article {article.article_id!r}: neither title nor abstract, skipped"
            for article in latest.values()
            if not (article.title or article.abstract).strip()
        ]
        fresh = [
            article
            for article in latest.values()
            if (article.title or article.abstract).strip()
            and _text_of(known.get(article.article_id)) != _text_of(article)
        ]
        counted = [
            article
            for article in latest.values()
            if article.popularity and (old := known.get(article.article_id)) and _is_newer(article, old)
        ]
        added = sum(article.article_id not in known for article in fresh)
        if fresh:
            self._cache.put(fresh, quantize_vectors(self._model.encode(fresh)), self._model.bundle.sha256, now)
            self._rows = None
        if counted:
            self._cache.put_counts(counted)
            self._rows = None
        return AddReport(added, len(fresh) - added, len(given) - len(fresh), tuple(warnings))

    def feed(self, now: datetime, limit: int | None = None) -> list[ScoredArticle]:
        """The cache ranked for this reader at a time, best first; equal scores keep the order of arrival.

        Args:
            now: UTC-aware.
            limit: How many to return; all if not given.
        """
        rows = self._cached_rows()
        parts = self._parts(rows, now)
        order = np.argsort(-total(parts), kind="stable")[:limit]
        return self._scored(rows, parts, order)

    def explain(self, article_id: str, now: datetime) -> Explanation:
        """Why an article stands where it stands: its parts, and the past reads that drew it up.

        Raises:
            UnknownArticleError: It is not in the cache.
        """
        (article,) = self._cache.get([article_id])
        rows = self._cached_rows()
        place = rows.article_ids.index(article.article_id)
        (scored,) = self._scored(rows, self._parts(rows, now), np.array([place]))
        state, clicked, _ = self._reader_state()
        similar = similar_reads(self._model.bundle.head, state, clicked, rows.vectors[place])
        return Explanation(scored, tuple(past for past in similar if past.article.article_id != article_id))

    def record(self, article_id: str, signal: Signal, at: datetime) -> None:
        """Keep what the reader did with a cached article; durable when this returns.

        Raises:
            UnknownArticleError: It is not in the cache.
            StorageError: It could not be written.
        """
        (article,) = self._cache.get([article_id])
        self._profile.record(article, signal, at)
        self._state = None

    def pick_topics(self, topics: Iterable[str]) -> None:
        """Ask for topics, such as at the first start; these take the place of what was asked for before.

        Each counts as a few clicks on it, so that it leads a new reader's feed and gives way as clicks come in.

        Raises:
            UnknownTopicError: The bundle does not know one; the message lists those that it knows.
            StorageError: It could not be written.
        """
        names = [topic.strip().casefold() for topic in topics]
        known = self._model.bundle.manifest.topics
        for name in names:
            if not name or name not in known:
                raise UnknownTopicError(f"no topic {name!r}; known are {', '.join(known[1:])}")
        self._profile.set_picks(names)
        self._state = None

    def known_topics(self) -> tuple[str, ...]:
        """What can be asked for: the bundle's topics."""
        return self._model.bundle.manifest.topics[1:]

    def article(self, article_id: str) -> Article:
        """A cached article.

        Raises:
            UnknownArticleError: It is not in the cache.
        """
        return self._cache.get([article_id])[0]

    def profile(self) -> Profile:
        """Everything the device knows of its reader."""
        events = self._profile.events()
        names = [e.article.category for e in events if e.signal is not Signal.DISLIKE and e.article.category]
        counts = {name: names.count(name) for name in sorted(set(names), key=lambda name: (-names.count(name), name))}
        shares = {name: count / len(names) for name, count in counts.items()}
        return Profile(tuple(reversed(events)), self._profile.picks(), shares)

    def erase(self) -> None:
        """Forget the reader: no byte of the profile stays in the data directory. Cached articles stay."""
        self._profile.erase()
        self._state = None

    def info(self) -> dict[str, object]:
        """What is running here: bundle, engine, sizes."""
        bundle = self._model.bundle
        return {
            "data_dir": str(self._data_dir),
            "engine": engine_version(self._model.engine),
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
            "articles": self._cache.count(),
            "events": len(self._profile.events()),
        }

    def _encode_stale(self) -> None:
        """Give articles that another bundle encoded a vector of this one; the profile needs none."""
        stale = self._cache.stale(self._model.bundle.sha256)
        if stale:
            vectors = quantize_vectors(self._model.encode(stale))
            self._cache.replace_vectors(stale, vectors, self._model.bundle.sha256)

    def _cached_rows(self) -> CachedRows:
        if self._rows is None:
            self._rows = self._cache.rows(self._model.bundle.manifest.dim)
        return self._rows

    def _reader_state(self) -> tuple[ReaderState, list[Event], set[str]]:
        """The reader's state, the events behind its interests (oldest first), and the ids that were read."""
        if self._state is None:
            events = self._profile.events()
            latest = {event.article.article_id: event for event in events if event.signal is not Signal.OPEN}
            opened = [event for event in events if event.signal is Signal.OPEN]
            ordered = {event.article.article_id: event for event in [*opened, *latest.values()]}
            clicked = sorted(
                (event for event in ordered.values() if event.signal is not Signal.DISLIKE), key=events.index
            )[-self._model.bundle.manifest.history_length :]
            disliked = [event for event in latest.values() if event.signal is Signal.DISLIKE]
            state = self._model.read_clicks(
                self._model.encode([event.article for event in clicked]),
                self._model.topic_numbers([event.article.category for event in clicked]),
                self._model.encode([event.article for event in disliked]),
                self._profile.picks(),
                self._model.warm_vectors([event.article.article_id for event in clicked]),
            )
            liked = np.array([event.signal is Signal.LIKE for event in clicked], bool)
            state.log_weights[liked] += np.float32(np.log(LIKE_WEIGHT))
            self._state = state, clicked, {event.article.article_id for event in opened}
        return self._state

    def _parts(self, rows: CachedRows, now: datetime) -> dict[str, Floats]:
        state, _, read = self._reader_state()
        ages_s = now.timestamp() - rows.published_s
        topics = self._model.topic_numbers(rows.categories)
        warm = self._model.warm_vectors(rows.article_ids)
        parts = self._model.score_parts(state, rows.vectors, topics, ages_s, (rows.shown, rows.clicked), warm)
        is_read = np.fromiter((article_id in read for article_id in rows.article_ids), bool, len(rows.article_ids))
        parts["already read"] = np.where(is_read, np.float32(-READ_PENALTY), np.float32(0))
        return parts

    def _scored(self, rows: CachedRows, parts: dict[str, Floats], order: NDArray[np.int64]) -> list[ScoredArticle]:
        state, clicked, read = self._reader_state()
        picked_topics = self._profile.picks()
        articles = self._cache.get(rows.article_ids[place] for place in order)
        warm = self._model.warm_vectors([article.article_id for article in articles])
        typical = {name: float(part.mean()) if len(part) else 0.0 for name, part in parts.items()}
        scored = []
        for place, article, among_clicks in zip(order, articles, warm, strict=True):
            own = {name: float(part[place]) for name, part in parts.items()}
            similar = [
                past
                for past in similar_reads(self._model.bundle.head, state, clicked, rows.vectors[place])
                if past.article.article_id != article.article_id
            ][:1]
            scored.append(
                ScoredArticle(
                    article=article,
                    score=sum(own.values()),
                    parts=own,
                    reason=reason_line(
                        article,
                        own,
                        typical,
                        similar,
                        picked_topics,
                        also_opened(state, clicked, article, among_clicks),
                    ),
                    is_read=article.article_id in read,
                )
            )
        return scored


def _is_newer(article: Article, old: Article) -> bool:
    """Whether the article's counts are later ones, to the second that the cache keeps."""
    ours, theirs = article.popularity, old.popularity
    return ours is not None and (theirs is None or int(ours.as_of.timestamp()) > int(theirs.as_of.timestamp()))


def _text_of(article: Article | None) -> Article | None:
    """The article without its counts, as it comes back from the cache: times in whole seconds, UTC."""
    return article and article_from(article_row(article))
