"""From the cache and what is known of the reader to the articles that are shown, with their reasons."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from edge_runtime.content.rules import Places
from edge_runtime.errors import Notice, Remedy
from edge_runtime.intake.articles import Intake
from edge_runtime.model.news_model import NewsModel
from edge_runtime.model.parts import READ, judged
from edge_runtime.model.probability import Calibration
from edge_runtime.model.scoring import Floats, ReaderState, total
from edge_runtime.notify.types import PushCandidate
from edge_runtime.personal.feed_order import FeedOrder, order_feed
from edge_runtime.personal.interests import Opinion
from edge_runtime.personal.reader_model import ReaderModel, apart_from
from edge_runtime.personal.reasons import also_opened, reason_line, similar_reads, similar_to_each, word_effects
from edge_runtime.personal.selection import USUAL_VARIETY, VarietySettings
from edge_runtime.storage.articles import ArticleCache
from edge_runtime.storage.cached_rows import CachedRows
from edge_runtime.types import Article, Explanation, Rule, RuleEffect, ScoredArticle, SimilarRead

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

    def parts(self) -> dict[str, Floats]:
        """Named parts of the cached articles; see `ReaderModel.parts`."""
        return self._parts(self.rows, self._followed())

    def order(self, parts: Mapping[str, Floats], k: int, listed: NDArray[np.bool_] | None = None) -> FeedOrder:
        """The feed's places and what it leaves out; with `listed`, of these places alone."""
        known, read = self.learned.is_known(self.rows), self.learned.is_read(self.rows)
        topics, sources = self.learned.shares(self.rows, self.now.timestamp()) if k and self.variety else ({}, {})
        variety = VarietySettings(self.variety, topic_shares=topics, source_shares=sources)
        return order_feed(self.rows, total(parts), known, read, self._left_out(), k, variety, listed)

    def scored(
        self,
        parts: Mapping[str, Floats],
        places: Iterable[int],
        order: FeedOrder | None = None,
    ) -> list[ScoredArticle]:
        """Some places of the cache as articles with parts and reason; of an order, with the rest of their stories."""
        state, opinions = self.learned.state(self.now.timestamp())
        num = max(len(self.rows), 1)
        typical = {name: float(np.add.reduce(part)) / num for name, part in parts.items()}
        scored = []
        wanted = [[int(place), *(order.same_story(int(place)) if order else ())] for place in places]
        heads = [place for place, *_ in wanted]
        follows = self._follows(set(heads))
        own_parts = zip(*(part[heads].tolist() for part in parts.values()), strict=True)
        warm = self.model.warm_vectors([self.rows.article_ids[place] for place in heads])
        # All in one transaction: a feed of the whole cache would begin thousands.
        found = iter(self.cache.get(self.rows.article_ids[place] for of_story in wanted for place in of_story))
        of_each = zip(wanted, own_parts, self._similar_to_each(state, opinions, heads, 2), warm, strict=True)
        for (place, *rest), values, similar, own_warm in of_each:
            article, others = next(found), tuple(islice(found, len(rest)))
            own = dict(zip(parts, values, strict=True))
            reason = reason_line(
                article,
                own,
                typical,
                similar[:1],
                self.learned.picks,
                also_opened(state, opinions, article, own_warm),
                follows[place],
                self.rows.topics[place],
            )
            is_read = own.get(READ, 0.0) < 0
            scored.append(
                ScoredArticle(
                    article,
                    sum(own.values()),
                    own,
                    reason,
                    is_read,
                    others,
                    is_story_read=order is not None and order.is_of_read_story(place),
                    erasures=self.erasures,
                )
            )
        return scored

    def explained(self, article: Article) -> Explanation:
        """Why a cached article stands where it stands."""
        place = int(self.rows.places_of([article.article_id])[0])
        parts = self.parts()
        (scored,) = self.scored(parts, [place])
        state, opinions = self.learned.state(self.now.timestamp())
        (made,) = self.cache.analysed([article.article_id])

        def scores_of(variants: Sequence[Article]) -> NDArray[np.float64]:
            _, vectors, _ = self.intake.look_at(variants)
            rows = self.rows.repeated(place, vectors, self.intake.words(variants))
            return total(self._parts(rows, np.repeat(self._followed()[place], len(variants))))

        hidden = self.order(parts, 0).hidden().get(place)
        return Explanation(
            scored=scored,
            similar_reads=self._similar_to_each(state, opinions, [place])[0],
            words=word_effects(replace(article, category=self.rows.topics[place]), scores_of),
            hidden=hidden.fact if hidden else "",
            hidden_remedy=hidden.remedy if hidden else None,
            topic=made.topic,
            topic_probability=made.topic_probability,
            keywords=made.keywords,
        )

    def push_candidates(
        self, parts: Mapping[str, Floats], max_age_h: float, calibration: Calibration
    ) -> list[PushCandidate]:
        """Every article that came within twice an age, as the feed sees it, with its probability of being opened.

        They have no reason yet: `with_reasons`.
        """
        rows = self.rows
        probabilities = calibration.probability(total(judged(parts)))
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
            )
            for place, article in zip(places, articles, strict=True)
        ]

    def with_reasons(self, parts: Mapping[str, Floats], chosen: Sequence[PushCandidate]) -> tuple[PushCandidate, ...]:
        """Some candidates with the reasons that the feed gives; of all of them that would take many feeds' time."""
        places = self.rows.places_of(one.article.article_id for one in chosen).tolist()
        scored = self.scored(parts, places)
        return tuple(replace(one, reason=of_feed.reason) for one, of_feed in zip(chosen, scored, strict=True))

    def _parts(self, rows: CachedRows, followed: NDArray[np.bool_]) -> dict[str, Floats]:
        hour = int(max(self.now.timestamp(), 0) // EXPLORE_EVERY_S)
        rng = np.random.default_rng([self.learned.num_events, hour])
        return self.learned.parts(rows, self.now.timestamp(), rng, followed)

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
        left_out = dict.fromkeys(found[found >= 0].tolist(), Notice("you hid it", Remedy.UNHIDE))
        for rule, places in self.rules.items():
            if rule.effect is RuleEffect.MUTE:
                left_out.update(dict.fromkeys(places, Notice(f"muted {rule.kind.value} “{rule.value}”")))
        return left_out

    def _followed(self) -> NDArray[np.bool_]:
        """(num_articles,) whether a follow rule is about each."""
        followed = np.zeros(len(self.rows.article_ids), bool)
        for rule, places in self.rules.items():
            if rule.effect is RuleEffect.FOLLOW:
                followed[list(places)] = True
        return followed

    def _follows(self, places: Collection[int]) -> dict[int, list[Rule]]:
        """The follow rules that are about each of some places."""
        follows: dict[int, list[Rule]] = {place: [] for place in places}
        for rule, about in self.rules.items():
            if rule.effect is RuleEffect.FOLLOW:
                for place in follows.keys() & set(about):
                    follows[place].append(rule)
        return follows
