"""How long a finished bundle takes on this machine, through the real interpreter on one thread."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import numpy as np

from edge_runtime import Article, NewsModel, read_bundle

TITLES = 256
CLICKS, CANDIDATES = 50, 1000
REPEATS = 7


@dataclass(frozen=True, slots=True)
class Latency:
    """Medians; compare them within one run on one machine only."""

    encode_us: float  # a title, from its text to its vector, in batches
    rank_us: float  # the scores of 1,000 candidates for a reader of 50 clicks, the clicks read anew


def measure_latency(bundle: Path, articles: Sequence[Article], engine: str | None = None) -> Latency:
    """Time a bundle.

    Args:
        bundle: Its file.
        articles: Some to encode; repeated if they are few.
        engine: See `NewsModel`.

    Raises:
        BundleError: The bundle cannot be used.
        ValueError: There is no article.
    """
    if not articles:
        raise ValueError("latency: give at least one article")
    news = NewsModel(read_bundle(bundle), engine)
    sample = [articles[number % len(articles)] for number in range(TITLES)]
    vectors = news.encode(sample)  # interpreters are loaded, words are known
    topics = news.topic_numbers([article.category for article in sample])
    clicks, wanted = np.resize(vectors, (CLICKS, vectors.shape[1])), np.resize(vectors, (CANDIDATES, vectors.shape[1]))
    click_topics, wanted_topics = np.resize(topics, CLICKS), np.resize(topics, CANDIDATES)
    ages_s = np.full(CANDIDATES, np.nan)

    def rank() -> None:
        news.score_parts(news.read_clicks(clicks, click_topics), wanted, wanted_topics, ages_s)

    rank()
    return Latency(
        encode_us=round(1e6 * _median_s(lambda: news.encode(sample)) / TITLES, 2),
        rank_us=round(1e6 * _median_s(rank), 1),
    )


def _median_s(work: Callable[[], object]) -> float:
    seconds = []
    for _ in range(REPEATS):
        begin = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - begin)
    return median(seconds)
