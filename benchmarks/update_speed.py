"""What one more event costs, and what a look at the news costs, for profiles and caches of several sizes.

python -m benchmarks.update_speed

The compute of an update is what `ReaderModel.record` and one step of the linear head take; the commit is the disk's.
"""

from __future__ import annotations

import functools
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from benchmarks.soak.publishers import old_articles
from edge_runtime import Article, NewsModel, Reader, RuleEffect, RuleKind, Signal, read_bundle
from edge_runtime.installation import DEFAULT_BUNDLE
from edge_runtime.personal.linear_head import LinearHead
from edge_runtime.personal.reader_model import ReaderModel
from edge_runtime.storage.profile import ProfileStore
from edge_runtime.types import Event

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
PROFILES = 10, 1_000, 10_000  # events; the profile keeps no more
CACHES = 1_000, 5_000, 20_000  # articles; the cache keeps no more
EVENTS_BESIDE = 500  # in the profile of the reader who looks at these caches


def median_ms(work: Callable[[], object], rounds: int) -> float:
    """Median time of a call in milliseconds."""
    times = []
    for _ in range(rounds):
        begin = time.perf_counter()
        work()
        times.append((time.perf_counter() - begin) * 1e3)
    return statistics.median(times)


def events(count: int) -> list[Event]:
    """Opens of different articles, ten minutes apart, the last one just now."""
    begin = NOW - timedelta(minutes=10 * count)
    articles = old_articles(count, NOW)
    return [Event(article, Signal.OPEN, begin + timedelta(minutes=10 * n)) for n, article in enumerate(articles, 1)]


def updates(directory: Path) -> None:
    """One row a profile: the compute of one event and of one example passed over, the commit, a start from the disk."""
    model = NewsModel(read_bundle(DEFAULT_BUNDLE))
    num_features = 2 + model.bundle.manifest.dim + len(model.bundle.manifest.topics)
    features = np.random.default_rng(0).normal(size=(1, num_features))
    probability, passed = np.array([0.1]), np.array([False])
    print("\nevents   record ms   head step ms   commit ms   compute / commit   read anew ms")
    for count in PROFILES:
        given = events(count)
        vectors = np.resize(model.encode([event.article for event in given[:100]]), (count, model.bundle.manifest.dim))
        learned = ReaderModel(model)
        for event, vector in zip(given, vectors, strict=True):
            learned.record(event, vector)
        store = ProfileStore(directory / f"{count}.db")
        store.record_all(given)
        new = Event(Article("new", "Old bakers save a bread recipe"), Signal.OPEN, NOW)
        head = LinearHead(np.ones(num_features))
        record_ms = median_ms(lambda learned=learned, new=new: learned.record(new), 200)
        step_ms = median_ms(functools.partial(head.learn, features, probability, passed), 200)
        commit_ms = median_ms(lambda store=store, new=new: store.record_all([new]), 20)
        anew_ms = median_ms(functools.partial(_read_anew, model, store), 3)
        compute_ms = record_ms + step_ms
        print(
            f"{count:6,}   {record_ms:9.4f}   {step_ms:12.4f}   {commit_ms:9.2f}   {compute_ms / commit_ms:16.4f}"
            f"   {anew_ms:12.1f}"
        )
        store.close()


def _read_anew(model: NewsModel, store: ProfileStore) -> None:
    learned = ReaderModel(model)
    for event in store.events():
        learned.record(event)
    learned.state(NOW.timestamp())


def looks(directory: Path) -> None:
    """One row a cache: each way of looking at the news."""
    names = ("feed 20", "feed 20 after an open", "feed 20, 3 muted words", "feed all", "explain", "search", "push")
    print(f"\narticles   {'   '.join(f'{name} ms' for name in names)}")
    for count in CACHES:
        with Reader.open(directory / f"cache {count}") as reader:
            articles = old_articles(count, NOW)
            reader.add(articles, NOW - timedelta(hours=1))
            for event in events(EVENTS_BESIDE):
                reader._profile.store.record_all([event])
            name = articles[-1].article_id

            def after_an_open(reader: Reader = reader, name: str = name) -> None:
                reader.record(name, Signal.DWELL, NOW, dwell_s=1.0)
                reader.feed(NOW, 20)

            feed = functools.partial(reader.feed, NOW, 20)
            feed()
            times = [
                median_ms(feed, 5),
                median_ms(after_an_open, 5),
                _with_mutes(reader, feed),
                median_ms(functools.partial(reader.feed, NOW), 1),
                median_ms(functools.partial(reader.explain, name, NOW), 3),
                median_ms(functools.partial(reader._cache.search, "bread", 20), 3),
                median_ms(functools.partial(reader.decide_pushes, NOW, UTC), 1),
            ]
        shown = "   ".join(f"{ms:{len(name) + 3}.1f}" for ms, name in zip(times, names, strict=True))
        print(f"{count:8,}   {shown}", flush=True)


def _with_mutes(reader: Reader, feed: Callable[[], object]) -> float:
    words = ("marathon", "invoice", "pollen")
    for word in words:
        reader.set_rule(RuleKind.WORD, word, RuleEffect.MUTE, NOW)
    feed()
    ms = median_ms(feed, 3)
    for word in words:
        reader.drop_rule(RuleKind.WORD, word)
    return ms


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        updates(Path(scratch))
        looks(Path(scratch))
