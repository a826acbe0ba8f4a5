"""The world that a feed is judged in: readers open the app, look at ten articles, and click what they like.

Readers and newsroom are the simulator's (docs/simulator.md); docs/lab/ranking.md says what is added. Chance does not
depend on the policy: what a reader makes of an article in a session, the noise and the dice are the same whatever was
shown before, so that policies can be compared in pairs.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from benchmarks.ranking.press import SOURCE_NAMES, open_press
from edge_runtime.types import Article
from trainer.data.newsroom import DAY_S, START, WINDOW_S, open_newsroom
from trainer.data.readers import RECENCY_LOSS, TOPIC_STRENGTH, WORD_STRENGTH, Readers
from trainer.data.simulate import NOISE, SimulatorSettings, examination, find_threshold, schedule

K = 10  # articles that a session shows
SOURCE_TASTE = 0.4  # logits, spread of a reader's taste for a source
REPEAT_LOSS = 4.0  # logits, for a story that the reader has opened already
KNOWN_LEAST, KNOWN_MOST = 0.25, 0.95  # chance that a reader knows a source: of the smallest and of the largest
FOLLOWED = 5  # known sources that a reader follows from the start
PICKED = 3  # topics that a reader picks at the start
DWELL_S, DWELL_SLOPE, DWELL_SPREAD = 45.0, 0.25, 0.6  # median at the threshold; of its log: per logit, and by chance
LIKED_SHARE, LIKED_FROM = 0.2, 1.0  # of the clicks; logits above the threshold
DISLIKED_SHARE, DISLIKED_BELOW = 0.03, -4.5  # of the shown; logits from the threshold


@dataclass(frozen=True, slots=True)
class WorldSettings:
    """How many readers live how long, and by which seed."""

    readers: int = 200
    days: int = 30
    seed: int = 100  # not 7: the readers whom the default bundle learned from have that one
    sessions_per_day: float = 1.2  # mean; a few readers have many more


@dataclass(frozen=True, slots=True)
class Session:
    """One time that a reader opens the app."""

    number: int  # in the order of time, from 0
    time_s: int  # from START
    candidates: np.ndarray  # (n,) int64 rows of `World.articles`, oldest first: of the last 48 hours, not clicked yet

    @property
    def now(self) -> datetime:
        """When the session takes place, UTC-aware."""
        return START + timedelta(seconds=self.time_s)


@dataclass(frozen=True, slots=True)
class Feedback:
    """What the reader did with the list; all arrays are (k,), in the order of the list."""

    shown: np.ndarray  # int64 rows of `World.articles`
    clicked: np.ndarray  # bool
    dwell_s: np.ndarray  # float64, 0 where it was not clicked
    liked: np.ndarray  # bool; only what was clicked
    disliked: np.ndarray  # bool; only what was not clicked


@dataclass(frozen=True, slots=True)
class Welcome:
    """What a reader tells any app at the first start."""

    topics: tuple[str, ...]
    sources: tuple[str, ...]


class World:
    """All that does not depend on the policy.

    Attributes:
        articles: Oldest first, copies among them; what a policy may look at.
        published_s: (num_articles,) int64 from START.
        topics, sources: (num_articles,) int64, places in `topic_names` and `SOURCE_NAMES`.
        welcomes: Of each reader.
        readers, times_s: (num_sessions,) who opens the app and when, in seconds from START, in the order of time.
        press, threshold, source_tastes, knows_source, mornings: The truth, not for policies: the press with its
            stories; logits that readers ask of an article; (num_readers, num_sources) logits, and whether the reader
            knew it before; the readers of each day.
    """

    def __init__(self, settings: WorldSettings, articles: Sequence[Article]) -> None:
        """Draw everything; the same settings and articles give the same world.

        Raises:
            ValueError: The articles or settings cannot be used: see `open_newsroom` and `SimulatorSettings`.
        """
        self.settings = settings
        simulator = SimulatorSettings(
            readers=settings.readers,
            days=settings.days,
            impressions_per_reader=settings.sessions_per_day * settings.days,
        )
        news_rng, press_rng, reader_rng, source_rng, schedule_rng, pilot_rng = np.random.default_rng(
            settings.seed
        ).spawn(6)
        self.press = open_press(open_newsroom(articles, settings.days, simulator.shown, news_rng), press_rng)
        newsroom = self.press.newsroom
        self.articles, self.published_s, self.topics = newsroom.articles, newsroom.published_s, newsroom.topics
        self.sources = self.press.sources
        self.topic_names = tuple(sorted({article.category for article in articles}))  # as the newsroom numbers them
        readers = Readers(settings.readers, newsroom, reader_rng)
        self.readers, self.times_s = schedule(simulator, schedule_rng)
        self.threshold = find_threshold(simulator, newsroom, readers, self.readers, self.times_s, pilot_rng)
        self.source_tastes = source_rng.normal(0.0, SOURCE_TASTE, (settings.readers, len(SOURCE_NAMES)))
        size = self.press.source_shares / self.press.source_shares.max()
        knows = source_rng.random(self.source_tastes.shape) < KNOWN_LEAST + (KNOWN_MOST - KNOWN_LEAST) * size
        self.knows_source = knows
        self.welcomes = self._welcomes(readers, source_rng)
        self.mornings: list[Readers] = []
        for _ in range(settings.days):
            self.mornings.append(copy.copy(readers))  # a night gives the readers new tastes, it does not change the old
            readers.drift(simulator.drift, reader_rng)

    def preference_parts(self, reader: int, time_s: int, rows: np.ndarray) -> dict[str, np.ndarray]:
        """What adds up to `preference`: topics, words, sources, quality, age; each (len(rows),) logits."""
        newsroom, today = self.press.newsroom, self.mornings[time_s // DAY_S]
        return {
            "topics": TOPIC_STRENGTH * np.sqrt(today.topic_tastes[reader, self.topics[rows]]),
            "words": WORD_STRENGTH * today.word_tastes[reader, newsroom.title_words[rows]].sum(axis=1),
            "sources": self.source_tastes[reader, self.sources[rows]],
            "quality": newsroom.quality[rows],
            "age": -RECENCY_LOSS * (time_s - self.published_s[rows]) / DAY_S,
        }

    def preference(self, reader: int, time_s: int, rows: np.ndarray) -> np.ndarray:
        """(len(rows),) logits: what the reader thinks of articles of new stories, without position and noise."""
        today = self.mornings[time_s // DAY_S]
        likes = today.preference(np.array([reader]), np.array([time_s]), rows[None])[0]
        found: np.ndarray = likes + self.source_tastes[reader, self.sources[rows]]
        return found

    def window(self, time_s: int) -> tuple[int, int]:
        """First row and end of the articles of the last 48 hours."""
        first, end = np.searchsorted(self.published_s, [time_s - WINDOW_S, time_s])
        return int(first), int(end)

    def _welcomes(self, readers: Readers, rng: np.random.Generator) -> tuple[Welcome, ...]:
        found = []
        for reader, picked in enumerate(pick_topics(readers.topic_tastes, rng)):
            known = np.flatnonzero(self.knows_source[reader])
            followed = known[np.argsort(-self.source_tastes[reader, known], kind="stable")[:FOLLOWED]]
            found.append(
                Welcome(
                    tuple(self.topic_names[topic] for topic in picked),
                    tuple(SOURCE_NAMES[source] for source in followed),
                )
            )
        return tuple(found)


def pick_topics(tastes: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """(num_readers, PICKED) topics that readers name at the first start: drawn from their tastes, none twice.

    Args:
        tastes: (num_readers, num_topics), rows sum to 1.
        rng: Draws.
    """
    keys = np.log(tastes + 1e-9) + rng.gumbel(size=tastes.shape)
    picked: np.ndarray = np.argsort(-keys, axis=1, kind="stable")[:, :PICKED]
    return picked


class Life:
    """What the readers do under one policy, session by session; it remembers what they opened."""

    def __init__(self, world: World) -> None:
        """Begin before the first session."""
        self._world = world
        num_readers, num_articles = world.settings.readers, len(world.articles)
        self._has_opened = np.zeros((num_readers, num_articles), bool)
        self._knows_story = np.zeros((num_readers, num_articles), bool)
        self._knows_source = world.knows_source.copy()

    def session(self, number: int) -> Session:
        """The session with a number: call it after all earlier ones were read."""
        reader, time_s = self._world.readers[number], int(self._world.times_s[number])
        first, end = self._world.window(time_s)
        return Session(number, time_s, first + np.flatnonzero(~self._has_opened[reader, first:end]))

    def new_sources(self, session: Session, shown: np.ndarray) -> np.ndarray:
        """(k,) bool: whether the source is one that the reader did not know before and has not opened since."""
        new: np.ndarray = ~self._knows_source[self._world.readers[session.number], self._world.sources[shown]]
        return new

    def read(self, session: Session, shown: np.ndarray) -> Feedback:
        """Let the reader look at a list from the top, and remember what was opened.

        Args:
            session: From `session`.
            shown: (k,) rows of the world's articles, best first: K different candidates, all if there are fewer.

        Raises:
            ValueError: It is not such a list.
        """
        world, reader = self._world, self._world.readers[session.number]
        if len(shown) != min(K, len(session.candidates)) or len(np.intersect1d(shown, session.candidates)) < len(shown):
            raise ValueError(f"session {session.number}: {shown} is not a list of {K} different candidates")
        first, end = world.window(session.time_s)
        rng = np.random.default_rng([world.settings.seed, session.number])
        noise, mood = rng.normal(size=(2, end - first))[:, shown - first]
        to_click, to_like, to_dislike = rng.random((3, end - first))[:, shown - first]
        # Above the threshold.
        liking = world.preference(int(reader), session.time_s, shown) - world.threshold
        looked_at, stories = examination(len(shown)), world.press.stories[shown]
        clicked = np.zeros(len(shown), bool)
        for place, story in enumerate(stories):
            if self._knows_story[reader, story]:
                liking[place] -= REPEAT_LOSS
            chance = looked_at[place] / (1 + np.exp(-liking[place] - NOISE * noise[place]))
            clicked[place] = to_click[place] < chance
            self._knows_story[reader, story] |= clicked[place]
        self._has_opened[reader, shown[clicked]] = True
        self._knows_source[reader, world.sources[shown[clicked]]] = True
        return Feedback(
            shown=shown,
            clicked=clicked,
            dwell_s=np.where(clicked, DWELL_S * np.exp(DWELL_SLOPE * liking + DWELL_SPREAD * mood), 0.0),
            liked=clicked & (liking > LIKED_FROM) & (to_like < LIKED_SHARE),
            disliked=~clicked & (liking < DISLIKED_BELOW) & (to_dislike < DISLIKED_SHARE),
        )
