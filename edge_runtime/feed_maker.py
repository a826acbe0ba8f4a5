"""From the cache and what is known of the reader to the articles that are shown, with their reasons."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache, partial
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from edge_runtime.content.rules import Places
from edge_runtime.content.titles import language_of_article
from edge_runtime.content.topic_shares import shares_by_name
from edge_runtime.errors import Notice, Remedy
from edge_runtime.intake.articles import Intake
from edge_runtime.model.news_model import NewsModel
from edge_runtime.model.parts import READ, judged
from edge_runtime.model.probability import Calibration
from edge_runtime.model.scoring import Floats, ReaderState, total
from edge_runtime.notify.types import PushCandidate
from edge_runtime.personal.evidence import nearness_meanings
from edge_runtime.personal.feed_order import FeedOrder, Wishes, order_feed
from edge_runtime.personal.interests import Opinion
from edge_runtime.personal.reader_model import ReaderModel
from edge_runtime.personal.reasons import Claims, in_turn, reasons
from edge_runtime.personal.score_parts import apart_from
from edge_runtime.personal.selection import USUAL_VARIETY, VarietySettings
from edge_runtime.personal.similar_reads import also_opened, nearest_to_each, similar_reads, similar_to_each
from edge_runtime.personal.story_lines import Reads
from edge_runtime.personal.word_effects import word_effects
from edge_runtime.personal.worth_reading import worth_reading
from edge_runtime.sentences import Sentence, msgid
from edge_runtime.storage.articles import ArticleCache
from edge_runtime.storage.cached_rows import CachedRows
from edge_runtime.types import Article, Explanation, Rule, RuleEffect, RuleKind, ScoredArticle, SimilarRead

FOLLOWED_FOR_S = 2 * 86_400.0  # so long something is new of what the reader follows
MOST_WORDS_NAMED = 3  # in a reason
_MUTED = {
    RuleKind.SOURCE: msgid("muted source “{name}”"),
    RuleKind.TOPIC: msgid("muted topic “{name}”"),
    RuleKind.WORD: msgid("muted word “{name}”"),
    RuleKind.TEXT: msgid("muted text “{name}”"),  # an imported profile may hold one
    RuleKind.TEXT: msgid("muted text “{name}”"),
}
EXPLORE_EVERY_S = 3600  # the feed's curiosity changes so often, and with each event


@dataclass(frozen=True, slots=True)
class FeedMaker:
    """Everything that one look at the news is made of; it is made anew for each."""

    model: NewsModel
    cache: ArticleCache
    rows: CachedRows
    learned: ReaderModel
    rules: Mapping[Rule, Places]  # with the places of the articles that each is about
    intake: Intake  # how articles are looked at
    now: datetime  # UTC-aware
    erasures: int = 0  # another number after each erasing of the profile
    variety: float = USUAL_VARIETY  # 0 to 1
    languages: Collection[str] = ()  # that the reader reads, where they said so
    nearness: Mapping[Rule, Floats] = field(default_factory=dict)  # (num_articles,) to each rule that is a text

    def parts(self) -> dict[str, Floats]:
        """Named parts of the cached articles; see `ReaderModel.parts`."""
        return self._parts(self.rows, self._followed(), self._wished())

    def order(self, parts: Mapping[str, Floats], k: int, listed: NDArray[np.bool_] | None = None) -> FeedOrder:
        """The feed's places and what it leaves out; with `listed`, of these places alone."""
        known, read = self.learned.is_known(self.rows), self.learned.is_read(self.rows)
        topics, sources = self.learned.shares(self.rows, self.now.timestamp()) if k and self.variety else ({}, {})
        variety = VarietySettings(self.variety, topic_shares=topics, source_shares=sources)
        follows = self._new_of_follows(parts) if k else ()
        rare = np.flatnonzero((parts["rare"] > 0) & (parts["passed"] >= 0)) if self.variety else None
        wishes = Wishes(self._left_out(), follows, rare, listed, self._reads())
        return order_feed(self.rows, total(parts), known, read, wishes, k, variety)

    def scored(
        self,
        parts: Mapping[str, Floats],
        places: Iterable[int],
        order: FeedOrder | None = None,
    ) -> list[ScoredArticle]:
        """Some places of the cache as articles with parts and reason.

        Args:
            parts: Of the whole cache.
            places: In the order of the list: what it has just told as a reason is not told again and again.
            order: That they are of; then each has the rest of its story, and some stand higher so that it is mixed.
        """
        scored = []
        wanted = [[int(place), *(order.same_story(int(place)) if order else ())] for place in places]
        heads = [place for place, *_ in wanted]
        own_parts = zip(*(part[heads].tolist() for part in parts.values()), strict=True)
        # All in one transaction: a feed of the whole cache would begin thousands.
        found = iter(self.cache.get(self.rows.article_ids[place] for of_story in wanted for place in of_story))
        stories = [(next(found), tuple(islice(found, len(rest)))) for _, *rest in wanted]
        own = [dict(zip(parts, values, strict=True)) for values in own_parts]
        for_variety = {place for place in heads if order and order.is_for_variety(place)}
        told = self._told(parts, heads, [article for article, _ in stories], own, for_variety)
        for place, (article, others), values, reason in zip(heads, stories, own, told, strict=True):
            is_read = values.get(READ, 0.0) < 0
            scored.append(
                ScoredArticle(
                    article,
                    sum(values.values()),
                    values,
                    reason,
                    is_read,
                    others,
                    is_story_read=order is not None and order.is_of_read_story(place),
                    erasures=self.erasures,
                )
            )
        return scored

    def _told(
        self,
        parts: Mapping[str, Floats],
        places: Sequence[int],
        articles: Sequence[Article],
        own: Sequence[Mapping[str, float]],
        for_variety: Collection[int],
    ) -> list[str]:
        """The reason of each article of a list."""
        num, now_s = max(len(self.rows), 1), self.now.timestamp()

        @cache
        def typical(name: str) -> float:
            return float(np.add.reduce(parts[name])) / num if name in parts else 0.0

        of_each = zip(self._claims(places, articles, now_s, for_variety), own, strict=True)
        return in_turn(reasons(values, typical, claims) for claims, values in of_each)

    def _claims(
        self, places: Sequence[int], articles: Sequence[Article], now_s: float, for_variety: Collection[int]
    ) -> Iterator[Claims]:
        """What may be said of some articles."""
        learned, rows, manifest = self.learned, self.rows, self.model.bundle.manifest
        state, opinions = learned.state(now_s)
        evidence, follows = learned.evidence(now_s), self._follows(set(places))
        ids = [article.article_id for article in articles]
        near = nearest_to_each(self.model.bundle.head, state, opinions, ids, rows.vectors[places], now_s)
        topics = self.model.topic_numbers([rows.topics[place] for place in places]).tolist()
        warm, is_legible = self.model.warm_vectors(ids), learned.is_legible(rows)
        disliked = learned.disliked
        for n, (place, article) in enumerate(zip(places, articles, strict=True)):
            language = "" if is_legible[place] else language_of_article(article)
            yield Claims(
                article,
                evidence,
                topics[n],
                manifest.topics[topics[n]],
                near[n],
                follows[place],
                now_s - rows.published_s[place],
                "" if language in manifest.languages else language,
                place in for_variety,
                article.article_id in disliked,
                partial(also_opened, state, opinions, article, warm[n]),
                partial(learned.picked_words, article, rows.words[place], MOST_WORDS_NAMED),
            )

    def explained(self, article: Article) -> Explanation:
        """Why a cached article stands where it stands."""
        place = int(self.rows.places_of([article.article_id])[0])
        parts = self.parts()
        (scored,) = self.scored(parts, [place])
        state, opinions = self.learned.state(self.now.timestamp())
        (made,) = self.cache.analysed([article.article_id])

        def scores_of(variants: Sequence[Article]) -> NDArray[np.float64]:
            _, vectors = self.intake.look_at(variants)
            rows = self.rows.repeated(place, vectors, self.intake.words(variants))
            followed, wished = self._followed()[place], self._wished()[place]
            return total(self._parts(rows, np.repeat(followed, len(variants)), np.repeat(wished, len(variants))))

        hidden = self.order(parts, 0).hidden().get(place)
        is_legible = self.learned.is_legible(self.rows)[place]
        return Explanation(
            scored=scored,
            similar_reads=self._similar_to_each(state, opinions, [place])[0] if is_legible else (),
            words=word_effects(replace(article, category=self.rows.topics[place]), scores_of),
            hidden=hidden.fact if hidden else "",
            hidden_remedy=hidden.remedy if hidden else None,
            topic=made.topic,
            topic_probability=made.topic_probability,
            keywords=made.keywords,
            meanings=self._meanings(place, state),
            other_topics=shares_by_name(self.rows.other_topics[place], self.model.bundle.manifest.topics),
        )

    def _meanings(self, place: int, state: ReaderState) -> dict[str, str]:
        """What parts say of an article where that is not what they usually say."""
        evidence = self.learned.evidence(self.now.timestamp())
        (topic,) = self.model.topic_numbers([self.rows.topics[place]]).tolist()
        found = nearness_meanings(evidence)
        if not topic and not self.rows.other_topics[place].any():
            found["topic"] = Sentence("its topic is not known")
        elif not state.topic_clicks:
            found["topic"] = Sentence("how much readers open its topic")
        elif not topic:
            found["topic"] = Sentence("how much you read what it may be about")
        elif topic in evidence.picks:
            found["topic"] = Sentence("you asked for its topic")
        if not evidence.opened_of_source.get(self.rows.sources[place]):
            found["source"] = Sentence("you have opened nothing of its source")
        return found

    def is_worth_reading(self, parts: Mapping[str, Floats], chances: Calibration) -> NDArray[np.bool_]:
        """(num_articles,) whether a digest may name each; see `worth_reading`."""
        of_disliked = self.learned.is_of_disliked_topic(self.rows)
        likely = chances.probability(total(judged(parts)))
        return worth_reading(likely, parts["disliked"], of_disliked, self.learned.least_probability())

    def push_candidates(
        self, parts: Mapping[str, Floats], max_age_h: float, calibration: Calibration
    ) -> list[PushCandidate]:
        """Every article that came within twice an age, as the feed sees it, with its probability of being opened.

        They have no reason yet: `with_reasons`.
        """
        rows = self.rows
        probabilities = calibration.probability(total(judged(parts)))
        is_worth = self.is_worth_reading(parts, calibration)
        hidden, is_read = self.order(parts, 0).hidden(), self.learned.is_read(rows)
        # Also of those that came too long ago to be candidates themselves.
        read_stories = set(rows.stories.taken(np.flatnonzero(is_read))) - {""}
        since_s = self.now.timestamp() - 2 * max_age_h * 3600
        places = [place for place, at_s in enumerate(rows.added_s) if at_s >= since_s]
        articles = self.cache.get(rows.article_ids[place] for place in places)
        came_with_feeds = self.cache.items.came_with_feeds(article.article_id for article in articles)
        return [
            PushCandidate(
                article=article,
                story=rows.stories[place] or article.article_id,
                probability=float(probabilities[place]),
                arrived=datetime.fromtimestamp(rows.added_s[place], UTC),
                is_read=bool(is_read[place]),
                is_story_read=rows.stories[place] in read_stories,
                hidden=hidden[place].fact if place in hidden else "",
                came_with_feed=article.article_id in came_with_feeds,
                is_worth_reading=bool(is_worth[place]),
            )
            for place, article in zip(places, articles, strict=True)
        ]

    def with_reasons(self, parts: Mapping[str, Floats], chosen: Sequence[PushCandidate]) -> tuple[PushCandidate, ...]:
        """Some candidates with the reasons that the feed gives; of all of them that would take many feeds' time.

        Each notification stands alone, so none keeps silent about what another one told.
        """
        places = self.rows.places_of(one.article.article_id for one in chosen).tolist()
        scored = [self.scored(parts, [place])[0] for place in places]
        return tuple(replace(one, reason=alone.reason) for one, alone in zip(chosen, scored, strict=True))

    def _parts(self, rows: CachedRows, followed: NDArray[np.bool_], wished: Floats) -> dict[str, Floats]:
        hour = int(max(self.now.timestamp(), 0) // EXPLORE_EVERY_S)
        rng = np.random.default_rng([self.learned.num_events, hour])
        return self.learned.parts(rows, self.now.timestamp(), rng, followed, wished)

    def _similar_to_each(
        self, state: ReaderState, opinions: Sequence[Opinion], places: Sequence[int], most: int | None = None
    ) -> list[tuple[SimilarRead, ...]]:
        """Past reads that draw each of some cached articles up, without itself."""
        head, vectors = self.model.bundle.head, self.rows.vectors[places]
        found = similar_to_each(head, state, opinions, vectors, most)
        for n, place in enumerate(places):
            name = self.rows.article_ids[place]
            if name in self.learned.opinions:
                rest = apart_from(name, state, opinions)
                found[n] = tuple(
                    past for past in similar_reads(head, *rest, vectors[n], most) if past.article.article_id != name
                )
        return found

    def _left_out(self) -> dict[int, Notice]:
        """Places of articles that the reader wants left out, with what to undo."""
        found = self.rows.places_of(self.learned.hidden)
        left_out = dict.fromkeys(found[found >= 0].tolist(), Notice(Sentence("you hid it"), Remedy.UNHIDE))
        for rule, places in self.rules.items():
            if rule.effect is RuleEffect.MUTE:
                left_out.update(dict.fromkeys(places, Notice(_muted(rule))))
        return left_out

    def _reads(self) -> Reads | None:
        """Whether the reader reads the articles at some places; None where that cannot matter, or is not known."""
        languages = self.languages or self.learned.languages()
        named = self.rows.languages.different()
        if not languages or (len(named) == 1 and named[0]):
            return None
        return lambda places: self.intake.are_legible(self.rows, places, languages)

    def _followed(self) -> NDArray[np.bool_]:
        """(num_articles,) whether a follow rule is about each; texts are a part of their own."""
        followed = np.zeros(len(self.rows.article_ids), bool)
        for rule, places in self.rules.items():
            if rule.effect is RuleEffect.FOLLOW and rule.kind is not RuleKind.TEXT:
                followed[list(places)] = True
        return followed

    def _wished(self) -> Floats:
        """(num_articles,) how near each is to an interest in the reader's own words, 0 to 1."""
        wished: Floats = np.zeros(len(self.rows), np.float32)
        for near in self.nearness.values():
            np.maximum(wished, near, out=wished)
        return wished

    def _new_of_follows(self, parts: Mapping[str, Floats]) -> list[NDArray[np.intp]]:
        """Of each follow, the places of what is recent and was not passed over; a followed topic counts as picked."""
        is_recent = self.rows.published_s >= self.now.timestamp() - FOLLOWED_FOR_S
        is_new = is_recent & (parts["passed"] >= 0)
        followed = [
            np.array(places, np.intp)
            for rule, places in self.rules.items()
            if rule.effect is RuleEffect.FOLLOW and not self.learned.is_pick(rule)
        ]
        return [places[is_new[places]] for places in followed]

    def _follows(self, places: Collection[int]) -> dict[int, list[Rule]]:
        """The follow rules that are about each of some places, of texts the nearest first."""
        follows: dict[int, list[Rule]] = {place: [] for place in places}
        for rule, of_rule in self.rules.items():
            if rule.effect is RuleEffect.FOLLOW:
                for place in follows.keys() & set(of_rule):
                    follows[place].append(rule)
        for place, about in follows.items():
            about.sort(key=partial(self._farness, place))
        return follows

    def _farness(self, place: int, rule: Rule) -> float:
        near = self.nearness.get(rule)
        return 0.0 if near is None else -float(near[place])


def _muted(rule: Rule) -> Sentence:
    # A topic has a name in every language.
    name = Sentence(rule.value) if rule.kind is RuleKind.TOPIC else rule.value
    return Sentence(_MUTED[rule.kind], name=name)
