"""What a reader waits for: a feed, a click and a feed, an added article and a feed, and the first of each process.

python -m benchmarks.reader_speed                   # builds its caches, which takes a minute
python -m benchmarks.reader_speed --keep DIR        # builds them once, in a folder that stays
python -m benchmarks.reader_speed --json FILE       # the figures in a file too

All times are processor time of the process, user and system, medians.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import numpy as np

from benchmarks.ranking_peers import feed_products
from benchmarks.timing import of_a_process, report
from edge_runtime import Article, Reader, Signal, demo_articles
from edge_runtime.types import Event, Shown

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
SIZES = (1_000, 2_000, 5_000, 10_000, 20_000)  # articles; a cache keeps no more than the last
SPAN = timedelta(days=14)
SOURCES = 60
TOLD_AGAIN = 0.1  # of the articles
CLICKS = 500
LISTS_A_CLICK = 10  # articles shown for each click
MOST_SHOWN = 5_000
DIRECTIONS = 4  # that a feed multiplies all vectors with: prior, average, learned, exploration

FIRST_ADD = """
import sys, time
from datetime import datetime
from pathlib import Path
from benchmarks.reader_speed import new_article
from edge_runtime import Reader
now = datetime.fromisoformat(sys.argv[2])
with Reader.open(Path(sys.argv[1])) as reader:
    begin = time.process_time()
    reader.add([new_article(0, now)], now)
    print((time.process_time() - begin) * 1e3)
"""


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table."""

    name: str
    articles: int  # in the cache
    cpu_ms: float  # median
    rounds: int


def articles(number: int, end: datetime) -> list[Article]:
    """Articles over `SPAN` before a time, oldest first, of the packaged headlines' words; some tell a story again."""
    rng, base = np.random.default_rng(number), demo_articles(end)
    words = [word for one in base for word in one.title.split()]
    times = np.sort(rng.uniform(0, SPAN.total_seconds(), number))
    sources, topics = np.minimum(rng.zipf(1.3, number), SOURCES), rng.integers(len(base), size=number)
    titles: list[list[str]] = []
    for place in range(number):
        if place and rng.random() < TOLD_AGAIN:
            titles.append(titles[rng.integers(max(place - 20, 0), place)][1:] or ["Again"])
        else:
            titles.append([words[word] for word in rng.integers(len(words), size=rng.integers(6, 13))])
    return [
        Article(
            f"a{place}",
            " ".join(title),
            base[place % len(base)].abstract[:200],
            base[topics[place]].category,
            source=f"Paper {sources[place]}",
            url=f"https://paper.example/{place}",
            published=end - SPAN + timedelta(seconds=float(times[place])),
        )
        for place, title in enumerate(titles)
    ]


def new_article(number: int, now: datetime) -> Article:
    """An article that no cache of this benchmark holds yet."""
    return Article(
        f"new{time.time_ns()}-{number}",
        f"Bakers of village {number} save an old bread recipe from the flood",
        category="food",
        source=f"Paper {number % SOURCES}",
        published=now - timedelta(minutes=1),
    )


def build(folder: Path, number: int) -> None:
    """A data directory with a cache, clicks and lists that were shown."""
    given = articles(number, NOW)
    rng = np.random.default_rng(1)
    shown = rng.choice(number, min(LISTS_A_CLICK * CLICKS, MOST_SHOWN, number // 2), replace=False)
    opened = rng.choice(shown, CLICKS, replace=False)
    with Reader.open(folder) as reader:
        for begin in range(0, number, 500):
            batch = given[begin : begin + 500]
            reader.add(batch, batch[-1].published or NOW)
        step = timedelta(hours=1) * 100 / len(shown)
        times = [NOW - timedelta(hours=1) - step * (len(shown) - place) for place in range(len(shown))]
        store = reader._profile.store
        scores = rng.normal(size=len(shown))
        store.record_shown(
            [
                Shown(given[row].article_id, float(score), at)
                for row, score, at in zip(shown, scores, times, strict=True)
            ]
        )
        store.record_all(
            [
                Event(given[row], Signal.OPEN, NOW - timedelta(minutes=10 * (CLICKS - place)))
                for place, row in enumerate(opened)
            ]
        )


def built(kept: Path, number: int) -> Path:
    """Such a data directory in a folder of several, made unless it is there."""
    folder = kept / f"{number}"
    if not folder.exists():
        build(folder, number)
    return folder


def median_ms(work: Callable[[], object], rounds: int) -> float:
    """Median processor time of a call in milliseconds."""
    times = []
    for _ in range(rounds):
        begin = time.process_time()
        work()
        times.append((time.process_time() - begin) * 1e3)
    return statistics.median(times)


def long_lived(folder: Path, number: int) -> list[Figure]:
    """The figures of one reader that stays open."""
    figures = []
    with Reader.open(folder) as reader:
        reader.feed(NOW, 20)
        figures.append(Figure("feed of 20", number, median_ms(lambda: reader.feed(NOW, 20), 21), 21))
        vectors = reader._intake.rows().vectors
        directions = np.random.default_rng(0).standard_normal((DIRECTIONS, vectors.shape[1])).astype(np.float32)
        for way, multiply in feed_products(vectors, directions).items():
            figures.append(Figure(f"its products with vectors, {way}", number, median_ms(multiply, 21), 21))
        names = iter([article.article_id for article in reader.latest(limit=100)])
        numbers = count()

        def click() -> None:
            reader.record(next(names), Signal.OPEN, NOW)
            reader.feed(NOW, 20)

        figures.append(Figure("click and feed of 20", number, median_ms(click, 21), 21))

        def add() -> None:
            reader.add([new_article(next(numbers), NOW)], NOW)

        add()
        figures.append(Figure("add one", number, median_ms(add, 11), 11))

        def add_and_feed() -> None:
            add()
            reader.feed(NOW, 20)

        add_and_feed()
        figures.append(Figure("add one and feed of 20", number, median_ms(add_and_feed, 11), 11))
    return figures


def first_of_process(folder: Path, number: int, rounds: int = 5) -> list[Figure]:
    """The figures of processes that are new."""
    adds, feeds = [], []
    for _ in range(rounds):
        done = subprocess.run(
            [sys.executable, "-c", FIRST_ADD, str(folder), NOW.isoformat()], capture_output=True, text=True, check=True
        )
        adds.append(float(done.stdout))
        feeds.append(of_a_process("-m", "edge_runtime", "--data", str(folder), "feed")[0])
    return [
        Figure("first add of a process", number, statistics.median(adds), rounds),
        Figure("edge-news feed, a fresh process", number, statistics.median(feeds), rounds),
    ]


def main() -> None:
    """Build what is missing, measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="where the caches are kept for the next time")
    parser.add_argument("--articles", type=int, action="append", metavar="N", help="in the cache, not 1,000 to 20,000")
    args = parser.parse_args()
    figures: list[Figure] = []
    with nullcontext(args.keep) if args.keep else tempfile.TemporaryDirectory() as made:
        sizes = args.articles or SIZES
        for number in sizes:
            kept = built(Path(made), number)
            with tempfile.TemporaryDirectory() as scratch:
                folder = Path(scratch) / "data"
                shutil.copytree(kept, folder)
                figures += long_lived(folder, number)
            if number == max(sizes):
                with tempfile.TemporaryDirectory() as scratch:
                    folder = Path(scratch) / "data"
                    shutil.copytree(kept, folder)
                    figures += first_of_process(folder, number)
    report([{name: getattr(one, name) for name in Figure.__slots__} for one in figures], args.json)


if __name__ == "__main__":
    main()
