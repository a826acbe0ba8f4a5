"""Our engine as a ranker: intake, cache, learning, order and reasons are those of `Reader`, without its files a reader.

The articles come in once for all readers, so they are encoded once. What a profile would keep is told to the reader's
model as `Reader` does.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from benchmarks.people.people import DWELL_S, Audience
from edge_runtime import Article, Event, NewsModel, Signal, read_bundle
from edge_runtime.feed_maker import FeedMaker
from edge_runtime.installation import DEFAULT_BUNDLE
from edge_runtime.intake.articles import Intake
from edge_runtime.model.parts import WEIGHTS, PartWeights, as_shown
from edge_runtime.personal.reader_model import ReaderModel
from edge_runtime.storage.articles import open_cache


def default_model() -> NewsModel:
    """The packaged bundle at work."""
    return NewsModel(read_bundle(DEFAULT_BUNDLE))


class Engine:
    """One cache for all readers, and what was learned of each."""

    def __init__(
        self,
        audience: Audience,
        articles: Sequence[Article],
        weights: PartWeights = WEIGHTS,
        model: Callable[[], NewsModel] = default_model,
    ) -> None:
        """Meet readers of whom nothing is known.

        Args:
            audience: Who they are.
            articles: As feeds bring them.
            weights: What the parts count, where it is not as usual.
            model: Makes the model.
        """
        self._world, self._articles = audience.world, articles
        self._row = {article.article_id: row for row, article in enumerate(articles)}
        self._model = model()
        self._folder = tempfile.TemporaryDirectory()
        self._cache, _ = open_cache(Path(self._folder.name) / "cache.db")
        self._intake = Intake(self._model, self._cache)
        self._num_taken = 0
        self._readers = [
            ReaderModel(self._model, weights=weights, look_at=self._intake.look_at) for _ in audience.people
        ]
        self._list: list[object] = []

    def close(self) -> None:
        """Remove the cache."""
        self._cache.close()
        self._folder.cleanup()

    def rank(self, reader: int, session: int, k: int) -> tuple[np.ndarray, list[str]]:
        """The first unread articles of the feed, and the reason of each."""
        now = self._world.now(session)
        if (end := self._world.arrived(session)) > self._num_taken:
            self._intake.add(self._articles[self._num_taken : end], now)
            self._num_taken = end
        maker = FeedMaker(self._model, self._cache, self._intake.rows(), self._readers[reader], {}, self._intake, now)
        parts = maker.parts()
        order = maker.order(parts, k)
        scored = [one for one in maker.scored(parts, order.places, order) if not one.is_read]
        self._maker, self._shown = maker, [as_shown(one, now) for one in scored]
        rows = np.array([self._row[one.article.article_id] for one in scored], np.intp)
        return rows, [one.reason for one in scored]

    def observe(self, reader: int, session: int, shown: np.ndarray, signals: Sequence[tuple[int, Signal]]) -> None:
        """Learn what became of the list that `rank` gave.

        Args:
            reader, session: As given there.
            shown: (k,) rows that it gave.
            signals: What the reader did, in order, with the rows of the articles.
        """
        model, at, rows = self._readers[reader], self._world.now(session), self._maker.rows
        model.record_shown(self._shown, rows)
        for row, signal in signals:
            article = self._articles[row]
            place = rows.places_of([article.article_id])
            dwell_s = DWELL_S if signal is Signal.DWELL else 0.0
            model.record(Event(article, signal, at, dwell_s), rows.vectors[place][0])
