"""A finished bundle measured through the runtime's public API: what a device would compute, on whole impressions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edge_runtime import Article, NewsModel, read_bundle
from trainer.data.dataset import Impressions
from trainer.metrics import METRICS, Interval, impression_metrics, paired_difference, summarize


def published_seconds(articles: Sequence[Article]) -> NDArray[np.float64]:
    """(num_articles,) seconds UTC, NaN where an article has no time."""
    return np.array([np.nan if a.published is None else a.published.timestamp() for a in articles], np.float64)


def score_bundle(
    bundle: Path,
    articles: Sequence[Article],
    impressions: Impressions,
    progress: Callable[[int], object],
    engine: str | None = None,
) -> NDArray[np.float64]:
    """Scores of all shown articles, by the bundle's int8 models.

    Args:
        bundle: The bundle's file.
        articles: Named by the impressions' rows.
        impressions: To be scored.
        progress: Told after each impression.
        engine: See `NewsModel`.

    Returns:
        (num_shown,) float64, aligned with `impressions.clicked`.
    """
    news = NewsModel(read_bundle(bundle), engine)
    used = np.unique(np.concatenate([impressions.candidates.values, impressions.history.values]))
    place = np.zeros(len(articles), np.int64)
    place[used] = np.arange(len(used))
    needed = [articles[row] for row in used]
    vectors = news.encode(needed)
    topics = news.topic_numbers([article.category for article in needed])
    published_s = published_seconds(needed)
    scores = np.empty(len(impressions.clicked), np.float64)
    for number in range(len(impressions)):
        clicks = place[impressions.history[number]]
        shown = place[impressions.candidates[number]]
        reader = news.read_clicks(vectors[clicks], topics[clicks])
        ages_s = impressions.times[number] - published_s[shown]
        parts = news.score_parts(reader, vectors[shown], topics[shown], ages_s)
        begin = impressions.candidates.offsets[number]
        scores[begin : begin + len(shown)] = np.sum([part.astype(np.float64) for part in parts.values()], axis=0)
        progress(1)
    return scores


def measure(scores: NDArray[np.float64], impressions: Impressions) -> dict[str, NDArray[np.float64]]:
    """Every metric of every impression; see `impression_metrics`."""
    return impression_metrics(scores, impressions.clicked, impressions.candidates.offsets)


def summary(metrics: dict[str, NDArray[np.float64]]) -> dict[str, Any]:
    """Number of impressions that count, and mean with interval of each metric."""
    counted = int(np.count_nonzero(~np.isnan(metrics["auc"])))
    return {"impressions": counted, **{name: asdict(interval) for name, interval in summarize(metrics).items()}}


def difference(ours: dict[str, NDArray[np.float64]], theirs: dict[str, NDArray[np.float64]]) -> dict[str, Any]:
    """Paired differences with intervals."""
    return {name: asdict(interval) for name, interval in paired_difference(ours, theirs).items()}


def metrics_line(found: dict[str, Any]) -> str:
    """One line for a person: `auc 0.6512 [0.6401, 0.6620]  mrr ...`."""
    return "  ".join(f"{name} {_interval_text(Interval(**found[name]))}" for name in METRICS)


def _interval_text(interval: Interval) -> str:
    return f"{interval.mean:.4f} [{interval.low:.4f}, {interval.high:.4f}]"
