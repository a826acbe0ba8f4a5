"""What the device has learned of its reader, kept ready to score candidates. Every score is a sum of named parts.

The bundle's model knows readers in general; here it meets one of them. To it come many interests with half-lives, the
session, sources, rules, and a little curiosity. A linear head learns from what was shown and passed over. This
file keeps nothing on the disk; `storage.profile` does, and the same events give the same model again.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import replace
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from edge_runtime.content.analysis import COARSE
from edge_runtime.content.compare_text import fold
from edge_runtime.content.title_words import Words, slot_of
from edge_runtime.content.topic_names import topics_by_name
from edge_runtime.model.news_model import NewsModel
from edge_runtime.model.parts import PARTS, READ, WEIGHTS, PartWeights, part_weights, score_part
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
from edge_runtime.personal.concentration import shares_of_sources, shares_of_topics
from edge_runtime.personal.evidence import OPEN_OF_TOLD, Evidence
from edge_runtime.personal.examples import Examples
from edge_runtime.personal.interest_sums import InterestSums
from edge_runtime.personal.interests import Opinion, long_weights, searched, session_weights, updated
from edge_runtime.personal.kept_by_article import KeptByArticle
from edge_runtime.personal.kept_heads import kept_heads
from edge_runtime.personal.linear_head import Doubles
from edge_runtime.personal.picked_words import learned_words, picked_words
from edge_runtime.personal.rare_sources import faded, rarity
from edge_runtime.personal.reading_languages import languages_read
from edge_runtime.personal.shown_lists import OPENED, PASSED, WAITING, ShownLists
from edge_runtime.personal.source_rates import log_rates
from edge_runtime.personal.topic_rates import TopicDeeds, TopicRates
from edge_runtime.personal.worth_reading import least_probability
from edge_runtime.storage.cached_rows import CachedRows
from edge_runtime.types import Article, Event, PickedWord, ReadMark, Rule, RuleKind, Search, Shown, Signal

_OF_VECTOR = {part.name for part in PARTS.values() if part.is_of_vector}
CURIOUS_AFTER = 30.0  # articles that were shown, for half of the exploration

LookAt = Callable[[Sequence[Article]], tuple[Sequence[str], Floats]]


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
            look_at: Gives topics and vectors as those of cached articles are made (`Intake.look_at`); if not given, the
                articles' own categories, and vectors of the model.
            kept: From `lists_to_keep`, what lists have taught in an earlier process.
        """
        self._model = model
        self._weights = part_weights(weights)
        self._look_at = look_at or (lambda articles: ([a.category for a in articles], model.encode(articles)))
        self._picks = tuple(picks)
        self._topics_by_name = topics_by_name(model.bundle.manifest.topics[1:])
        self._opinions: dict[str, Opinion] = {}  # latest touched last
        self._marks: dict[str, bool] = {}  # article id -> marked as read or as unread
        self._read: set[str] | None = None  # ids, made when it is asked for
        self._said = 0  # another number after each change of what is read or judged
        self.hidden: set[str] = set()  # ids of the articles that the reader hid
        self._against: dict[str, Opinion] = {}  # those of the opinions that are; latest touched last
        self._places: tuple[CachedRows, Counter[str], NDArray[np.intp]] | None = None  # of what was passed over
        self._queries: list[Opinion] = []
        self._topics: dict[str, int] = {}  # of the opinions' articles, by `_key`
        self._vectors: dict[str, Floats] = {}
        self._illegible: set[str] = set()  # what the bundle cannot read, by `_key`
        self._opened_of_source: Counter[str] = Counter()
        self._opened_of_topic: dict[int, float] = {}  # of the latest opinions
        self._kept_lists = kept
        self._dropped: list[int] = []  # slots of words
        self._picked_words: tuple[object, dict[Article, list[str]]] = None, {}  # as of a state of the lists
        self._lists = self._no_lists()
        self._state: tuple[ReaderState, list[Opinion]] | None = None
        self._kept = KeptByArticle()
        self._topic_rates = TopicRates(model, self._kept)
        self._state_at: tuple[float, ReaderState, list[Opinion]] | None = None  # with the weights of a time
        self._sums = InterestSums()
        self._languages: tuple[int, frozenset[str]] | None = None  # after so many events
        self._rare: tuple[CachedRows, int, Floats] | None = None  # of an hour
        self._rates: tuple[object, dict[str, float]] | None = None
        self.num_events = 0

    @property
    def picks(self) -> tuple[str, ...]:
        """Topics that the reader asked for or follows."""
        return self._picks

    @property
    def opinions(self) -> Mapping[str, Opinion]:
        """What the reader thinks of articles, by article id."""
        return self._opinions

    def is_read(self, rows: CachedRows) -> NDArray[np.bool_]:
        """(num_articles,) whether each was opened or marked as read; a mark "unread" says more than an open."""
        return self._kept.of(READ, rows, self._said, lambda r: r.are_among(self.read))

    def is_known(self, rows: CachedRows) -> NDArray[np.bool_]:
        """(num_articles,) whether the reader has read each article or said something of it."""
        return self._kept.of("known", rows, self._said, lambda r: r.are_among(self.read) | r.are_among(self._opinions))

    @property
    def disliked(self) -> Set[str]:
        """Ids of the articles that the reader disliked."""
        return {name for name, opinion in self._against.items() if opinion.is_disliked}

    @property
    def read(self) -> Set[str]:
        """Ids of what was opened or marked as read, but for what was marked as unread since."""
        if self._read is None:
            opened = {name for name, opinion in self._opinions.items() if opinion.is_opened}
            self._read = {*opened, *self._marks} - {name for name, is_read in self._marks.items() if not is_read}
        return self._read

    def take_marks(self, marks: Iterable[ReadMark]) -> None:
        """Take these marks in the place of all before; nothing is learned from them."""
        self._marks = {mark.article_id: mark.is_read for mark in marks}
        self._read, self._said = None, self._said + 1

    def pick_topics(self, topics: Sequence[str], followed: Sequence[str] = ()) -> None:
        """Take these topics in the place of all before.

        Args:
            topics: The bundle's.
            followed: Names of more, of which those that the bundle knows count too.
        """
        meant = [topic for name in followed if (topic := self._topic_of(name))]
        self._picks, self._state = tuple(dict.fromkeys([*topics, *meant])), None

    def is_pick(self, rule: Rule) -> bool:
        """Whether a rule is about a topic of the bundle, so that following it asks for the topic."""
        return rule.kind is RuleKind.TOPIC and bool(self._topic_of(rule.value))

    def _topic_of(self, name: str) -> str:
        """The bundle's topic that a name means; "" if none."""
        return self._topics_by_name.get(fold(name), "")

    def record(self, event: Event, vector: Floats | None = None) -> None:
        """Learn from an event.

        Args:
            event: Not before those that were recorded.
            vector: (dim,) of its article, if it is at hand; else it is encoded when it is needed.
        """
        name = event.article.article_id
        before = self._opinions.pop(name, None)
        after = self._opinions[name] = updated(before, event)
        self.num_events += 1
        (self.hidden.add if after.is_hidden else self.hidden.discard)(name)
        self._against.pop(name, None)
        if after.is_against:
            self._against[name] = after
        if event.signal in (Signal.OPEN, Signal.DWELL) and self._marks.get(name) is False:
            del self._marks[name]
        is_read = after.is_opened and self._marks.get(name, True)
        if is_read and self._read is not None:
            self._read.add(name)
        keys, self._said = (self._said, self._said + 1), self._said + 1
        self._kept.patch("known", keys, name, number=True)
        self._kept.patch(READ, keys, name, number=bool(is_read or name in self.read))
        if vector is not None:
            self._vectors[name] = vector
            (self._illegible.discard if vector.any() else self._illegible.add)(name)
        if after.is_opened and not (before and before.is_opened):
            self._opened_of_source[event.article.source] += 1
        self._lists.judge(name, _outcome(after))
        self._state = None

    def drop_words(self, words: Iterable[str]) -> None:
        """Lists teach nothing of these words; to be told before any list is."""
        self._dropped = [slot_of(word) for word in words]

    def take_searches(self, searches: Sequence[Search]) -> None:
        """Take these queries as weak interests, in the place of all before; oldest first."""
        self._queries, self._state = list(map(searched, searches)), None

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

    def languages(self) -> frozenset[str]:
        """The languages of what the reader reads; see `reading_languages`."""
        if self._languages is None or self._languages[0] != self.num_events:
            read = (opinion.article for opinion in reversed(self._opinions.values()) if opinion.weight > 0)
            self._languages = self.num_events, languages_read(read)
        return self._languages[1]

    def least_probability(self) -> float:
        """How likely to be opened an article has to be to be named by a digest; see `worth_reading`."""
        num_read = sum(opinion.weight > 0 for opinion in self._opinions.values())
        return least_probability(num_read, self._lists.num_learned, self._lists.num_opened)

    def is_of_disliked_topic(self, rows: CachedRows) -> NDArray[np.bool_]:
        """(num_articles,) whether each is of a topic of which the reader disliked or hid something and read nothing."""
        if not self._against:
            return np.zeros(len(rows), bool)
        topics = self._topic_rates.numbers(rows)
        # To look at all that was ever read would take seconds: what is cached says its topic, the latest are known.
        cached = zip(self._opinions, rows.places_of(self._opinions).tolist(), strict=True)
        numbers = {name: int(topics[place]) for name, place in cached if place >= 0} | self._topics
        liked = {numbers.get(name, 0) for name, opinion in self._opinions.items() if opinion.weight > 0}
        picked = self._model.topic_numbers(self._picks).tolist()
        disliked = {numbers.get(name, 0) for name in self._against} - liked - {*picked, 0}
        return np.isin(topics, [*disliked])

    def shares(self, rows: CachedRows, now_s: float) -> tuple[dict[str, float], dict[str, float]]:
        """How much of what the reader reads is of each topic, and of each source; see `concentration`."""
        names = rows.topics.names
        numbers = self._model.topic_numbers(names).tolist()
        state, _ = self.state(now_s)
        return shares_of_topics(state, dict(zip(names, numbers, strict=True))), shares_of_sources(
            self._opened_of_source
        )

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
        opinions = [self._opinions.get(name) for name in examples.article_ids]
        self._lists.add(examples, [_outcome(opinion) if opinion else WAITING for opinion in opinions])

    def parts(
        self,
        rows: CachedRows,
        now_s: float,
        rng: np.random.Generator | None,
        followed: NDArray[np.bool_] | None = None,
        wished: Floats | None = None,
        offered: Doubles | None = None,
    ) -> dict[str, Floats]:
        """Named parts of every cached article's score.

        Args:
            rows: The cache.
            now_s: Seconds UTC.
            rng: For the exploration part; without it that part is 0.
            followed: (num_articles,) whether a rule of the reader follows each; none if not given.
            wished: (num_articles,) how near each is to an interest in the reader's own words, 0 to 1; 0 if not given.

            offered: `topics_offered` of the whole cache, if the rows are a part of it.

        Returns:
            Each (num_articles,) float32; a score is their sum (`scoring.total`).
        """
        lists, bundle, kept = self._lists, self._model.bundle, self._kept
        lists.settle(now_s)
        state, opinions = self.state(now_s)
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
        parts["topic"] = self._topic(state, rows, offered)
        parts["source"] = self._source(rows)
        parts["followed"] = (np.zeros(len(rows)) if followed is None else followed).astype(np.float32)
        parts["own_words"] = np.zeros(len(rows), np.float32) if wished is None else wished
        by_topic = self._topic_rates.part
        parts["learned"] = near["learned"] + by_topic("learned of topics", rows, head_weights[0, topics_begin:])
        parts["words"] = kept.of("words", rows, (lists, lists.changes), lambda r: lists.word_head.scores(r.words))
        parts["exploration"] = near["exploration"] + by_topic(
            "exploration of topics", rows, head_weights[1, topics_begin:]
        )
        parts["passed"] = kept.of("passed", rows, (lists, lists.changes), self._passed)
        self._leave_unread_languages(parts, rows)
        parts["rare"] = faded(self._rarity(rows, now_s), parts["passed"])
        parts[READ] = np.where(self.is_read(rows), np.float32(-1), np.float32(0))
        return {name: self._weighed(name, part) for name, part in parts.items()}

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

    def evidence(self, now_s: float) -> Evidence:
        """What a reason may name."""
        _, opinions = self.state(now_s)
        return Evidence(
            self._opened_of_topic,
            self._opened_of_source,
            self._lists.num_opened,
            frozenset(self._model.topic_numbers(self._picks).tolist()) - {0},
            sum(opinion.is_opened for opinion in opinions),
            sum(opinion.is_search for opinion in opinions),
        )

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
            known[article] = picked_words(article, slots, most, lists, self._opinions)
        return known[article]

    def words(self, rows: CachedRows, now_s: float) -> list[PickedWord]:
        """See `learned_words`."""
        self._lists.settle(now_s)
        return learned_words(self._lists, rows, self._opinions)

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

    def _passed(self, rows: CachedRows) -> Floats:
        """Loss for each time of being passed over, the less the more often."""
        passed = self._lists.passed
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
        opinions = self._opinions.values()
        wanted = [*islice((o for o in reversed(opinions) if o.weight > 0), length)][::-1]
        against = [*islice(reversed(self._against.values()), length)][::-1]
        # Queries are few beside articles, whatever their number.
        read = sorted([*wanted, *self._queries[-length // 4 :]], key=lambda opinion: opinion.at_s)[-length:]
        self._look_at_new([*read, *against])
        # What the bundle cannot read says something of topics, but nothing of interests.
        legible = [opinion for opinion in read if _key(opinion) not in self._illegible]
        self._opened_of_topic = self._count_topics([o for o in read if o.is_opened and not o.is_search])
        ids = [opinion.article.article_id for opinion in legible]
        state = self._model.read_clicks(
            self._vectors_of(legible),
            np.array([self._topics[_key(opinion)] for opinion in read if not opinion.is_search], np.int64),
            self._vectors_of(against),
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
            topic = self._topics[_key(opinion)]
            counts[topic] += 1.0 if topic == number else OPEN_OF_TOLD
        return counts

    def _look_at_new(self, opinions: Sequence[Opinion]) -> None:
        """Find topics and vectors of those that were not looked at yet."""
        new = {_key(opinion): opinion.article for opinion in opinions if _key(opinion) not in self._topics}
        if new:
            topics, vectors = self._look_at(list(new.values()))
            self._topics |= zip(new, map(int, self._model.topic_numbers(topics)), strict=True)
            for key, vector in zip(new, vectors, strict=True):
                if self._vectors.setdefault(key, vector) is vector and not vector.any():
                    self._illegible.add(key)

    def _vectors_of(self, opinions: Sequence[Opinion]) -> Floats:
        if not opinions:
            return np.zeros((0, self._model.bundle.manifest.dim), np.float32)
        return np.stack([self._vectors[_key(opinion)] for opinion in opinions])

    def _spoken_for(self, rows: CachedRows, opinions: Sequence[Opinion]) -> list[int]:
        """Places of articles that are among the opinions but were not opened."""
        names = {opinion.article.article_id for opinion in opinions if not (opinion.is_opened or opinion.is_search)}
        if rows.versions is None:  # one may come several times
            return [place for place, name in enumerate(rows.article_ids) if name in names]
        return [place for place in rows.places_of(names).tolist() if place >= 0]

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

    def topics_offered(self, rows: CachedRows) -> Doubles:
        """(num_topics,) how much of each topic the cache has; see `topic_sums`."""
        return self._topic_rates.offered(rows)

    def _topic(self, state: ReaderState, rows: CachedRows, offered: Doubles | None) -> Floats:
        """What is known of the reader's opens of each article's topic, as far as the topic is known."""
        head, rates = self._model.bundle.head, self._topic_rates
        deeds = TopicDeeds(self._opinions, self._against, self._picks, self._lists, self._said)
        by_topic = rates.lift(rows, deeds, offered) + head.topic_bias + state.topic_shares @ head.topic_matrix
        return rates.part("topic", rows, by_topic)

    def _source(self, rows: CachedRows) -> Floats:
        """Log of each source's smoothed rate of being opened over the reader's usual one."""
        lists = self._lists
        key = lists, lists.changes, self.num_events
        if self._rates is None or self._rates[0] != key:
            self._rates = key, log_rates(lists.shown_of_source, self._opened_of_source)
        rates = self._rates[1]
        by_source: Floats = np.array([rates.get(name, 0.0) for name in rows.sources.names], np.float32)
        return by_source[rows.sources.codes]


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


def _outcome(opinion: Opinion) -> int:
    """What an opinion says of an example of its article."""
    return OPENED if opinion.weight > 0 else PASSED


def _key(opinion: Opinion) -> str:
    """What an opinion's topic and vector are kept by."""
    return f"?{opinion.article.title}" if opinion.is_search else opinion.article.article_id
