"""Every score is a sum of named parts, computed here from the bundle's model and what was learned of a reader.

To relevance by many interests with half-lives come the session, sources, rules, and a little curiosity. A linear head
knows what was shown and passed over. What does not change between looks is kept, each by what it depends on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from edge_runtime.model.news_model import NewsModel
from edge_runtime.model.parts import PARTS, READ, PartWeights, score_part
from edge_runtime.model.scoring import (
    HALF_LIFE_FACTORS,
    Floats,
    Nearness,
    ReaderState,
    co_clicks,
    dislike_penalty,
    freshness,
    popularity,
    relevance_of,
    relevance_parts,
)
from edge_runtime.personal.interest_sums import InterestSums
from edge_runtime.personal.interests import Opinion, session_weights
from edge_runtime.personal.kept_by_article import KeptByArticle
from edge_runtime.personal.linear_head import Doubles
from edge_runtime.personal.rare_sources import faded, rarity
from edge_runtime.personal.shown_lists import ShownLists
from edge_runtime.personal.source_rates import log_rates
from edge_runtime.personal.topic_rates import TopicDeeds, TopicRates
from edge_runtime.storage.cached_rows import CachedRows

_OF_VECTOR = {part.name for part in PARTS.values() if part.is_of_vector}
CURIOUS_AFTER = 30.0  # articles that were shown, for half of the exploration


@dataclass(frozen=True, slots=True)
class Learned:
    """What was learned of a reader, as of a moment."""

    state: ReaderState
    opinions: Sequence[Opinion]  # those behind the state's interests, row by row
    deeds: TopicDeeds
    opened_of_source: Counter[str]
    num_events: int  # another number after each change of what was opened of a source
    is_read: Callable[[CachedRows], NDArray[np.bool_]]  # (num_articles,) of the cache

    @property
    def lists(self) -> ShownLists:
        """What lists have taught."""
        return self.deeds.lists


class ScoreParts:
    """What computes the parts of the scores of a reader's cached articles."""

    def __init__(self, model: NewsModel, weights: PartWeights, kept: KeptByArticle, topic_rates: TopicRates) -> None:
        """Know nothing yet.

        Args:
            model: The bundle's.
            weights: What the parts count.
            kept: What is kept of each article.
            topic_rates: Numbers the articles' topics, and rates them.
        """
        self._model = model
        self._weights = weights
        self._kept = kept
        self._topic_rates = topic_rates
        self._sums = InterestSums()
        self._places: tuple[CachedRows, Counter[str], NDArray[np.intp]] | None = None  # of what was passed over
        self._rare: tuple[CachedRows, int, Floats] | None = None  # of an hour
        self._rates: tuple[object, dict[str, float]] | None = None

    def of(
        self,
        learned: Learned,
        rows: CachedRows,
        now_s: float,
        rng: np.random.Generator | None,
        followed: NDArray[np.bool_] | None = None,
        wished: Floats | None = None,
        offered: Doubles | None = None,
    ) -> dict[str, Floats]:
        """Named parts of every cached article's score.

        Args:
            learned: As of `now_s`.
            rows: The cache.
            now_s: Seconds UTC.
            rng: For the exploration part; without it that part is 0.
            followed: (num_articles,) whether a rule of the reader follows each; none if not given.
            wished: (num_articles,) how near each is to an interest in the reader's own words, 0 to 1; 0 if not given.
            offered: `TopicRates.offered` of the whole cache, if the rows are a part of it.

        Returns:
            Each (num_articles,) float32; a score is their sum (`scoring.total`).
        """
        lists, bundle, kept = learned.lists, self._model.bundle, self._kept
        lists.settle(now_s)
        state, opinions = learned.state, learned.opinions
        topics = self._topic_rates.numbers(rows)
        # Who is new gets the best guess; there is something to find out beside once there is something to go by.
        curiosity = lists.num_learned / (lists.num_learned + CURIOUS_AFTER)
        none = np.zeros(2 + bundle.manifest.dim + len(bundle.manifest.topics))
        drawn = none if rng is None else lists.linear_head.draw(rng)
        head_weights = np.stack([lists.linear_head.mean(), curiosity * drawn]).astype(np.float32)
        topics_begin = 2 + bundle.manifest.dim
        near = kept.products(
            rows,
            {
                "prior": bundle.head.prior,
                "average": state.clicks.mean(axis=0) if len(state.clicks) else bundle.head.prior,
                "learned": head_weights[0, 2:topics_begin],
                "exploration": head_weights[1, 2:topics_begin],
            },
        )
        nearest, session = self._nearest(state, opinions, rows, now_s)
        parts: dict[str, Floats | Doubles] = {
            **relevance_of(bundle.head, state, Nearness(nearest, near["average"], near["prior"]), topics)
        }
        half_lives = np.array([HALF_LIFE_FACTORS.get(topic, 1.0) for topic in rows.topics.names], np.float32)
        ages_s = (now_s - rows.published_s).astype(np.float32)
        parts["freshness"] = freshness(bundle.head, ages_s, half_lives[rows.topics.codes])
        parts["popularity"] = kept.of("popularity", rows, 0, lambda r: popularity(bundle.head, r.shown, r.clicked))
        parts["co_clicks"] = self._co_clicks(state, rows)
        parts["disliked"] = kept.of(
            "disliked",
            rows,
            state.disliked.tobytes(),
            lambda r: r.vectors.by_block(lambda block: dislike_penalty(state, block)),
        )
        parts["session"] = session
        self._speak_apart(parts, state, opinions, rows, topics)
        parts["topic"] = self._topic(learned, rows, offered)
        parts["source"] = self._source(learned, rows)
        parts["followed"] = (np.zeros(len(rows)) if followed is None else followed).astype(np.float32)
        parts["own_words"] = np.zeros(len(rows), np.float32) if wished is None else wished
        by_topic = self._topic_rates.part
        parts["learned"] = near["learned"] + by_topic("learned of topics", rows, head_weights[0, topics_begin:])
        parts["words"] = kept.of("words", rows, (lists, lists.changes), lambda r: lists.word_head.scores(r.words))
        parts["exploration"] = near["exploration"] + by_topic(
            "exploration of topics", rows, head_weights[1, topics_begin:]
        )
        parts["passed"] = kept.of("passed", rows, (lists, lists.changes), lambda r: self._passed(lists, r))
        self._leave_unread_languages(parts, rows)
        parts["rare"] = faded(self._rarity(rows, now_s), parts["passed"])
        parts[READ] = np.where(learned.is_read(rows), np.float32(-1), np.float32(0))
        return {name: self._weighed(name, part) for name, part in parts.items()}

    def _nearest(
        self, state: ReaderState, opinions: Sequence[Opinion], rows: CachedRows, now_s: float
    ) -> tuple[Floats, Floats]:
        """Log-mean-exp of the similarities to what was read, and the same of what was read just now.

        The second fades with the session, and is measured from its mean.
        """
        none = np.zeros(len(rows), np.float32)
        if not opinions or not len(rows):
            return none, none
        weights, by_name = session_weights(opinions, now_s), {"long": state.log_weights}
        if has_session := bool((weights > 1e-3).any()):
            by_name["session"] = np.log(np.maximum(weights, 1e-30)).astype(np.float32)
        means = self._sums.log_means(rows, state.interests, by_name, self._model.bundle.head.sharpness)
        if not has_session:
            return means["long"], none
        session = means["session"]
        return means["long"], np.float32(min(1.0, weights.sum())) * (session - session.mean())

    def _speak_apart(
        self,
        parts: dict[str, Floats | Doubles],
        state: ReaderState,
        opinions: Sequence[Opinion],
        rows: CachedRows,
        topics: NDArray[np.int64],
    ) -> None:
        """What was liked, saved or shared unopened has no say in its own parts."""
        spoken_for = self._spoken_for(rows, opinions)
        if not spoken_for:
            return
        for name in ("interest", "average", "co_clicks", "session"):  # what is kept is not to be written to
            parts[name] = parts[name].copy()
        for place in spoken_for:
            rest, _ = apart_from(rows.article_ids[place], state, opinions)
            own = relevance_parts(self._model.bundle.head, rest, rows.vectors[[place]], topics[[place]])
            own["co_clicks"] = self._co_clicks(rest, rows.taken(np.array([place])))
            for name in ("interest", "average", "co_clicks"):
                parts[name][place] = own[name][0]
            parts["session"][place] = 0.0

    def _spoken_for(self, rows: CachedRows, opinions: Sequence[Opinion]) -> list[int]:
        """Places of articles that are among the opinions but were not opened."""
        names = {opinion.article.article_id for opinion in opinions if not (opinion.is_opened or opinion.is_search)}
        if rows.versions is None:  # one may come several times
            return [place for place, name in enumerate(rows.article_ids) if name in names]
        return [place for place in rows.places_of(names).tolist() if place >= 0]

    def _leave_unread_languages(self, parts: dict[str, Floats | Doubles], rows: CachedRows) -> None:
        """What an article's vector says is 0 where the bundle does not read the language."""
        places = np.flatnonzero(~self.is_legible(rows))
        if len(places):
            for name in parts.keys() & _OF_VECTOR:
                parts[name] = parts[name].copy()  # what is kept is not to be written to
                parts[name][places] = 0

    def is_legible(self, rows: CachedRows) -> NDArray[np.bool_]:
        """(num_articles,) whether the bundle reads the language of each: else it has no vector."""
        return self._kept.of("legible", rows, 0, lambda r: r.vectors.by_block(_are_any, bool))

    def _topic(self, learned: Learned, rows: CachedRows, offered: Doubles | None) -> Floats:
        """What is known of the reader's opens of each article's topic, as far as the topic is known."""
        head, rates = self._model.bundle.head, self._topic_rates
        shares = learned.state.topic_shares
        by_topic = rates.lift(rows, learned.deeds, offered) + head.topic_bias + shares @ head.topic_matrix
        return rates.part("topic", rows, by_topic)

    def _source(self, learned: Learned, rows: CachedRows) -> Floats:
        """Log of each source's smoothed rate of being opened over the reader's usual one."""
        lists = learned.lists
        key = lists, lists.changes, learned.num_events
        if self._rates is None or self._rates[0] != key:
            self._rates = key, log_rates(lists.shown_of_source, learned.opened_of_source)
        rates = self._rates[1]
        by_source: Floats = np.array([rates.get(name, 0.0) for name in rows.sources.names], np.float32)
        return by_source[rows.sources.codes]

    def _co_clicks(self, state: ReaderState, rows: CachedRows) -> Floats:
        table = self._model.bundle.warm_articles
        key = state.warm.tobytes()
        return self._kept.of(
            "co_clicks", rows, key, lambda r: co_clicks(table, state, self._model.warm_vectors(r.article_ids))
        )

    def _rarity(self, rows: CachedRows, now_s: float) -> Floats:
        """See `rare_sources`; each article's depends on the others of its source."""
        hour = int(now_s // 3600)
        if self._rare is None or self._rare[0] is not rows or self._rare[1] != hour:
            self._rare = rows, hour, rarity(rows.published_s, rows.sources.named_codes(), now_s)
        return self._rare[2]

    def _passed(self, lists: ShownLists, rows: CachedRows) -> Floats:
        """Loss for each time of being passed over, the less the more often."""
        passed = lists.passed
        times = np.zeros(len(rows), np.float32)
        if rows.versions is None or len(rows) < len(passed):
            times[:] = [passed[name] for name in rows.article_ids]
        else:
            if self._places is None or self._places[0] is not rows or self._places[1] is not passed:
                self._places = rows, passed, rows.places_of(passed)
            elif len(self._places[2]) < len(passed):
                more = rows.places_of(islice(passed, len(self._places[2]), None))
                self._places = rows, passed, np.concatenate([self._places[2], more])
            places = self._places[2]
            times[places[places >= 0]] = np.fromiter(passed.values(), np.float32, len(passed))[places >= 0]
        return -np.log2(1 + times)

    def _weighed(self, name: str, part: Floats | Doubles) -> Floats:
        weight = self._weights.get(score_part(name).weighed_with or name, 1.0)
        weighed: Floats = (part if weight == 1 else weight * part).astype(np.float32, copy=False)
        return weighed


def apart_from(
    article_id: str, state: ReaderState, opinions: Sequence[Opinion]
) -> tuple[ReaderState, Sequence[Opinion]]:
    """A reader without an article that was liked, saved or shared unopened: to be like itself recommends nothing.

    Args:
        article_id: Of any article; without such an opinion nothing changes.
        state: The reader; its topics stay.
        opinions: Those behind the interests, row by row.
    """
    rows = [n for n, o in enumerate(opinions) if o.is_opened or o.is_search or o.article.article_id != article_id]
    if len(rows) == len(opinions):
        return state, opinions
    kept = replace(
        state,
        interests=state.interests[rows],
        log_weights=state.log_weights[rows],
        clicks=state.clicks[rows],
        warm=state.warm[rows],
    )
    return kept, [opinions[row] for row in rows]


def _are_any(vectors: Floats) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = np.asarray(vectors.any(axis=1))
    return found
