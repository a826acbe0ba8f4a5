"""Feed policies to compare an engine with: time order, a rule as Brave's, and a decayed mean of what was clicked.

Those that know the truth are in `knowledge`, the engine's own in `engine_policy`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

import numpy as np

from benchmarks.ranking.press import SOURCE_NAMES
from benchmarks.ranking.world import Feedback, K, Session, World
from edge_runtime import NewsModel, read_bundle
from edge_runtime.installation import DEFAULT_BUNDLE
from trainer.data.newsroom import DAY_S

HOUR_S = 3600


class Policy(Protocol):
    """Orders what a reader may see; sessions come in the order of time, all readers mixed."""

    def rank(self, reader: int, session: Session) -> np.ndarray:
        """(k,) int64 rows of `World.articles`, best first: K different candidates, all if there are fewer."""

    def observe(self, reader: int, session: Session, feedback: Feedback) -> None:
        """Learn what became of the list that `rank` gave."""


Factory = Callable[[World, int], Policy]  # the int is the seed of the policy's own chance


def best(session: Session, scores: np.ndarray) -> np.ndarray:
    """(k,) the candidates of the highest scores, best first; of equal ones the newest."""
    order = np.lexsort((-session.candidates, -scores))
    rows: np.ndarray = session.candidates[order[:K]]
    return rows


class TimeOrder:
    """A feed reader without any ranking: newest first."""

    def __init__(self, world: World, seed: int) -> None:
        """Nothing to learn, nothing by chance."""

    def rank(self, reader: int, session: Session) -> np.ndarray:
        """The newest candidates, newest first."""
        return best(session, np.zeros(len(session.candidates)))

    def observe(self, reader: int, session: Session, feedback: Feedback) -> None:
        """Do nothing: time order does not learn."""


class BraveLike:
    """The rule of Brave News (brave-core, components/brave_news/browser/feed_sampling.cc and features.cc), in short.

    weight = (0.2 + 0.8 share of the visits that went to the source + 1 if it is followed + 0.2 if the topic is picked)
    * 0.5 ** (age / 18 h), doubled below 5 hours. Three places in four are drawn by weight among what is followed or
    picked, the others are discoveries: drawn by age alone among what is not. Left out are blocks of cards, which do not
    change who is shown, and Brave's own popularity, which is the same for all here.
    """

    VISITS_LEAST, FOLLOWED, PICKED = 0.2, 1.0, 0.2
    HALF_LIFE_S, NEW_S = 18 * HOUR_S, 5 * HOUR_S
    DISCOVERIES = 0.25

    def __init__(self, world: World, seed: int) -> None:
        """Ask every reader for sources and topics, as Brave does for publishers and channels."""
        self._world, self._seed = world, seed
        self._visits = np.zeros((len(world.welcomes), len(SOURCE_NAMES)))
        self._follows = np.array([[name in w.sources for name in SOURCE_NAMES] for w in world.welcomes])
        self._picks = np.array([[name in w.topics for name in world.topic_names] for w in world.welcomes])

    def rank(self, reader: int, session: Session) -> np.ndarray:
        """A weighted roulette without replacement: the largest of log weight + Gumbel noise."""
        rng = np.random.default_rng([self._seed, session.number])
        weights, recency, is_wanted = self.weights(reader, session)
        noise = rng.gumbel(size=len(weights))
        wanted = np.where(is_wanted, np.log(weights) + noise, -np.inf)
        unknown = np.where(is_wanted, -np.inf, np.log(recency) + noise)
        queues = [np.argsort(-keys, kind="stable")[: int(np.isfinite(keys).sum())] for keys in (wanted, unknown)]
        k = min(K, len(weights))
        discoveries = int((rng.random(k) < self.DISCOVERIES).sum())
        # Either kind may run out.
        discoveries = int(np.clip(discoveries, k - len(queues[0]), len(queues[1])))
        places = np.sort(rng.choice(k, discoveries, replace=False))
        picked = np.insert(queues[0][: k - discoveries], places - np.arange(discoveries), queues[1][:discoveries])
        rows: np.ndarray = session.candidates[picked]
        return rows

    def weights(self, reader: int, session: Session) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Weight, recency, and whether it is followed or picked; each (num_candidates,)."""
        world, rows = self._world, session.candidates
        ages_s = session.time_s - world.published_s[rows]
        recency = 0.5 ** (ages_s / self.HALF_LIFE_S) * np.where(ages_s < self.NEW_S, 2, 1)
        follows, picks = self._follows[reader, world.sources[rows]], self._picks[reader, world.topics[rows]]
        visits = self._visits[reader, world.sources[rows]] / (1 + self._visits[reader].sum())
        affinity = self.VISITS_LEAST + (1 - self.VISITS_LEAST) * visits
        return (affinity + self.FOLLOWED * follows + self.PICKED * picks) * recency, recency, follows | picks

    def observe(self, reader: int, session: Session, feedback: Feedback) -> None:
        """Count one visit to the source of each opened article."""
        np.add.at(self._visits[reader], self._world.sources[feedback.shown[feedback.clicked]], 1)


class DecayedMean:
    """Cosine to the mean of the clicked articles' vectors, each of which counts half as much a week later."""

    HALF_LIFE_S = 7 * DAY_S
    TIE_BREAK = 1e-3  # of 0.5 ** (age / 18 h)

    def __init__(self, world: World, seed: int, vectors: np.ndarray | None = None) -> None:
        """Encode all articles.

        Args:
            world: Whose articles are ranked.
            seed: Not used.
            vectors: (num_articles, dim) of length 1; if not given, from the default bundle.
        """
        self._world = world
        if vectors is None:
            vectors = NewsModel(read_bundle(DEFAULT_BUNDLE)).encode(world.articles)
        self._vectors = vectors
        self._sums = np.zeros((len(world.welcomes), vectors.shape[1]))
        self._since_s = np.zeros(len(world.welcomes))

    def rank(self, reader: int, session: Session) -> np.ndarray:
        """Nearest first; newest first for one who has not clicked yet."""
        ages_s = session.time_s - self._world.published_s[session.candidates]
        mean = self._sums[reader] / max(float(np.linalg.norm(self._sums[reader])), 1e-9)
        return best(session, self._vectors[session.candidates] @ mean + self.TIE_BREAK * 0.5 ** (ages_s / 64_800))

    def observe(self, reader: int, session: Session, feedback: Feedback) -> None:
        """Let the past fade and add the clicks."""
        self._sums[reader] *= 0.5 ** ((session.time_s - self._since_s[reader]) / self.HALF_LIFE_S)
        self._sums[reader] += self._vectors[feedback.shown[feedback.clicked]].sum(axis=0)
        self._since_s[reader] = session.time_s


POLICIES: Mapping[str, Factory] = {"time order": TimeOrder, "Brave-like rule": BraveLike, "decayed mean": DecayedMean}
