"""Click rates of articles and topics as they stood just before each list was shown, shrunk where little was counted."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trainer.data.dataset import ClickDataset, Impressions, Ragged
from trainer.data.popularity import Counts, Tally, causal_counts

START_RATE = 0.05  # before anything was counted
PRIOR_SHOWN = 20.0  # a rate counts this many lists of the average rate beside its own

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ArticleRates:
    """Aligned with the shown articles of the impressions they were counted for."""

    rates: Floats  # (num_shown,) in (0, 1)
    shown: Floats  # (num_shown,) lists counted, weighted by age
    overall: Floats  # (num_shown,) rate of all articles together


def article_rates(
    impressions: Impressions, earlier: Sequence[Impressions], half_life_s: float = float("inf")
) -> ArticleRates:
    """Each shown article's click rate; arguments as for `causal_counts`."""
    overall = _shrunk(_grouped_counts(impressions, earlier, None, half_life_s), START_RATE)
    counts = causal_counts(impressions, earlier, half_life_s)
    return ArticleRates(_shrunk(counts, overall), counts.shown, overall)


def dev_rates(dataset: ClickDataset, half_life_s: float = float("inf")) -> Floats:
    """(num_shown,) click rate of each article that dev shows, as `article_rates` of dev after train.

    Args:
        dataset: A log, which is read a part at a time if it is streamed.
        half_life_s: As for `causal_counts`.
    """
    articles, overall, found = Tally(len(dataset.articles), half_life_s), Tally(1, half_life_s), [np.zeros(0)]
    for train, dev in dataset.in_time():
        rate = _shrunk(overall.count(_grouped(dev, None), [_grouped(train, None)]), START_RATE)
        found.append(_shrunk(articles.count(dev, [train]), rate))
    return np.concatenate(found)


def topic_rates(
    impressions: Impressions, earlier: Sequence[Impressions], topics: NDArray[np.int64], overall: Floats
) -> Floats:
    """(num_shown,) click rate of each shown article's topic.

    Args:
        impressions: As for `causal_counts`.
        earlier: As for `causal_counts`.
        topics: (num_articles,) topic numbers.
        overall: (num_shown,) from `article_rates`.
    """
    return _shrunk(_grouped_counts(impressions, earlier, topics, float("inf")), overall)


def _grouped_counts(
    impressions: Impressions, earlier: Sequence[Impressions], groups: NDArray[np.int64] | None, half_life_s: float
) -> Counts:
    """Counts of an article's group instead of its own; None puts all into one."""
    return causal_counts(_grouped(impressions, groups), [_grouped(log, groups) for log in earlier], half_life_s)


def _grouped(log: Impressions, groups: NDArray[np.int64] | None) -> Impressions:
    rows = log.candidates.values
    values = np.zeros_like(rows) if groups is None else groups[rows].astype(np.int32)
    return dataclasses.replace(log, candidates=Ragged(values, log.candidates.offsets))


def _shrunk(counts: Counts, prior: Floats | float) -> Floats:
    rates: Floats = (counts.clicked + PRIOR_SHOWN * prior) / (counts.shown + PRIOR_SHOWN)
    return rates
