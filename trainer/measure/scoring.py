"""Scores of lists by a bundle, in this process or shared among many.

A score is computed from its own list alone, and articles are encoded in the same groups everywhere. Scores come back in
the order of the lists. So neither the number of processes nor the engine changes a digit of what is measured from them.
"""

from __future__ import annotations

import socket
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields
from functools import lru_cache, partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from edge_runtime import Article, NewsModel, read_bundle
from edge_runtime.model.news_model import engine_version
from trainer.data.batches import published_seconds
from trainer.data.dataset import Impressions, Ragged
from trainer.data.popularity import Counts
from trainer.data.runner import Runner
from trainer.errors import ClusterError
from trainer.measure.metrics import Floats

ENCODED = 1_024  # articles that are encoded together
LISTS = 500  # that are a task


@dataclass(frozen=True, slots=True)
class KnownArticles:
    """What a bundle says of articles; a row for each."""

    vectors: NDArray[np.float32]  # (num_articles, dim)
    topics: NDArray[np.int64]  # (num_articles,)
    warm: NDArray[np.float32]  # (num_articles, warm_dim)
    published_s: NDArray[np.float64]  # (num_articles,)


@dataclass(frozen=True, slots=True)
class Lists:
    """Lists to be scored; articles are named by their row among those known."""

    history: Ragged
    candidates: Ragged
    times: NDArray[np.int64]
    counts: tuple[Floats, Floats] | None  # shown and clicked before, aligned with the candidates


@dataclass(frozen=True, slots=True)
class Share:
    """Who does the work, and where what all of them need is put down."""

    runner: Runner
    folder: Path  # which all of them see


@dataclass(frozen=True, slots=True)
class BundleModel:
    """A bundle on an engine, as workers are told of it."""

    bundle: Path
    changed_ns: int  # when the file was written
    engine: str | None  # see `NewsModel`
    release: str  # of the engine that it was, with its name

    @classmethod
    def of(cls, bundle: Path, engine: str | None = None) -> BundleModel:
        """As this process would run it.

        Raises:
            BundleError, EngineError: See `read_bundle` and `NewsModel`.
        """
        news = NewsModel(read_bundle(bundle), engine)
        return cls(bundle.resolve(), bundle.stat().st_mtime_ns, news.engine, engine_version(news.engine))

    def load(self) -> NewsModel:
        """The bundle at work, in a worker.

        Raises:
            ClusterError: There is another engine here, or another release of it.
        """
        news = NewsModel(read_bundle(self.bundle), self.engine)
        if (release := engine_version(news.engine)) != self.release:
            raise ClusterError(
                f"{socket.gethostname()}: computes with {release}, not with {self.release}; install the same"
            )
        return news


class Scorer:
    """A bundle at work on lists of some articles, each of which it has encoded once."""

    def __init__(
        self, model: BundleModel, articles: Sequence[Article], used: NDArray[np.bool_], share: Share | None = None
    ) -> None:
        """Encode the articles.

        Args:
            model: The bundle.
            articles: Named by the impressions' rows.
            used: (num_articles,) which of them lists or histories have.
            share: Who does the work; this process if not given.

        Raises:
            ClusterError: A worker has another engine than this process.
        """
        rows = np.flatnonzero(used)
        self._row_of = np.zeros(len(articles), np.int32)
        self._row_of[rows] = np.arange(len(rows))
        firsts = range(0, max(1, len(rows)), ENCODED)
        groups = ([articles[row] for row in rows[first : first + ENCODED].tolist()] for first in firsts)
        self._score: Callable[[Iterator[Lists]], Iterator[Floats]]
        if share is None:
            news = model.load()
            known = _joined([_known(news, group) for group in groups])
            self._score = partial(map, partial(_scores, news, known))
        else:
            known = _joined(list(share.runner.map(partial(_known_there, model), groups)))
            self._score = partial(share.runner.map, partial(_scores_there, model, _put_down(known, share.folder)))

    def scores(self, impressions: Impressions, counts: Counts | None, progress: Callable[[int], object]) -> Floats:
        """Scores of all shown articles.

        Args:
            impressions: The lists.
            counts: How often each shown article had been shown and clicked before; without it, content alone is ranked.
            progress: Told how many more lists are done.

        Returns:
            (num_shown,) float64, aligned with `impressions.clicked`.
        """
        scores = np.empty(len(impressions.clicked), np.float64)
        begin = 0
        for number, some in enumerate(self._score(_pieces(impressions, self._row_of, counts))):
            scores[begin : begin + len(some)] = some
            begin += len(some)
            progress(min(LISTS, len(impressions) - number * LISTS))
        return scores


def _pieces(impressions: Impressions, row_of: NDArray[np.int32], counts: Counts | None) -> Iterator[Lists]:
    history, shown = impressions.history, impressions.candidates
    for first in range(0, len(impressions), LISTS):
        end = min(first + LISTS, len(impressions))
        read = (
            _slice(history, first, end)
            if isinstance(history, Ragged)
            else history.taken(np.arange(first, end)).expanded()
        )
        places = slice(shown.offsets[first], shown.offsets[end])
        yield Lists(
            Ragged(row_of[read.values], read.offsets),
            Ragged(row_of[shown.values[places]], shown.offsets[first : end + 1] - shown.offsets[first]),
            impressions.times[first:end],
            None if counts is None else (counts.shown[places], counts.clicked[places]),
        )


def _slice(rows: Ragged, first: int, end: int) -> Ragged:
    begin = rows.offsets[first]
    return Ragged(rows.values[begin : rows.offsets[end]], rows.offsets[first : end + 1] - begin)


def _known(news: NewsModel, articles: Sequence[Article]) -> KnownArticles:
    return KnownArticles(
        news.encode(articles),
        news.topic_numbers([article.category for article in articles]),
        news.warm_vectors([article.article_id for article in articles]),
        published_seconds(articles),
    )


def _joined(parts: Sequence[KnownArticles]) -> KnownArticles:
    return KnownArticles(
        *(np.concatenate([getattr(part, one.name) for part in parts]) for one in fields(KnownArticles))
    )


def _scores(news: NewsModel, known: KnownArticles, lists: Lists) -> Floats:
    scores = np.empty(len(lists.candidates.values), np.float64)
    for number, time_s in enumerate(lists.times):
        clicks, shown = lists.history[number], lists.candidates[number]
        reader = news.read_clicks(known.vectors[clicks], known.topics[clicks], warm=known.warm[clicks])
        begin, end = lists.candidates.offsets[number : number + 2]
        counts = None if lists.counts is None else (lists.counts[0][begin:end], lists.counts[1][begin:end])
        ages_s = time_s - known.published_s[shown]
        parts = news.score_parts(reader, known.vectors[shown], known.topics[shown], ages_s, counts, known.warm[shown])
        scores[begin:end] = np.sum([part.astype(np.float64) for part in parts.values()], axis=0)
    return scores


# In a worker: what does not change from task to task is loaded once.

_loaded = lru_cache(maxsize=1)(BundleModel.load)


def _known_there(model: BundleModel, articles: Sequence[Article]) -> KnownArticles:
    return _known(_loaded(model), articles)


def _scores_there(model: BundleModel, folder: Path, lists: Lists) -> Floats:
    return _scores(_loaded(model), _taken_up(folder), lists)


def _put_down(known: KnownArticles, folder: Path) -> Path:
    place = folder / f"articles-{uuid.uuid4().hex}"
    place.mkdir()
    for one in fields(KnownArticles):
        np.save(place / f"{one.name}.npy", getattr(known, one.name))
    return place


@lru_cache(maxsize=1)
def _taken_up(place: Path) -> KnownArticles:
    """Mapped into memory, so that processes of one machine share the pages."""
    return KnownArticles(
        *(np.asarray(np.load(place / f"{one.name}.npy", mmap_mode="r")) for one in fields(KnownArticles))
    )
