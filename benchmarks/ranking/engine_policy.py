"""Our engine as a feed policy, whole and with single parts switched off."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache, partial

import numpy as np

from benchmarks.ranking.policies import Factory
from benchmarks.ranking.press import SOURCE_NAMES
from benchmarks.ranking.world import Feedback, K, Session, World
from edge_runtime import Event, NewsModel, Shown, Signal, read_bundle
from edge_runtime.content.analysis import Analyst
from edge_runtime.content.stories import StoryIndex
from edge_runtime.content.title_words import word_slots
from edge_runtime.content.titles import language_of_article, title_words
from edge_runtime.content.topic_shares import no_others
from edge_runtime.installation import DEFAULT_BUNDLE
from edge_runtime.model.parts import PARTS, WEIGHTS, PartWeights, judged, learned
from edge_runtime.model.scoring import total
from edge_runtime.personal.feed_order import Wishes, order_feed
from edge_runtime.personal.reader_model import ReaderModel
from edge_runtime.personal.selection import VarietySettings
from edge_runtime.storage.cached_rows import CachedRows
from edge_runtime.storage.names import Names
from edge_runtime.storage.vectors import Vectors
from trainer.data.newsroom import DAY_S, START

AUDIENCE = 2000.0  # others whom an article is shown to in the end
AUDIENCE_HALF_S = 12 * 3600  # half of them by then
AUDIENCE_RATE = 0.07  # of what they are shown is opened, on average; as in the log that the default bundle learned from


def audience_rates(world: World, seed: int) -> np.ndarray:
    """(num_articles,) share of an audience like the world's readers that opens each article, counted in AUDIENCE."""
    rates = np.zeros(len(world.articles))
    readers = np.arange(world.settings.readers)
    for row, at_s in enumerate(world.published_s):
        today = world.mornings[min(max(int(at_s), 0) // DAY_S, len(world.mornings) - 1)]
        likes = today.preference(readers, np.full(len(readers), at_s), np.full((len(readers), 1), row))
        rates[row] = (1 / (1 + np.exp(world.threshold - likes))).mean()
    rates *= AUDIENCE_RATE / rates.mean()
    counted: np.ndarray = np.random.default_rng([seed, 1]).binomial(int(AUDIENCE), np.minimum(rates, 1.0)) / AUDIENCE
    return counted


@dataclass(frozen=True, slots=True)
class _Desk:
    """What every engine makes of a world's articles, whoever reads them."""

    model: NewsModel
    vectors: np.ndarray  # (num_articles, dim) float32
    words: np.ndarray  # (num_articles, WORDS_KEPT) int16
    stories: list[dict[str, str]]  # article id -> story: what is new or has changed, session by session


@lru_cache(maxsize=1)
def _desk(world: World) -> _Desk:
    bundle = read_bundle(DEFAULT_BUNDLE)
    model, analyst = NewsModel(bundle), Analyst(bundle, map(title_words, world.articles))
    index, stories, done = StoryIndex(analyst.title_weights), [], 0
    for time_s in world.times_s:  # as they come in: no story knows the future
        _, end = world.window(int(time_s))
        arrived = world.articles[done:end]
        stories.append(index.assign(arrived, [item.published or START for item in arrived]))
        done = max(done, end)
    words = np.stack(
        [word_slots(analyst.title_weights(article), language_of_article(article)) for article in world.articles]
    )
    return _Desk(model, model.encode(world.articles), words, stories)


class Engine:
    """Ranks as `Reader.feed` does, on the world's articles instead of a cache on the disk."""

    def __init__(
        self,
        world: World,
        seed: int,
        weights: PartWeights = WEIGHTS,
        variety: VarietySettings | None = None,
        *,
        welcome: bool = True,
        counted: bool = False,
    ) -> None:
        """Encode all articles and meet the readers.

        Args:
            world: Whose articles are ranked.
            seed: Of the exploration.
            weights: What the parts count, where it is not as usual.
            variety: The losses for what repeats; the engine's own if not given.
            welcome: Whether topics are asked for and sources followed at the first start.
            counted: Whether publishers send how often others were shown and opened each article.
        """
        self._world, self._seed, self._desk = world, seed, _desk(world)
        self._stories: dict[str, str] = {}
        self._session = -1  # the last one whose articles have stories
        self._rates = audience_rates(world, seed) if counted else np.zeros(len(world.articles))
        self._variety = variety or VarietySettings()
        self._readers = [ReaderModel(self._desk.model, w.topics if welcome else (), weights) for w in world.welcomes]
        self._follows = [w.sources if welcome else () for w in world.welcomes]

    def rank(self, reader: int, session: Session) -> np.ndarray:
        """The articles that head the feed, first one first."""
        model = self._readers[reader]
        # As in a cache, what was read is there too: the feed leaves out copies of it.
        self._first, rows = self._window(session)
        rng = np.random.default_rng([self._seed, session.number])
        parts = model.parts(rows, session.now.timestamp(), rng, self._followed(reader, rows))
        self._judged = total(judged(parts)), total(learned(parts))
        is_read, k = model.is_read(rows), min(K, len(session.candidates))
        # What was read sinks below everything else, so it comes among the first only if there is nothing else.
        topics, sources = model.shares(rows, session.now.timestamp())
        variety = replace(self._variety, topic_shares=topics, source_shares=sources)
        follows = [rows.sources.where(lambda name, one=source: name == one) for source in self._follows[reader]]
        passed = parts["passed"] < 0
        wishes = Wishes(follows=[np.flatnonzero(about & ~passed) for about in follows])
        order = order_feed(rows, total(parts), model.is_known(rows), is_read, wishes, k + int(is_read.sum()), variety)
        unread = [int(place) for place in order.places if not is_read[place]]
        places = [place for place in unread if not order.is_of_read_story(place)][:k]
        # If nothing else is left.
        copies = [
            *np.flatnonzero(order.lines.of_read_story),
            *(place for place in order.hidden() if not is_read[place]),
        ]
        return self._first + np.array([*places, *copies][:k], np.int64)

    def _followed(self, reader: int, rows: CachedRows) -> np.ndarray:
        """(num_articles,) whether the reader follows the source of each."""
        return rows.sources.where(self._follows[reader].__contains__)

    def observe(self, reader: int, session: Session, feedback: Feedback) -> None:
        """Record what a phone would: the list that was shown, and what was opened."""
        model, at = self._readers[reader], session.now
        scores, learned = self._judged
        places = feedback.shown - self._first
        names = [self._world.articles[row].article_id for row in feedback.shown]
        shown = [
            Shown(name, float(scores[place]), at, float(learned[place]))
            for name, place in zip(names, places, strict=True)
        ]
        for place, row in enumerate(feedback.shown):
            article, vector = self._world.articles[row], self._desk.vectors[row]
            signals = [
                (feedback.clicked, Signal.OPEN),
                (feedback.clicked, Signal.DWELL),
                (feedback.liked, Signal.LIKE),
                (feedback.disliked, Signal.DISLIKE),
            ]
            for happened, signal in signals:
                if happened[place]:
                    dwell_s = float(feedback.dwell_s[place]) if signal is Signal.DWELL else 0.0
                    model.record(Event(article, signal, at, dwell_s), vector)
        model.record_shown(shown, self._window(session)[1])

    def _window(self, session: Session) -> tuple[int, CachedRows]:
        """The first row of the last 48 hours' articles, and these."""
        first, end = self._world.window(session.time_s)
        for number in range(self._session + 1, session.number + 1):
            self._stories |= self._desk.stories[number]
        self._session = max(self._session, session.number)
        articles = self._world.articles[first:end]
        ages_s = session.time_s - self._world.published_s[first:end]
        shown = AUDIENCE * (1 - np.exp2(-ages_s / AUDIENCE_HALF_S)) * bool(self._rates.any())
        published_s = START.timestamp() + self._world.published_s[first:end]
        return first, CachedRows(
            article_ids=[article.article_id for article in articles],
            titles=[article.title for article in articles],
            categories=Names.of(article.category for article in articles),
            topics=Names.of(article.category for article in articles),
            sources=Names.of(SOURCE_NAMES[source] for source in self._world.sources[first:end]),
            stories=Names.of(self._stories[article.article_id] for article in articles),
            vectors=Vectors.of(self._desk.vectors[first:end]),
            words=self._desk.words[first:end],
            published_s=published_s,
            added_s=published_s,
            shown=shown,
            clicked=shown * self._rates[first:end],
            topic_probabilities=np.ones(len(articles), np.float32),
            other_topics=no_others(len(articles)),
            languages=Names.of(["en"] * len(articles)),
        )


def _without(name: str) -> Factory:
    return partial(Engine, weights={name: 0.0})


ENGINES: Mapping[str, Factory] = {
    "engine": Engine,
    **{f"engine without {name}": _without(name) for name in WEIGHTS if not PARTS[name].overrules},
    "engine without variety": partial(Engine, variety=VarietySettings(amount=0.0)),
    "engine without welcome": partial(Engine, welcome=False),
    "engine with publishers' counts": partial(Engine, counted=True),
}
