"""Training a teacher on one process and on several: the same losses and weights, and what it takes.

python -m benchmarks.many_processes --processes 1 2

Keras' `fit` does not work under `tf.distribute.MultiWorkerMirroredStrategy`; a loop of our own does. The model and the
optimizer are made in the strategy's scope. Each process draws the same batches and takes its share of the rows. A loss
is a sum over rows, divided by the rows of all processes, so that the gradients of the processes add up.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.streamed_training import (
    DIM,
    HISTORY,
    VECTORS_FILE,
    job_command,
    make_dataset,
    parsed_or_done,
)
from trainer.data.batches import ClickBatches
from trainer.data.dataset import load_dataset

RATE = 1e-3


@dataclass(frozen=True, slots=True)
class Trained:
    """What a training gave; every process of it finds the same."""

    processes: int
    losses: tuple[float, ...]  # of each step
    weights: tuple[float, ...]  # sum of absolute values of each trained array
    wall_s: float  # of the steps after the first
    cpu_s: float  # of this process, likewise


def train(place: Path, steps: int, batch: int) -> Trained:
    """Train in this process, one of those that TF_CONFIG names; without it, alone.

    Args:
        place: A dataset of `make_dataset`.
        steps: Of clicks, in one epoch.
        batch: Rows of all processes together, a multiple of their number.
    """
    # Starting TensorFlow takes seconds; the process that starts the others needs none of it.
    import keras
    import tensorflow as tf

    from trainer.models.text_input import FrozenVectors
    from trainer.settings.config import TeacherSettings, TrainingSettings
    from trainer.training.teacher import build_teacher

    task = json.loads(os.environ.get("TF_CONFIG", "{}"))
    processes, rank = (len(task["cluster"]["worker"]), task["task"]["index"]) if task else (1, 0)
    # Before anything else is computed, or the processes do not find each other.
    strategy = tf.distribute.MultiWorkerMirroredStrategy() if task else tf.distribute.get_strategy()
    keras.utils.set_random_seed(0)
    data, vectors = load_dataset(place), np.load(place / VECTORS_FILE)
    rows = data.training_rows()
    # Dropout would draw other masks in each process.
    settings = TeacherSettings(dim=DIM, training=TrainingSettings(dropout=0.0))
    with strategy.scope():
        text = FrozenVectors([vectors], rows)
        model = build_teacher(text, rows, np.zeros(len(vectors), np.int64), 1, settings)
        model(
            np.zeros((1, 2), np.int32), np.zeros((1, HISTORY), np.int32), np.zeros((1, 2), np.float32), use_prior=True
        )
        weights = [*model.head.trainable_weights, *model.article_encoder.trainable_weights]
        optimizer = keras.optimizers.Adam(RATE)
        optimizer.build(weights)

    def one(candidates: tf.Tensor, history: tf.Tensor, ages_s: tf.Tensor) -> tf.Tensor:
        with tf.GradientTape() as tape:
            scores = model(tf.maximum(candidates, 0), history, ages_s, training=True, use_prior=True)
            scores += tf.where(candidates < 0, -1e9, 0.0)
            loss = -tf.reduce_sum(tf.nn.log_softmax(scores, axis=1)[:, 0]) / batch
        values = [weight.value for weight in weights]
        gradients = tape.gradient(loss, values)
        found = [(g, w) for g, w in zip(gradients, weights, strict=True) if g is not None]
        optimizer.apply([tf.convert_to_tensor(g) for g, _ in found], [w for _, w in found])
        return loss

    @tf.function
    def step(candidates: tf.Tensor, history: tf.Tensor, ages_s: tf.Tensor) -> tf.Tensor:
        return strategy.reduce("SUM", strategy.run(one, args=(candidates, history, ages_s)), axis=None)

    published_s = np.full(len(vectors), np.nan)
    share, losses, since = batch // processes, [], (0.0, 0.0)
    drawn = ClickBatches(data.source, published_s, HISTORY, 10).epoch(batch, np.random.default_rng(0))
    for _, found in zip(range(steps), drawn, strict=False):
        mine = found.taken(np.arange(rank * share, (rank + 1) * share))
        losses.append(float(step(*map(tf.constant, (mine.candidates, mine.history, mine.ages_s)))))
        if len(losses) == 1:
            since = time.perf_counter(), time.process_time()
    sums = tuple(float(np.abs(weight.numpy()).sum()) for weight in weights)
    wall_s, cpu_s = time.perf_counter() - since[0], time.process_time() - since[1]
    return Trained(processes, tuple(losses), sums, wall_s, cpu_s)


def train_on(place: Path, processes: int, steps: int, batch: int) -> list[Trained]:
    """Train on so many processes of this machine; what each of them found."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(processes)]
    addresses = [f"127.0.0.1:{one.getsockname()[1]}" for one in sockets]
    for one in sockets:
        one.close()
    command = job_command("benchmarks.many_processes", place, steps, batch)
    started = []
    for rank in range(processes):
        config = {"cluster": {"worker": addresses}, "task": {"type": "worker", "index": rank}}
        named = {"TF_CONFIG": json.dumps(config)} if processes > 1 else {}
        started.append(subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ | named))
    printed = [child.communicate()[0] for child in started]
    if any(child.returncode for child in started):
        raise SystemExit(f"a process ended with status {[child.returncode for child in started]}; see above")
    found = (json.loads(text.splitlines()[-1]) for text in printed)
    return [Trained(**{name: tuple(v) if isinstance(v, list) else v for name, v in one.items()}) for one in found]


def main() -> None:
    """Train on each number of processes and print a line for each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--processes", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--steps", type=int, default=100)
    options = parsed_or_done(parser, train)
    place = make_dataset(options.folder, 20_000, 2)
    for processes in options.processes:
        found = train_on(place, processes, options.steps, options.batch)
        wall_s, cpu_s = max(one.wall_s for one in found), sum(one.cpu_s for one in found)
        last = {"loss": found[0].losses[-1], "weights": sum(found[0].weights)}
        print(json.dumps({"processes": processes, "wall_s": wall_s, "cpu_s": cpu_s, **last}), flush=True)


if __name__ == "__main__":
    main()
