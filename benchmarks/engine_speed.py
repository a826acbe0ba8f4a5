"""What the engines cost: fresh processes that start, load and encode, or rank; and running encoders. CPU time, medians.

python -m benchmarks.engine_speed
"""

from __future__ import annotations

import argparse
import os
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

from benchmarks.runtime_speed import articles
from edge_runtime import Reader, Signal, read_bundle
from edge_runtime.engines import installed_engines, load_engine
from edge_runtime.installation import DEFAULT_BUNDLE

ENCODE = """
import sys
from pathlib import Path
from edge_runtime import Article, NewsModel, read_bundle
count = int(sys.argv[3])
news = NewsModel(read_bundle(Path(sys.argv[1])), sys.argv[2])
news.encode([Article(str(n), f"Title {n} of the news of a day", category="food") for n in range(count)])
"""


def interleaved(works: dict[str, Callable[[], float]], rounds: int) -> dict[str, float]:
    """Medians in milliseconds of what each returns in seconds, taken in turns: so all meet the same machine."""
    found: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(rounds):
        for name, work in works.items():
            found[name].append(work() * 1e3)
    return {name: statistics.median(times) for name, times in found.items()}


def of_a_process(*command: str) -> float:
    """CPU seconds of a command."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, *command], check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def of_a_call(work: Callable[[], object], times: int = 50) -> float:
    """CPU seconds of a call, the mean of some."""
    begin = time.process_time()
    for _ in range(times):
        work()
    return (time.process_time() - begin) / times


def line(name: str, found: dict[str, float]) -> None:
    """Print one row."""
    print(f"{name:48}" + "".join(f"{engine} {found[engine]:9.3f} ms   " for engine in found))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15, help="of fresh processes")
    rounds = parser.parse_args().rounds
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    engines, bundle = installed_engines(), read_bundle(DEFAULT_BUNDLE)
    for count in (1, 64, 2000):
        starts = {
            name: lambda name=name, count=count: of_a_process("-c", ENCODE, str(DEFAULT_BUNDLE), name, str(count))
            for name in engines
        }
        line(f"fresh process, load, encode {count} titles", interleaved(starts, rounds))
    with tempfile.TemporaryDirectory() as folder:
        now = datetime.now(UTC)
        with Reader.open(Path(folder)) as reader:
            reader.add(articles(1000), now)
            for shown in reader.feed(now, 5):
                reader.record(shown.article.article_id, Signal.OPEN, now)
        feeds = {
            name: lambda name=name: of_a_process("-m", "edge_runtime", "--data", folder, "--engine", name, "feed")
            for name in engines
        }
        line("edge-news feed, 1,000 articles, 5 clicks", interleaved(feeds, rounds))
    encoders = {name: load_engine(bundle.article_encoder, name) for name in engines}
    for rows in (1, 30, 64, 512):
        pooled = np.random.default_rng(0).standard_normal((rows, bundle.manifest.token_dim)).astype(np.float32) / 8
        topics = np.eye(len(bundle.manifest.topics), dtype=np.float32)[np.arange(rows) % len(bundle.manifest.topics)]
        runs = {
            name: lambda encoder=encoder: of_a_call(lambda: encoder.run(pooled=pooled, topics=topics))  # noqa: B023
            for name, encoder in encoders.items()
        }
        line(f"article encoder alone, {rows} rows", interleaved(runs, 20))


if __name__ == "__main__":
    main()
