"""What the trial takes of a list's time, in a full cache."""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.reader_speed import NOW, built
from edge_runtime import OrderChoice, Origin, Reader, Signal
from edge_runtime.worth.lists import LEAST_OPENS

ROUNDS = 61


@dataclass(frozen=True, slots=True)
class Cost:
    """Medians of processor time."""

    articles: int
    ranked_ms: float
    drafted_ms: float


def measure(kept: Path, articles: int) -> Cost:
    """Ask for ten articles, ranked and drafted in turns.

    Args:
        kept: Folder of caches, see `reader_speed.built`.
        articles: In the cache.
    """
    times: dict[OrderChoice, list[float]] = {OrderChoice.RANKED: [], OrderChoice.AUTO: []}
    with Reader.open(built(kept, articles)) as reader:
        for scored in reader.feed(NOW, LEAST_OPENS):
            reader.record(scored.article.article_id, Signal.OPEN, NOW, origin=Origin.FEED)
        if reader.feed(NOW, 10)[0].listed is None:
            raise ValueError("no list is drafted: the trial has not begun")
        for _ in range(ROUNDS):
            for order, spent in times.items():
                begin = time.process_time()
                reader.feed(NOW, 10, order=order if order is OrderChoice.RANKED else None)
                spent.append((time.process_time() - begin) * 1e3)
    ranked, drafted = (statistics.median(spent) for spent in times.values())
    return Cost(articles, ranked, drafted)
