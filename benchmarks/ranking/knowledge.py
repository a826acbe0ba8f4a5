"""Policies that know what no engine can: the oracle, parts of the truth, and a learner that knows the formula.

They show how far one can get, and what each kind of knowledge is worth. All of them know which articles tell the same
story.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import numpy as np

from benchmarks.ranking.policies import Factory, best
from benchmarks.ranking.press import SOURCE_NAMES
from benchmarks.ranking.world import REPEAT_LOSS, SOURCE_TASTE, Feedback, Session, World, pick_topics
from benchmarks.simulator_bound import PRIOR_READERS, features, likely_taste, usual_tastes
from trainer.data.newsroom import DAY_S
from trainer.data.readers import TOPIC_STRENGTH, Readers
from trainer.data.simulate import examination

ALL = ("topics", "words", "sources", "quality", "age")


class Stories:
    """Which stories each reader has opened."""

    def __init__(self, world: World) -> None:
        """Begin with readers who have opened nothing."""
        self._stories = world.press.stories
        self._is_known = np.zeros((world.settings.readers, len(world.articles)), bool)

    def best(self, reader: int, session: Session, scores: np.ndarray) -> np.ndarray:
        """`policies.best`, with REPEAT_LOSS for a story that was opened or that stands higher in the list already."""
        stories = self._stories[session.candidates]
        scores = scores - REPEAT_LOSS * self._is_known[reader, stories]
        order = np.lexsort((-session.candidates, -scores))
        is_again = np.ones(len(scores), bool)
        is_again[order[np.unique(stories[order], return_index=True)[1]]] = False
        return best(session, scores - REPEAT_LOSS * is_again)

    def observe(self, reader: int, feedback: Feedback) -> None:
        """Remember the stories of the articles that were opened."""
        self._is_known[reader, self._stories[feedback.shown[feedback.clicked]]] = True


class Knows:
    """Ranks by the true sum of some parts of the preference; by all of them it is the oracle."""

    def __init__(self, world: World, seed: int, parts: tuple[str, ...] = ALL) -> None:
        """Take the parts of the preference that are known."""
        self._world, self._parts, self._stories = world, parts, Stories(world)

    def rank(self, reader: int, session: Session) -> np.ndarray:
        """What the reader likes best, as far as it is known."""
        parts = self._world.preference_parts(reader, session.time_s, session.candidates)
        return self._stories.best(reader, session, np.sum([parts[name] for name in self._parts], axis=0))

    def observe(self, reader: int, session: Session, feedback: Feedback) -> None:
        """Remember stories; the preference is known without feedback."""
        self._stories.observe(reader, feedback)


class Informed:
    """A learner with the simulator's formula, age and true quality; of a reader it sees the lists and clicks before.

    It takes the most likely taste for topics, words and sources (`simulator_bound.likely_taste`), found anew in the
    first session of a reader's day. It starts from the topics that the reader picked, and does not explore.
    """

    def __init__(self, world: World, seed: int, parts: tuple[str, ...] = ("quality", "age")) -> None:
        """Learn what tastes are like in general; `parts` are known of every article."""
        self._world, self._parts, self._stories = world, parts, Stories(world)
        self._prior_of = priors(world)
        num_readers = world.settings.readers
        self._tastes = np.stack([mean for mean, _ in self._prior_of])
        self._day = np.full(num_readers, -1)
        self._lists: list[list[tuple[np.ndarray, np.ndarray, np.ndarray]]] = [[] for _ in range(num_readers)]

    def rank(self, reader: int, session: Session) -> np.ndarray:
        """The candidates that the most likely taste likes best."""
        day = session.time_s // DAY_S
        if self._lists[reader] and day != self._day[reader]:
            rows, offsets, clicked = (np.concatenate(parts) for parts in zip(*self._lists[reader], strict=True))
            looked_at = np.concatenate([examination(len(shown)) for shown, _, _ in self._lists[reader]])
            self._tastes[reader] = likely_taste(
                self._features(rows), offsets, looked_at, clicked, self._prior_of[reader]
            )
            self._day[reader] = day
        known = self._known(reader, session.time_s, session.candidates)
        return self._stories.best(reader, session, self._features(session.candidates) @ self._tastes[reader] + known)

    def observe(self, reader: int, session: Session, feedback: Feedback) -> None:
        """Keep the list, and what was opened."""
        offsets = self._known(reader, session.time_s, feedback.shown) - self._world.threshold
        self._lists[reader].append((feedback.shown, offsets, feedback.clicked))
        self._stories.observe(reader, feedback)

    def _known(self, reader: int, time_s: int, rows: np.ndarray) -> np.ndarray:
        parts = self._world.preference_parts(reader, time_s, rows)
        known: np.ndarray = np.sum([parts[name] for name in self._parts], axis=0)
        return known

    def _features(self, rows: np.ndarray) -> np.ndarray:
        sources = self._world.sources[rows][:, None] == np.arange(len(SOURCE_NAMES))
        return np.concatenate([features(self._world.press.newsroom, rows), sources], axis=1, dtype=np.float32)


def priors(world: World) -> list[tuple[np.ndarray, np.ndarray]]:
    """Of each reader the means and variances of tastes, in logits, of all those who picked the same topics.

    In the order of `Informed`'s features: (num_topics + num_words + num_sources,) each. Topics are taken one by one.
    """
    newsroom, num_sources = world.press.newsroom, len(SOURCE_NAMES)
    mean, variance = usual_tastes(newsroom)
    mean = np.concatenate([mean, np.zeros(num_sources)])
    variance = np.concatenate([variance, np.full(num_sources, SOURCE_TASTE**2)])
    rng = np.random.default_rng(0)
    others = Readers(PRIOR_READERS, newsroom, rng).topic_tastes
    logits, picked = TOPIC_STRENGTH * np.sqrt(others), pick_topics(others, rng)
    found = []
    for welcome in world.welcomes:
        own_mean, own_variance = mean.copy(), variance.copy()
        for topic, name in enumerate(world.topic_names):
            alike = logits[(picked == topic).any(axis=1) == (name in welcome.topics), topic]
            own_mean[topic], own_variance[topic] = alike.mean(), alike.var() + 1e-3
        found.append((own_mean, own_variance))
    return found


def _knows(*parts: str) -> Factory:
    return partial(Knows, parts=parts)


ORACLE = "oracle"
KNOWLEDGE: Mapping[str, Factory] = {
    ORACLE: _knows(*ALL),
    "informed learner": Informed,
    "informed learner, quality unknown": partial(Informed, parts=("age",)),
    "truth: quality, age": _knows("quality", "age"),
    "truth: topics": _knows("topics"),
    "truth: topics, age": _knows("topics", "age"),
    "truth: topics, words": _knows("topics", "words"),
    "truth: topics, words, age": _knows("topics", "words", "age"),
    "truth: topics, words, sources, age": _knows("topics", "words", "sources", "age"),
    "truth: topics, quality, age": _knows("topics", "quality", "age"),
    "truth: topics, words, quality, age": _knows("topics", "words", "quality", "age"),
}
