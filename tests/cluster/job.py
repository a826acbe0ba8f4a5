"""A made-up log, prepared in many small pieces; run as a program, on a cluster: `python job.py ENGINE ADDRESS FOLDER`.

Its functions reach the workers by value, as those of a program's main module do.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from tests.trainer.data.test_prepare import random_log, write_articles, write_rows
from trainer.clusters.choice import open_runner
from trainer.data import prepare as preparation
from trainer.data.catalogue import encode_catalogue
from trainer.data.log_table import Division
from trainer.data.prepare import LogFiles, OpenRunner, prepare
from trainer.text_vectors.catalogue import TextEncoding

ROWS = 1_200
MACHINE = "EDGE_NEWS_TEST_MACHINE"  # the variable that tells all processes of a machine


def make_log(folder: Path, files: int = 3) -> LogFiles:
    """The same impressions in any number of files."""
    rows = random_log(11, ROWS)
    logs = [write_rows(folder / f"log-{files}-{part}.jsonl", rows[part::files]) for part in range(files)]
    return LogFiles([write_articles(folder / "articles.jsonl")], logs)


@contextmanager
def divided(buckets: int, block_bytes: int = 8_000) -> Iterator[None]:
    """Prepare in small pieces: some 170,000 bytes of log, so 21 and more."""
    usual = preparation.read_log
    preparation.read_log = partial(usual, division=Division(ROWS // buckets, block_bytes=block_bytes))  # type: ignore
    try:
        yield
    finally:
        preparation.read_log = usual


def hash_of(files: LogFiles, out: Path, runner: OpenRunner | None = None, buckets: int = 7) -> str:
    """Of the dataset; one process, if no runner is given."""
    with divided(buckets):
        return prepare(files, out, "made up", "CC0", workers=1, open_runner=runner).sha256


def catalogue_bytes(folder: Path, runner: OpenRunner) -> dict[str, bytes]:
    """All files of the text vectors of 2,000 titles in eight pieces and more."""
    articles = write_articles(folder / "articles.jsonl", 2_000)
    out = folder / f"vectors-{len(list(folder.iterdir()))}"
    encode_catalogue([articles], TextEncoding.of("wordllama"), out, runner, 0.0, block_bytes=10_000)
    return {str(path.relative_to(out)): path.read_bytes() for path in out.rglob("*") if path.is_file()}


def leftovers(out: Path) -> list[str]:
    """Files in or beside a dataset that are not of it."""
    return [str(path) for path in out.parent.rglob("*.partial*")]


def noted(seen: Path, function: Callable[[Any], Any], task: Any) -> Any:
    """In a worker: leave word of the machine, take a while, and do the task."""
    (seen / os.environ.get(MACHINE, "unknown")).touch()
    time.sleep(0.3)
    return function(task)


def noting(make: OpenRunner, seen: Path) -> OpenRunner:
    """The same runner, whose workers leave word."""

    def opened(folder: Path) -> Any:
        runner: Any = make(folder)
        usual = runner.map
        runner.map = lambda function, tasks: usual(partial(noted, seen, function), tasks)
        return runner

    return opened


if __name__ == "__main__":
    engine, address, place = sys.argv[1], sys.argv[2], Path(sys.argv[3])
    chosen = {"ray": "ray_address", "spark": "spark_master"}[engine]
    (place / "seen").mkdir(exist_ok=True)
    made = noting(open_runner(engine, **{chosen: address}), place / "seen")
    print(hash_of(make_log(place), place / "out", made))
