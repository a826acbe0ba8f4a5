"""The news of the study: real headlines that come in over ten days, with sources, and with categories or without.

The headlines are `trainer.data.open_headlines.held_out`, which a bundle should not have been trained on. Sources are
made up: which one an article has says nothing of its subject.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import numpy as np

from edge_runtime import Article, read_bundle
from edge_runtime.content.analysis import Analyst
from edge_runtime.content.stories import StoryIndex
from edge_runtime.installation import DEFAULT_BUNDLE

SESSION_HOURS = (7.5, 12.5, 19.5)
START = datetime(2018, 5, 1, tzinfo=UTC)
DAY_S = 86_400

# What a source calls its articles: nothing, one word for all, or the real category. As in ten real feeds, where 27 % of
# the articles had no category and 47 % said "World".
NONE, REAL = "", "real"
_SOURCES = {
    **dict.fromkeys(("Alder", "Birch", "Cedar", "Dogwood"), NONE),
    **dict.fromkeys(("Elm", "Fir", "Gum", "Hazel"), "World"),
    **dict.fromkeys(("Ivy", "Juniper", "Kapok"), "News"),
    **dict.fromkeys(("Larch", "Maple", "Nutmeg", "Oak"), REAL),
}
SOURCES = tuple(_SOURCES)
LABELS = ("withheld", "mixed", "given")


@dataclass(frozen=True, eq=False)
class World:
    """The articles of all days, oldest first, and when the readers look."""

    articles: tuple[Article, ...]  # with their real categories, sources and times
    published_s: np.ndarray  # (num_articles,) float64 from START
    sessions_s: np.ndarray  # (num_sessions,) float64 from START

    def day(self, session: int) -> int:
        """Of a session, from 0."""
        return int(self.sessions_s[session] // DAY_S)

    def arrived(self, session: int) -> int:
        """How many articles there are by then."""
        return int(np.searchsorted(self.published_s, self.sessions_s[session], side="right"))

    def now(self, session: int) -> datetime:
        """When it takes place, UTC-aware."""
        return START + timedelta(seconds=float(self.sessions_s[session]))

    def labelled(self, labels: str) -> list[Article]:
        """The articles as feeds bring them: with categories "given", "withheld", or "mixed" as in real feeds."""
        if labels == "given":
            return list(self.articles)
        kinds = _SOURCES if labels == "mixed" else dict.fromkeys(SOURCES, NONE)
        called = [kinds[article.source] for article in self.articles]
        return [
            article if label == REAL else replace(article, category=label)
            for article, label in zip(self.articles, called, strict=True)
        ]


def one_of_each_story(headlines: Sequence[Article], days: int) -> list[Article]:
    """Leave out what tells a story again: a feed shows one article of each, so nobody could be shown the others.

    Args:
        headlines: Oldest first.
        days: How many they are spread over, evenly: what is far apart is no story.
    """
    articles = open_world(headlines, days, 0).articles
    index = StoryIndex(Analyst(read_bundle(DEFAULT_BUNDLE)).title_weights)
    stories = index.assign(articles, [article.published or START for article in articles])
    firsts = {story: article_id for article_id, story in reversed(stories.items())}
    return [article for article in headlines if firsts[stories[article.article_id]] == article.article_id]


def open_world(headlines: Sequence[Article], days: int, seed: int) -> World:
    """Let headlines come in evenly, in their order.

    Args:
        headlines: Oldest first.
        days: How many they are spread over.
        seed: Of the sources.
    """
    published_s = (np.arange(len(headlines)) + 0.5) * days * DAY_S / len(headlines)
    sources = np.random.default_rng(seed).integers(0, len(SOURCES), len(headlines))
    articles = tuple(
        replace(
            article,
            source=SOURCES[source],
            url=f"https://{SOURCES[source].lower()}.example/{article.article_id}",
            published=START + timedelta(seconds=float(at_s)),
        )
        for article, source, at_s in zip(headlines, sources, published_s, strict=True)
    )
    sessions_s = np.array([day * DAY_S + hour * 3600 for day in range(days) for hour in SESSION_HOURS], float)
    return World(articles, published_s, sessions_s)
