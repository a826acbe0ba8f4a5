"""The news of the study: real headlines that come in over ten days, with sources, and with categories or without.

The headlines are those of one year of the News Category Dataset (Rishabh Misra, CC BY 4.0), which a bundle should not
have been trained on. Sources are made up: which one an article has says nothing of its subject.
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from edge_runtime import Article
from trainer.data.corpus import TOPIC_OF, load_corpus
from trainer.errors import ConfigError

YEAR = 2018
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


def held_out_headlines(file: Path | None = None) -> list[Article]:
    """The headlines of `YEAR`, oldest first, with their real categories.

    Args:
        file: The dataset as JSON Lines with gzip, for what is not packaged; the packaged corpus if not given.

    Raises:
        ConfigError: There are none.
    """
    articles = load_corpus() if file is None else _read(file)
    found = [article for article in articles if article.published and article.published.year == YEAR]
    if not found:
        raise ConfigError(
            f"{file or 'the packaged corpus'}: no headline of {YEAR}; give --headlines with the News Category Dataset "
            "as JSON Lines with gzip"
        )
    return found


def _read(file: Path) -> list[Article]:
    try:
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            rows = [json.loads(line) for line in lines]
            articles = {
                row["headline"].casefold(): Article(
                    article_id=f"huff-{zlib.crc32(row['link'].encode()):08x}",
                    title=" ".join(row["headline"].split()),
                    abstract=" ".join(row["short_description"].split()),
                    category=TOPIC_OF[row["category"]],
                    language="en",
                    published=datetime.fromisoformat(row["date"]).replace(tzinfo=UTC),
                )
                for row in rows
                if row["headline"] and row["short_description"]
            }
    except (OSError, ValueError, LookupError) as error:
        raise ConfigError(f"{file}: not the News Category Dataset as JSON Lines with gzip ({error!r})") from error
    return sorted(articles.values(), key=lambda article: (str(article.published), article.article_id))


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
