"""What the engine is compared with: time order, a rule as that of Brave News, and two simple learners on vectors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from benchmarks.people.headlines import SOURCES
from benchmarks.people.people import Audience
from edge_runtime import Article, Signal

HOUR_S = 3600.0
PRECISION = 2.0  # of the logistic regression's prior
SHARPNESS = 6.0  # of the nearest neighbours' log-mean-exp


class Ranker(Protocol):
    """Orders what a reader may see; sessions come in the order of time, all readers in each."""

    def rank(self, reader: int, session: int, k: int) -> tuple[np.ndarray, list[str]]:
        """Rows of the first k unread articles, best first, and the reason of each, if it gives any."""

    def observe(self, reader: int, session: int, shown: np.ndarray, signals: Sequence[tuple[int, Signal]]) -> None:
        """Learn what became of the list that `rank` gave."""

    def close(self) -> None:
        """Put away what it needs no more."""


class ByScore:
    """Highest score first, of equal ones the newest. Newest first, where a subclass does not say otherwise."""

    def __init__(self, audience: Audience, articles: Sequence[Article]) -> None:
        """Know nothing yet."""
        self.audience, self.articles, self.world = audience, articles, audience.world
        self.shown = [np.zeros(len(articles), bool) for _ in audience.people]
        self.opened = [np.zeros(len(articles), bool) for _ in audience.people]

    def close(self) -> None:
        """Nothing is to be put away."""

    def rank(self, reader: int, session: int, k: int) -> tuple[np.ndarray, list[str]]:
        """As `Ranker.rank`."""
        rows = np.flatnonzero(~self.opened[reader][: self.world.arrived(session)])
        order = np.lexsort((-rows, -self.scores(reader, session, rows)))
        return rows[order[:k]], []

    def scores(self, reader: int, session: int, rows: np.ndarray) -> np.ndarray:
        """(len(rows),) the score of each article."""
        return np.zeros(len(rows))

    def observe(self, reader: int, session: int, shown: np.ndarray, signals: Sequence[tuple[int, Signal]]) -> None:
        """Remember what was shown and opened."""
        self.shown[reader][shown] = True
        self.opened[reader][[row for row, signal in signals if signal is Signal.OPEN]] = True


class BraveLike(ByScore):
    """The rule of Brave News in short: the share of visits to the source, times recency with 18 hours' half-life.

    Nobody follows or picks anything here, so that is all that is left of `benchmarks.ranking.policies.BraveLike`.
    """

    def __init__(self, audience: Audience, articles: Sequence[Article]) -> None:
        """Count no visit yet."""
        super().__init__(audience, articles)
        self._sources = np.array([SOURCES.index(article.source) for article in articles])

    def scores(self, reader: int, session: int, rows: np.ndarray) -> np.ndarray:
        """Affinity times recency, as a weighted draw without replacement: log weight + Gumbel noise."""
        visits = np.bincount(self._sources[self.opened[reader]], minlength=len(SOURCES))
        shares = visits[self._sources[rows]] / (1 + visits.sum())
        ages_s = self.world.sessions_s[session] - self.world.published_s[rows]
        recency = 0.5 ** (ages_s / (18 * HOUR_S)) * np.where(ages_s < 5 * HOUR_S, 2, 1)
        rng = np.random.default_rng([self.audience.people[reader].seed, session])
        drawn: np.ndarray = np.log((0.2 + 0.8 * shares) * recency) + rng.gumbel(size=len(rows))
        return drawn


class Learner(ByScore):
    """Highest score first; what was shown and passed over comes after the rest, or it would head every list."""

    def rank(self, reader: int, session: int, k: int) -> tuple[np.ndarray, list[str]]:
        """As `Ranker.rank`; newest first before the first open."""
        if not self.opened[reader].any():
            return super().rank(reader, session, k)
        rows = np.flatnonzero(~self.opened[reader][: self.world.arrived(session)])
        order = np.lexsort((-rows, -self.scores(reader, session, rows), self.shown[reader][rows]))
        return rows[order[:k]], []


class Logistic(Learner):
    """Logistic regression of opened against shown, on an article's features."""

    def __init__(self, audience: Audience, articles: Sequence[Article], features: np.ndarray) -> None:
        """Take (num_articles, dim) features."""
        super().__init__(audience, articles)
        self._features = np.column_stack([np.ones(len(features)), features.astype(np.float64)])
        self._weights = [np.zeros(self._features.shape[1]) for _ in audience.people]

    def scores(self, reader: int, session: int, rows: np.ndarray) -> np.ndarray:
        """Log-odds."""
        shown, opened = np.flatnonzero(self.shown[reader]), self.opened[reader]
        x, y, weights = self._features[shown], opened[shown], self._weights[reader]
        precision = np.full(len(weights), PRECISION)
        precision[0] = 0.01  # the intercept is free
        for _ in range(4):  # Newton's method, from the weights before
            chance = 1 / (1 + np.exp(-np.clip(x @ weights, -30, 30)))
            curvature = (x * (chance * (1 - chance))[:, None]).T @ x + np.diag(precision)
            weights = weights + np.linalg.solve(curvature, (y - chance) @ x - precision * weights)
        self._weights[reader] = weights
        scores: np.ndarray = self._features[rows] @ weights
        return scores


class Neighbours(Learner):
    """Log-mean-exp of the cosines to what was opened."""

    def __init__(self, audience: Audience, articles: Sequence[Article], features: np.ndarray) -> None:
        """Take (num_articles, dim) features, each row of length 1."""
        super().__init__(audience, articles)
        self._features = features.astype(np.float64)

    def scores(self, reader: int, session: int, rows: np.ndarray) -> np.ndarray:
        """How near each article is."""
        opened = self._features[self.opened[reader]]
        near: np.ndarray = np.log(np.exp(SHARPNESS * (self._features[rows] @ opened.T)).mean(axis=1))
        return near


def one_hot(articles: Sequence[Article]) -> np.ndarray:
    """(num_articles, num_categories) which category each has, by the feed; none is all zeros."""
    names = sorted({article.category for article in articles} - {""})
    return np.array([[article.category == name for name in names] for article in articles], float).reshape(
        len(articles), len(names)
    )


def newest(unread: np.ndarray, k: int) -> np.ndarray:
    """The last k of (num_arrived,) articles that are unread, newest first: time order at the same moment."""
    return np.flatnonzero(unread)[::-1][:k]
