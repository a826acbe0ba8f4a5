"""What a reader did about topics: lists that were shown, reads beside them, picks and dislikes, as one rate a topic."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from edge_runtime.content.topic_shares import no_others
from edge_runtime.model.news_model import NewsModel
from edge_runtime.model.scoring import Floats
from edge_runtime.personal.article_topics import ArticleTopics
from edge_runtime.personal.interests import Opinion
from edge_runtime.personal.kept_by_article import KeptByArticle
from edge_runtime.personal.linear_head import Doubles
from edge_runtime.personal.shown_lists import ShownLists
from edge_runtime.personal.topic_lift import (
    MOST_READ,
    PICKED_SHOWS,
    disliked_shows,
    fading,
    topic_claims,
    topic_lift,
    topic_sums,
)
from edge_runtime.storage.cached_rows import CachedRows


@dataclass(frozen=True, slots=True)
class TopicDeeds:
    """What topics are judged by."""

    opinions: dict[str, Opinion]  # by article id, latest touched last
    against: dict[str, Opinion]  # those of them that are; likewise
    picks: Sequence[str]  # topics that the reader asked for or follows
    lists: ShownLists
    said: int  # another number after each change of the opinions


class TopicRates:
    """How much more often a reader opens each topic than others, kept between looks."""

    def __init__(self, model: NewsModel, kept: KeptByArticle) -> None:
        """Know nothing yet.

        Args:
            model: Numbers the topics.
            kept: What is kept of each article.
        """
        self._model, self._kept = model, kept
        self._num_topics = len(model.bundle.manifest.topics)
        self._topics: tuple[CachedRows, ArticleTopics] | None = None
        self._lift: tuple[CachedRows, object, Floats] | None = None

    def numbers(self, rows: CachedRows) -> NDArray[np.int64]:
        """(num_articles,) the bundle's numbers."""
        return self._model.topic_numbers(rows.topics.names)[rows.topics.codes]

    def claims(self, rows: CachedRows) -> Floats:
        """(num_articles,) how far each article's topic can be gone by."""
        return self._kept.of("claims", rows, 0, lambda r: topic_claims(self.numbers(r), r.topic_probabilities))

    def topics(self, rows: CachedRows) -> ArticleTopics:
        """All topics of each article."""
        if self._topics and self._topics[0] is rows:
            return self._topics[1]
        topics = ArticleTopics.of(self.numbers(rows), self.claims(rows), rows.other_topics)
        if rows.versions is not None:
            self._topics = rows, topics
        return topics

    def part(self, name: str, rows: CachedRows, by_topic: Floats) -> Floats:
        """(num_articles,) what is known by topic, summed over each article's topics.

        Args:
            name: What it is kept by, for as long as `by_topic` is the same.
            rows: The cache.
            by_topic: (num_topics,).
        """
        return self._kept.of(name, rows, by_topic.tobytes(), lambda r: self.topics(r).part(by_topic))

    def offered(self, rows: CachedRows) -> Doubles:
        """(num_topics,) how much of each topic the cache has; see `topic_sums`."""
        return self.topics(rows).sums(1.0, self._num_topics)

    def lift(self, rows: CachedRows, deeds: TopicDeeds, offered: Doubles | None = None) -> Floats:
        """(num_topics,) `topic_lift` over what the cache offers; for rows that are not its own, over what it did.

        Args:
            rows: The cache.
            deeds: Of the reader.
            offered: `offered` of the whole cache, if the rows are a part of it.
        """
        lists, kept = deeds.lists, self._lift
        key = deeds.said, deeds.picks, lists, lists.changes, len(lists.examples)
        if kept and offered is None and (rows.versions is None or (kept[0] is rows and kept[1] == key)):
            return kept[2]
        shown, opened = lists.topics()
        # What was opened though no list showed it: a search or a link.
        latest = islice((o for o in reversed(deeds.opinions.values()) if o.weight > 0), MOST_READ)
        beside = [opinion for opinion in latest if not lists.has_shown(opinion.article.article_id)][::-1]
        if beside:
            more = self._known(beside, rows).sums(fading(len(beside)), self._num_topics)
            shown, opened = shown + more, opened + more
        if deeds.picks:
            picks = self._model.topic_numbers(deeds.picks)
            more = topic_sums(picks, np.full(len(picks), PICKED_SHOWS), self._num_topics)
            shown, opened = shown + more, opened + more
        if deeds.against:
            disliked = self._known([*islice(reversed(deeds.against.values()), MOST_READ)], rows)
            shown = shown + disliked_shows(disliked.sums(1.0, self._num_topics))
        of_all = self.offered(rows) if offered is None else offered
        lift = topic_lift(opened, shown, of_all).astype(np.float32)
        if rows.versions is not None and offered is None:
            self._lift = rows, key, lift
        return lift

    def _known(self, read: Sequence[Opinion], rows: CachedRows) -> ArticleTopics:
        """The topics of what was read: as cached, else as the feed says."""
        names = [opinion.article.article_id for opinion in read]
        numbers = self._model.topic_numbers([opinion.article.category for opinion in read])
        probabilities = (numbers > 0).astype(np.float32)
        places = rows.places_of(names)
        is_cached = places >= 0
        cached = places[is_cached]
        numbers[is_cached] = self._model.topic_numbers(rows.topics.names)[rows.topics.codes[cached]]
        probabilities[is_cached] = rows.topic_probabilities[cached]
        others = no_others(len(read))
        others[is_cached] = rows.other_topics[cached]
        return ArticleTopics.of(numbers, topic_claims(numbers, probabilities), others)
