"""Training on a log in memory, and on one that is streamed: memory, time and nDCG@10 of a teacher.

python -m benchmarks.streamed_training --impressions 1000000 --window 0 100000 --seeds 0 1 2
python -m benchmarks.streamed_training --impressions 1000000 --window 0 100000 --limit 300

A window of 0 holds the whole log. The limit is of the memory, MiB, that a process may take beyond what it has after
TensorFlow has been started and has made a step. The log is made up, as shards that `prepare` could have written:
articles are directions around topics, a reader clicks the one of 24 shown that is nearest to the reader's own articles,
by a softmax. It is kept in --folder and used again.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from edge_runtime import Article
from trainer.data.bucket import EXAMPLE_SCHEMA
from trainer.data.dataset import ARTICLES_FILE, FACTS_FILE, TRANSLATIONS_FILE, DatasetFacts, PartFacts, load_dataset
from trainer.data.json_facts import to_json
from trainer.data.shards import (
    SHARD_FOLDER,
    VERSION,
    Manifest,
    ShardFacts,
    file_facts,
    shard_name,
    write_manifest,
    write_shard,
)
from trainer.data.spill import write_table
from trainer.data.translations import TRANSLATION_SCHEMA

ARTICLES, TOPICS, DIM = 4_000, 60, 32
SHOWN, HISTORY, LISTS_A_READER = 24, 20, 17
SHARPNESS = 5.0  # of a click's softmax
START_S, SPAN_S, DEV_SHARE = 1_790_000_000, 42 * 86_400, 0.1
VECTORS_FILE = "vectors.npy"
MEASURED = 20_000  # impressions of dev


@dataclass(frozen=True, slots=True)
class Trained:
    """What one training took and gave."""

    window: int
    seed: int
    ndcg10: float
    memory_mib: float  # the peak, beyond what TensorFlow has taken before
    cpu_s: float
    steps: int


def make_dataset(folder: Path, impressions: int, shards: int, seed: int = 0) -> Path:
    """Write a prepared dataset unless it is there, with the articles' text vectors beside it."""
    place = folder / f"prepared-{impressions}-{shards}-{seed}"
    if (place / FACTS_FILE).is_file():
        return place
    (place / SHARD_FOLDER).mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(seed)
    vectors = rng.normal(size=(TOPICS, DIM))[rng.integers(0, TOPICS, ARTICLES)] + 0.7 * rng.normal(size=(ARTICLES, DIM))
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    np.save(place / VECTORS_FILE, vectors)
    articles = [asdict(Article(f"a{number}", f"Title {number}")) for number in range(ARTICLES)]
    write_table(pa.Table.from_pylist(articles), place / ARTICLES_FILE)
    write_table(TRANSLATION_SCHEMA.empty_table(), place / TRANSLATIONS_FILE)
    counts = [impressions // shards + (number < impressions % shards) for number in range(shards)]
    found = [_write_shard(place, number, vectors, count, rng) for number, count in enumerate(counts)]
    files = tuple(file_facts(place, name) for name in (ARTICLES_FILE, TRANSLATIONS_FILE))
    write_manifest(place, Manifest(VERSION, files, tuple(found)))
    border = START_S + int(SPAN_S * (1 - DEV_SHARE))
    readers = sum(_readers(count) for count in counts)
    train, dev = (
        PartFacts(count, readers, SHOWN * count, count, 0, first, last)
        for count, first, last in (
            (sum(shard.train for shard in found), START_S, border - 1),
            (sum(shard.dev for shard in found), border, START_S + SPAN_S),
        )
    )
    facts = DatasetFacts(
        name="made up",
        licence="CC0",
        articles=ARTICLES,
        train=train,
        dev=dev,
        overlap_s=0,
        rejected={},
        unknown_history=0,
        repeated_impressions=0,
        sha256="",
    )
    (place / FACTS_FILE).write_text(json.dumps(to_json(facts)), "utf-8")
    return place


def _readers(impressions: int) -> int:
    return max(1, impressions // LISTS_A_READER)


def _write_shard(place: Path, number: int, vectors: np.ndarray, count: int, rng: np.random.Generator) -> ShardFacts:
    """A shard of readers who have a history each, a window of which every list names."""
    readers = _readers(count)
    own = vectors[rng.integers(0, ARTICLES, (readers, 2))].mean(axis=1)
    own /= np.linalg.norm(own, axis=1, keepdims=True)
    offered = rng.integers(0, ARTICLES, (readers, 10 * HISTORY))
    liking = np.einsum("rd,rad->ra", own, vectors[offered]) * SHARPNESS + rng.gumbel(size=offered.shape)
    histories = np.take_along_axis(offered, np.argsort(-liking, axis=1)[:, :HISTORY], axis=1).astype(np.int32)
    users, times = rng.integers(0, readers, count), np.sort(START_S + rng.integers(0, SPAN_S, count))
    shown = np.argsort(rng.random((count, 2 * SHOWN)), axis=1)[:, :SHOWN]  # different places of a line, so no repeats
    shown = ((shown + rng.integers(0, ARTICLES, (count, 1))) % ARTICLES).astype(np.int32)
    liking = np.einsum("nd,nad->na", own[users], vectors[shown]) * SHARPNESS + rng.gumbel(size=shown.shape)
    clicked = np.arange(SHOWN) == liking.argmax(axis=1)[:, None]
    is_dev = times >= START_S + int(SPAN_S * (1 - DEV_SHARE))
    offsets = pa.array(np.arange(count + 1, dtype=np.int32) * SHOWN)
    line = pa.array(histories.ravel())
    sizes = pa.array(np.full(count, HISTORY, np.int32))
    columns = {
        "impression_id": pa.array([f"i{number}-{row}" for row in range(count)]),
        "user_id": pa.array([f"u{number}-{user}" for user in users.tolist()]),
        "time_s": pa.array(times),
        "is_dev": pa.array(is_dev),
        "history": pa.ListViewArray.from_arrays(pa.array((users * HISTORY).astype(np.int32)), sizes, line),
        "candidates": pa.ListArray.from_arrays(offsets, pa.array(shown.ravel())),
        "clicked": pa.ListArray.from_arrays(offsets, pa.array(clicked.ravel())),
    }
    write_shard(place, number, pa.table(columns, EXAMPLE_SCHEMA))
    facts = file_facts(place, shard_name(number))
    return ShardFacts(facts, int((~is_dev).sum()), int(is_dev.sum()))


def train(place: Path, window: int, seed: int, limit_mib: int, batch: int) -> Trained:
    """Train a teacher for one epoch of the clicks, in this process; its memory is bounded from here on.

    Args:
        place: From `make_dataset`.
        window: Of the log; 0 holds all of it.
        seed: Of weights and order.
        limit_mib: Beyond what is taken after a first step; 0 is no limit.
        batch: Clicks of a step.
    """
    # Starting TensorFlow takes seconds, and `make_dataset` needs none of it.
    import keras

    from trainer.data.batches import ClickBatches, HistoryBatches, published_seconds
    from trainer.data.impressions import Impressions, Ragged
    from trainer.data.shards import checked_manifest
    from trainer.data.stream import SAMPLE, Stream
    from trainer.measure.quality import measure
    from trainer.measure.scores import score_impressions
    from trainer.models.text_input import FrozenVectors
    from trainer.settings.config import TeacherSettings
    from trainer.training.fit import click_steps, train_on_clicks, train_on_histories
    from trainer.training.run_data import RunData
    from trainer.training.teacher import build_teacher

    settings = TeacherSettings(dim=DIM)
    chosen = replace(
        settings.training,
        history_steps=50,
        click_epochs=1.0,
        batch=batch,
        dropout=0.2,
        history_length=HISTORY,
        history_negatives=10,
        click_negatives=10,
    )

    def tiny() -> Impressions:
        pairs = Ragged(np.arange(4, dtype=np.int32), np.array([0, 2, 4]))
        return Impressions(["a", "b"], np.arange(2), np.zeros(2, np.int64), pairs, pairs, np.arange(4) % 2 == 0)

    def fit(model: object, source: object, published_s: np.ndarray) -> int:
        rng = np.random.default_rng(seed)
        histories = HistoryBatches(source, chosen.history_length, chosen.history_negatives)
        train_on_histories(model, histories, chosen, rng, lambda steps: None)
        clicks = ClickBatches(source, published_s, chosen.history_length, chosen.click_negatives)
        train_on_clicks(model, clicks, chosen, rng, lambda steps: None)
        return chosen.history_steps + click_steps(clicks, chosen)

    def built(rows: np.ndarray) -> object:
        keras.utils.set_random_seed(seed)
        vectors = np.load(place / VECTORS_FILE)
        return build_teacher(
            FrozenVectors([vectors], rows),
            rows,
            np.zeros(len(vectors), np.int64),
            1,
            replace(settings, training=chosen),
        )

    every = np.arange(ARTICLES, dtype=np.int32)
    warm = built(every)
    fit(warm, tiny(), np.full(ARTICLES, np.nan))
    score_impressions(warm, tiny(), np.full(ARTICLES, np.nan), chosen.history_length)
    before = _taken_mib("VmData")
    if limit_mib:
        resource.setrlimit(resource.RLIMIT_DATA, (int((before + limit_mib) * 2**20),) * 2)
    resident, begin = _taken_mib("VmRSS"), time.process_time()
    data = RunData(load_dataset(place, window or None), ())
    model = built(data.rows)
    published_s = published_seconds(data.dataset.articles)
    steps = fit(model, data.dataset.source, published_s)
    dev = Stream(place, checked_manifest(place), SAMPLE * MEASURED).sample(is_dev=True)
    scores = score_impressions(model, dev, published_s, chosen.history_length)
    ndcg10 = float(np.nanmean(measure(scores, dev)["ndcg10"]))
    return Trained(window, seed, ndcg10, _taken_mib("VmHWM") - resident, time.process_time() - begin, steps)


def train_apart(place: Path, window: int, seed: int = 0, limit_mib: int = 0, batch: int = 128) -> Trained | str:
    """`train` in a process of its own; the last line of what it says where it dies."""
    command = job_command("benchmarks.streamed_training", place, window, seed, limit_mib, batch)
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        said = done.stderr.strip().splitlines()
        return f"status {done.returncode}: {said[-1] if said else 'nothing said'}"
    return Trained(**json.loads(done.stdout.splitlines()[-1]))


def job_command(module: str, place: Path, *numbers: int) -> list[str]:
    """What lets a benchmark train in a process of its own: the arguments of its `train`."""
    return [sys.executable, "-m", module, "--job", json.dumps([str(place), *numbers])]


def parsed_or_done(parser: argparse.ArgumentParser, train: Callable[..., Any]) -> argparse.Namespace:
    """The options of a benchmark that trains in processes of their own.

    Args:
        parser: With what is the benchmark's alone.
        train: Called in such a process with what `job_command` was given; what it found is printed, and the process
            ends.
    """
    parser.add_argument("--batch", type=int, default=128, help="clicks of a step, of all processes together")
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "edge-news-scale")
    parser.add_argument("--job", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if not options.job:
        return options
    place, *numbers = json.loads(options.job)
    print(json.dumps(asdict(train(Path(place), *numbers))))
    raise SystemExit(0)


def _taken_mib(name: str) -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:")) / 1024


def main() -> None:
    """Make the log, train on it in each way and print a line for each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--impressions", type=int, default=200_000)
    parser.add_argument("--window", type=int, nargs="+", default=[0, 50_000], help="0: the whole log in memory")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0])
    parser.add_argument("--limit", type=int, default=0, help="MiB of memory beyond TensorFlow's; 0: none")
    options = parsed_or_done(parser, train)
    place = make_dataset(options.folder, options.impressions, max(1, options.impressions // 45_000))
    for seed in options.seeds:
        for window in options.window:
            found = train_apart(place, window, seed, options.limit, options.batch)
            print(json.dumps(found if isinstance(found, str) else asdict(found)), flush=True)


if __name__ == "__main__":
    main()
