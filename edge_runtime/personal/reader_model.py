"""What the device has learned of its reader, kept ready to score candidates; `score_parts` scores them.

The bundle's model knows readers in general; here it meets one of them. First comes what is learned from, then the
reader's state as the bundle's model takes it, then what is asked of all that. This file keeps nothing on the disk;
`storage.profile` does, and the same events give the same model again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import replace
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from edge_runtime.content.analysis import COARSE
from edge_runtime.content.compare_text import fold
from edge_runtime.content.title_words import Words, slot_of
from edge_runtime.content.topic_names import topics_by_name
from edge_runtime.model.news_model import NewsModel
from edge_runtime.model.parts import WEIGHTS, PartWeights, part_weights
from edge_runtime.model.scoring import Floats, ReaderState
from edge_runtime.personal.concentration import shares_of_sources, shares_of_topics
from edge_runtime.personal.evidence import OPEN_OF_TOLD, Evidence
from edge_runtime.personal.examples import Examples
from edge_runtime.personal.interests import Opinion, long_weights, searched
from edge_runtime.personal.kept_by_article import KeptByArticle
from edge_runtime.personal.kept_heads import kept_heads
from edge_runtime.personal.linear_head import Doubles
from edge_runtime.personal.looked_at import LookAt, LookedAt
from edge_runtime.personal.opinions import Opinions
from edge_runtime.personal.picked_words import learned_words, picked_words
from edge_runtime.personal.score_parts import Learned, ScoreParts
from edge_runtime.personal.shown_lists import OPENED, PASSED, WAITING, ShownLists
from edge_runtime.personal.topic_rates import TopicDeeds, TopicRates
from edge_runtime.personal.worth_reading import least_probability
from edge_runtime.storage.cached_rows import CachedRows
from edge_runtime.types import Article, Event, PickedWord, ReadMark, Rule, RuleKind, Search, Shown


class ReaderModel:
    """One reader as the engine sees them."""

    def __init__(
        self,
        model: NewsModel,
        picks: Sequence[str] = (),
        weights: PartWeights = WEIGHTS,
        look_at: LookAt | None = None,
        kept: bytes = b"",
    ) -> None:
        """Know nothing but the topics that were asked for.

        Args:
            model: The bundle's.
            picks: Topics that were asked for.
            weights: What the parts count, where it is not as usual.
            look_at: As of `LookedAt`.
            kept: From `lists_to_keep`, what lists have taught in an earlier process.
        """
        kept_numbers = KeptByArticle()
        self._model = model
        self._opinions = Opinions(kept_numbers)
        self._topic_rates = TopicRates(model, kept_numbers)
        self._parts = ScoreParts(model, part_weights(weights), kept_numbers, self._topic_rates)
        self._looked_at = LookedAt(model, look_at)
        self._picks = tuple(picks)
        self._topics_by_name = topics_by_name(model.bundle.manifest.topics[1:])
        self._queries: list[Opinion] = []
        self._opened_of_topic: dict[int, float] = {}  # of the latest opinions
        self._kept_lists = kept
        self._dropped: list[int] = []  # slots of words
        self._picked_words: tuple[object, dict[Article, list[str]]] = None, {}  # as of a state of the lists
        self._lists = self._no_lists()
        self._state: tuple[ReaderState, list[Opinion]] | None = None
        self._state_at: tuple[float, ReaderState, list[Opinion]] | None = None  # with the weights of a time

    def record(self, event: Event, vector: Floats | None = None) -> None:
        """Learn from an event.

        Args:
            event: Not before those that were recorded.
            vector: (dim,) of its article, if it is at hand; else it is encoded when it is needed.
        """
        name, opinion = event.article.article_id, self._opinions.record(event)
        if vector is not None:
            self._looked_at.put(name, vector)
        self._lists.judge(name, _outcome(opinion))
        self._state = None

    def take_marks(self, marks: Iterable[ReadMark]) -> None:
        """See `Opinions.take_marks`."""
        self._opinions.take_marks(marks)

    def pick_topics(self, topics: Sequence[str], followed: Sequence[str] = ()) -> None:
        """Take these topics in the place of all before.

        Args:
            topics: The bundle's.
            followed: Names of more, of which those that the bundle knows count too.
        """
        meant = [topic for name in followed if (topic := self._topic_of(name))]
        self._picks, self._state = tuple(dict.fromkeys([*topics, *meant])), None

    def take_searches(self, searches: Sequence[Search]) -> None:
        """Take these queries as weak interests, in the place of all before; oldest first."""
        self._queries, self._state = list(map(searched, searches)), None

    def drop_words(self, words: Iterable[str]) -> None:
        """Lists teach nothing of these words; to be told before any list is."""
        self._dropped = [slot_of(word) for word in words]

    def record_shown(self, shown: Iterable[Shown], rows: CachedRows) -> None:
        """Learn from a list that was shown: at once from what was opened, later from what was passed over.

        Args:
            shown: Oldest first; articles that `rows` lacks teach nothing any more.
            rows: The cache.
        """
        self._add_examples(self._examples(shown, rows))

    def take_shown(self, shown: Iterable[Shown], rows: CachedRows) -> None:
        """Learn from everything that was shown, and forget what was shown before and is not among it.

        Args:
            shown: Oldest first. What begins as before is not learned again.
            rows: The cache.
        """
        examples, known = self._examples(shown, rows), self._lists.examples
        if not examples.starts_like(known):
            self._lists = self._no_lists()
        self._add_examples(examples.after(len(self._lists.examples)))

    def lists_to_keep(self) -> bytes:
        """What a later process need not learn again; nothing where that is little, known to be kept, or not settled."""
        kept = self._lists.to_keep()
        return kept.to_bytes() if kept else b""

    def _no_lists(self) -> ShownLists:
        manifest = self._model.bundle.manifest
        return ShownLists(manifest.dim, len(manifest.topics), kept_heads(self._kept_lists))

    def _examples(self, shown: Iterable[Shown], rows: CachedRows) -> Examples:
        given = list(shown)
        places = rows.places_of(item.article_id for item in given)
        kept = [item for item, place in zip(given, places.tolist(), strict=True) if place >= 0]
        at = places[places >= 0]
        words = rows.words[at]
        return Examples(
            [item.article_id for item in kept],
            [rows.sources[place] for place in at],
            self._topic_rates.numbers(rows)[at],
            self._topic_rates.claims(rows)[at],
            rows.other_topics[at],
            rows.vectors[at],
            np.where(np.isin(words, self._dropped), 0, words) if self._dropped else words,
            np.array([item.score - item.learned for item in kept], np.float64),
            np.array([item.at.timestamp() for item in kept], np.float64),
        )

    def _add_examples(self, examples: Examples) -> None:
        opinions = [self.opinions.get(name) for name in examples.article_ids]
        self._lists.add(examples, [_outcome(opinion) if opinion else WAITING for opinion in opinions])

    def state(self, now_s: float) -> tuple[ReaderState, list[Opinion]]:
        """The reader as the bundle's model takes it, and the opinions behind its interests, oldest first."""
        if self._state is None:
            self._state = self._read_state()
        state, opinions = self._state
        if not opinions:
            return state, opinions
        if self._state_at is None or self._state_at[0] != now_s or self._state_at[2] is not opinions:
            log_weights = state.log_weights + np.log(long_weights(opinions, now_s)).astype(np.float32)
            self._state_at = now_s, replace(state, log_weights=log_weights), opinions
        return self._state_at[1], opinions

    def _read_state(self) -> tuple[ReaderState, list[Opinion]]:
        length = self._model.bundle.manifest.history_length
        opinions = self._opinions.by_article.values()
        wanted = [*islice((o for o in reversed(opinions) if o.weight > 0), length)][::-1]
        against = [*islice(reversed(self._opinions.against.values()), length)][::-1]
        # Queries are few beside articles, whatever their number.
        read = sorted([*wanted, *self._queries[-length // 4 :]], key=lambda opinion: opinion.at_s)[-length:]
        self._looked_at.look_at([*read, *against])
        # What the bundle cannot read says something of topics, but nothing of interests.
        legible = [opinion for opinion in read if self._looked_at.is_legible(opinion)]
        self._opened_of_topic = self._count_topics([o for o in read if o.is_opened and not o.is_search])
        ids = [opinion.article.article_id for opinion in legible]
        state = self._model.read_clicks(
            self._looked_at.vectors(legible),
            np.array([self._looked_at.topic(opinion) for opinion in read if not opinion.is_search], np.int64),
            self._looked_at.vectors(against),
            self._picks,
            self._model.warm_vectors(ids),
        )
        return state, legible

    def _count_topics(self, opened: Sequence[Opinion]) -> dict[int, float]:
        """How many articles are of each topic, for `Evidence`."""
        categories = [opinion.article.category for opinion in opened]
        said = self._model.topic_numbers(["" if fold(one) in COARSE else self._topic_of(one) for one in categories])
        counts: defaultdict[int, float] = defaultdict(float)
        for opinion, number in zip(opened, said.tolist(), strict=True):
            topic = self._looked_at.topic(opinion)
            counts[topic] += 1.0 if topic == number else OPEN_OF_TOLD
        return counts

    def parts(
        self,
        rows: CachedRows,
        now_s: float,
        rng: np.random.Generator | None,
        followed: NDArray[np.bool_] | None = None,
        wished: Floats | None = None,
        offered: Doubles | None = None,
    ) -> dict[str, Floats]:
        """Named parts of every cached article's score; see `ScoreParts.of`."""
        (state, opinions), done = self.state(now_s), self._opinions
        deeds = TopicDeeds(done.by_article, done.against, self._picks, self._lists, done.said)
        learned = Learned(state, opinions, deeds, done.opened_of_source, done.num_events, done.is_read)
        return self._parts.of(learned, rows, now_s, rng, followed, wished, offered)

    def topics_offered(self, rows: CachedRows) -> Doubles:
        """(num_topics,) how much of each topic the cache has; see `topic_sums`."""
        return self._topic_rates.offered(rows)

    def is_legible(self, rows: CachedRows) -> NDArray[np.bool_]:
        """(num_articles,) whether the bundle reads the language of each: else it has no vector."""
        return self._parts.is_legible(rows)

    def is_read(self, rows: CachedRows) -> NDArray[np.bool_]:
        """See `Opinions.is_read`."""
        return self._opinions.is_read(rows)

    def is_known(self, rows: CachedRows) -> NDArray[np.bool_]:
        """See `Opinions.is_known`."""
        return self._opinions.is_known(rows)

    def is_of_disliked_topic(self, rows: CachedRows) -> NDArray[np.bool_]:
        """(num_articles,) whether each is of a topic of which the reader disliked or hid something and read nothing."""
        if not self._opinions.against:
            return np.zeros(len(rows), bool)
        topics = self._topic_rates.numbers(rows)
        # To look at all that was ever read would take seconds: what is cached says its topic, the latest are known.
        cached = zip(self.opinions, rows.places_of(self.opinions).tolist(), strict=True)
        numbers = {name: int(topics[place]) for name, place in cached if place >= 0} | self._looked_at.topics
        liked = {numbers.get(name, 0) for name, opinion in self.opinions.items() if opinion.weight > 0}
        picked = self._model.topic_numbers(self._picks).tolist()
        disliked = {numbers.get(name, 0) for name in self._opinions.against} - liked - {*picked, 0}
        return np.isin(topics, [*disliked])

    @property
    def opinions(self) -> Mapping[str, Opinion]:
        """What the reader thinks of articles, by article id."""
        return self._opinions.by_article

    @property
    def num_events(self) -> int:
        """How many events were learned from."""
        return self._opinions.num_events

    @property
    def hidden(self) -> Set[str]:
        """Ids of the articles that the reader hid."""
        return self._opinions.hidden

    @property
    def disliked(self) -> Set[str]:
        """Ids of the articles that the reader disliked."""
        return self._opinions.disliked

    @property
    def picks(self) -> tuple[str, ...]:
        """Topics that the reader asked for or follows."""
        return self._picks

    def is_pick(self, rule: Rule) -> bool:
        """Whether a rule is about a topic of the bundle, so that following it asks for the topic."""
        return rule.kind is RuleKind.TOPIC and bool(self._topic_of(rule.value))

    def _topic_of(self, name: str) -> str:
        """The bundle's topic that a name means; "" if none."""
        return self._topics_by_name.get(fold(name), "")

    def languages(self) -> frozenset[str]:
        """See `Opinions.languages`."""
        return self._opinions.languages()

    def shares(self, rows: CachedRows, now_s: float) -> tuple[dict[str, float], dict[str, float]]:
        """How much of what the reader reads is of each topic, and of each source; see `concentration`."""
        names = rows.topics.names
        numbers = self._model.topic_numbers(names).tolist()
        state, _ = self.state(now_s)
        return shares_of_topics(state, dict(zip(names, numbers, strict=True))), shares_of_sources(
            self._opinions.opened_of_source
        )

    def evidence(self, now_s: float) -> Evidence:
        """What a reason may name."""
        _, opinions = self.state(now_s)
        return Evidence(
            self._opened_of_topic,
            self._opinions.opened_of_source,
            self._lists.num_opened,
            frozenset(self._model.topic_numbers(self._picks).tolist()) - {0},
            sum(opinion.is_opened for opinion in opinions),
            sum(opinion.is_search for opinion in opinions),
        )

    def least_probability(self) -> float:
        """How likely to be opened an article has to be to be named by a digest; see `worth_reading`."""
        num_read = sum(opinion.weight > 0 for opinion in self.opinions.values())
        return least_probability(num_read, self._lists.num_learned, self._lists.num_opened)

    def picked_words(self, article: Article, slots: Words, most: int) -> list[str]:
        """Words of a title that the reader picks: each has a weight above 0, and was opened with `OFTEN_WITH` articles.

        Args:
            article: Its title is looked at.
            slots: (WORDS_KEPT,) of its words, as the cache keeps them.
            most: How many to return, those of the largest weights.
        """
        lists = self._lists
        key = lists, lists.changes, self.num_events, most
        if self._picked_words[0] != key:
            self._picked_words = key, {}
        known = self._picked_words[1]
        if article not in known:
            known[article] = picked_words(article, slots, most, lists, self.opinions)
        return known[article]

    def words(self, rows: CachedRows, now_s: float) -> list[PickedWord]:
        """See `learned_words`."""
        self._lists.settle(now_s)
        return learned_words(self._lists, rows, self.opinions)


def _outcome(opinion: Opinion) -> int:
    """What an opinion says of an example of its article."""
    return OPENED if opinion.weight > 0 else PASSED
