"""What the runtime costs on this machine: a fresh process to a ranked feed, a new title's vector, a large cache.

python -m benchmarks.runtime_speed
"""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from edge_runtime import Article, NewsModel, Reader, demo_articles, read_bundle
from edge_runtime.installation import DEFAULT_BUNDLE

FRESH = """
import time; t = [time.perf_counter()]
import numpy; t.append(time.perf_counter())
import edge_runtime; t.append(time.perf_counter())
import sys, resource; from pathlib import Path; from datetime import UTC, datetime
reader = edge_runtime.Reader.open(Path(sys.argv[1])); t.append(time.perf_counter())
feed = reader.feed(datetime.now(UTC), 20); t.append(time.perf_counter())
print(*(b - a for a, b in zip(t, t[1:])), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


def articles(count: int) -> list[Article]:
    """Many articles from the packaged ones, with ids of their own."""
    base = demo_articles(datetime.now(UTC))
    return [
        Article(f"x{n}", f"{base[n % len(base)].title} {n}", category=base[n % len(base)].category)
        for n in range(count)
    ]


def median_us(work: Callable[[], object], rounds: int) -> float:
    """Median time of a call in microseconds."""
    times = []
    for _ in range(rounds):
        begin = time.perf_counter()
        work()
        times.append((time.perf_counter() - begin) * 1e6)
    return statistics.median(times)


def fresh_process(data_dir: Path) -> None:
    """Import, open and rank 1,000 articles in a new interpreter; median of five."""
    runs = []
    for _ in range(5):
        begin = time.perf_counter()
        done = subprocess.run([sys.executable, "-c", FRESH, str(data_dir)], capture_output=True, text=True, check=True)
        runs.append([time.perf_counter() - begin, *map(float, done.stdout.split())])
    wall, numpy_s, runtime_s, open_s, rank_s, rss = np.median(runs, axis=0)
    print(f"fresh process, rank 1,000: {wall:.3f} s wall, {rss:.0f} MiB peak RSS")
    print(f"  numpy {numpy_s:.3f}, runtime {runtime_s:.3f}, open bundle and cache {open_s:.3f}, rank {rank_s:.4f} s")


def main() -> None:
    """Measure encoding, ranking and a fresh process, and print the figures."""
    news = NewsModel(read_bundle(DEFAULT_BUNDLE))
    titles = iter(articles(3000))
    news.encode([next(titles)])
    print(f"engine {news.engine}; encode a new title: {median_us(lambda: news.encode([next(titles)]), 2000):.0f} us")
    vectors = news.encode(articles(5000))
    topics = np.zeros(5000, np.int64)
    reader = news.read_clicks(vectors[:50], topics[:50])
    ages_s = np.zeros(5000)
    spent = median_us(lambda: news.score_parts(reader, vectors, topics, ages_s), 200)
    print(f"rank 5,000 against a history of 50: {spent / 1000:.2f} ms")
    with tempfile.TemporaryDirectory() as folder:
        with Reader.open(Path(folder)) as opened:
            opened.add(articles(1000), datetime.now(UTC))
        fresh_process(Path(folder))
    print(f"this process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB peak RSS")


if __name__ == "__main__":
    main()
