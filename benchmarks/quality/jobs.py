"""The pieces of work, each in a process of its own: what one of them breaks or leaves in memory touches no other.

Every piece takes and returns what can be sent between processes, and leaves its large results in files.
"""

from __future__ import annotations

import logging
import os
import resource
import shutil
import threading
import time
import traceback
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import connection, get_context, parent_process
from pathlib import Path
from typing import Any

import numpy as np

from trainer.baselines.suite import run_baselines
from trainer.cli.command_line import progress_bar
from trainer.data.dataset import load_dataset, open_stream
from trainer.data.texts import student_texts
from trainer.measure.evaluation import score_bundle
from trainer.run.stages import BUNDLE_FILE, STAGES, Run
from trainer.run.workspace import STATE_FILE, Workspace
from trainer.settings.config import RunSettings
from trainer.text_vectors import text_vectors
from trainer.text_vectors.sizes import ENCODER_PARAMETERS

Work = Callable[..., dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a piece of work."""

    facts: dict[str, Any] | None  # None: it failed
    error: str  # with the traceback
    seconds: float  # of the clock, without starting the process
    peak_mib: float  # most memory that its process, or one of that process's own, ever held


Apart = Callable[..., Outcome]  # takes the work and its arguments


def run_apart(work: Work, *arguments: Any) -> Outcome:
    """Do some work in a fresh process, which ends with this one."""
    with ProcessPoolExecutor(1, get_context("spawn"), initializer=_begin_process) as pool:
        try:
            return pool.submit(attempt, work, *arguments).result()
        except BrokenProcessPool as error:
            return Outcome(None, f"the process was killed, perhaps for lack of memory: {error}", 0.0, 0.0)


def attempt(work: Work, *arguments: Any) -> Outcome:
    """Do some work here, and take whatever it raises for an answer."""
    begin = time.monotonic()
    facts, error = None, ""
    try:
        facts = work(*arguments)
    except Exception:  # told at the end: the other pieces are worth having
        error = traceback.format_exc()
    seconds = round(time.monotonic() - begin, 1)
    peak_kib = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return Outcome(facts, error, seconds, round(peak_kib / 1024, 1))


def train(
    out: Path, start: Path | None, shared: str, vectors: Path, settings: RunSettings, until: str
) -> dict[str, Any]:
    """Do the stages of one run.

    Args:
        out: Its folder.
        start: A folder of a finished run whose dataset and teacher are used as far as they fit; None: from the log.
        shared: The last stage whose result in `start` fits.
        vectors: The folder of text vectors that all runs use.
        settings: Of the run.
        until: Its last stage.

    Returns:
        Seconds of each stage, and what it measured.
    """
    if start:
        _begin_from(out, start, shared)
    out.mkdir(parents=True, exist_ok=True)
    vectors.mkdir(parents=True, exist_ok=True)
    if not (out / "vectors").exists():
        (out / "vectors").symlink_to(os.path.relpath(vectors, out), target_is_directory=True)
    run = Run(out, settings, progress_bar)
    done = STAGES[: STAGES.index(until) + 1]
    for stage in done:
        print(f"    {stage}", flush=True)
        getattr(run, stage)()
    space = Workspace(out)
    return {stage: {"seconds": space.seconds(stage), **space.facts(stage)} for stage in done}


def encode_texts(kind: str, dataset: Path, vectors: Path, seed: int) -> dict[str, Any]:
    """Make text vectors before any run needs them, so that no run's time has them in it."""
    articles = load_dataset(dataset).articles
    with progress_bar(f"text vectors: {Path(kind).name}", len(articles)) as step:
        found = text_vectors(kind, articles, vectors, seed, step)
    return {"articles": len(found), "dim": found.shape[1]}


def train_baseline(name: str, dataset: Path, kind: str, vectors: Path, seed: int, scores: Path) -> dict[str, Any]:
    """Train and score one of `BASELINES`."""
    data = open_stream(dataset, with_dev=True)
    with progress_bar(f"text vectors: {Path(kind).name}", len(data.articles)) as step:
        texts = text_vectors(kind, data.articles, vectors, seed, step)
    (result,) = run_baselines(
        data, texts, seed, [name], lambda line: print(f"    {line}", flush=True), ENCODER_PARAMETERS.get(kind, 0)
    )
    _save(scores, result.scores)
    return {
        "title": result.name,
        "parameters": result.parameters,
        "size_bytes": result.size_bytes,
        "training_s": round(result.training_s, 1),
    }


def score_readable(run: Path, languages: tuple[str, ...], readable_in: str, scores: Path) -> dict[str, Any]:
    """Score a bundle, reading its own languages, on the lists and histories of what has text in another one.

    Args:
        run: The folder of the bundle.
        languages: That the bundle reads, the main one first.
        readable_in: The other language.
        scores: Where the scores go.
    """
    data = load_dataset(run / "dataset")
    dev = data.dev.restricted(data.has_text(readable_in))
    with progress_bar(f"lists that have text in {readable_in}", len(dev)) as step:
        found = score_bundle(run / BUNDLE_FILE, student_texts(data, languages).articles, dev, step)
    _save(scores, found)
    return {"impressions": len(dev)}


def _begin_from(out: Path, start: Path, shared: str) -> None:
    """Make a run's folder of another's dataset and teacher, unless it is one already."""
    if (out / STATE_FILE).exists() and _has_stage(out, start, shared):
        return
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    shutil.copytree(start / "dataset", out / "dataset", copy_function=os.link)
    for path in start.glob("teacher*.npz"):
        os.link(path, out / path.name)  # replaced, never written into, when it is trained anew
    shutil.copy(start / STATE_FILE, out)


def _has_stage(out: Path, start: Path, stage: str) -> bool:
    ours, theirs = (Workspace(folder) for folder in (out, start))
    return bool(ours.seconds(stage)) and ours.key(stage) == theirs.key(stage)


def _save(path: Path, scores: np.ndarray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial.npy")
    np.save(partial, scores)
    partial.replace(path)


def _begin_process() -> None:
    """End with the parent: one left behind would go on writing into the folders of the next study."""
    logging.getLogger("tensorflow").setLevel(logging.ERROR)  # its advice on tracing is not for the one who trains
    parent = parent_process()
    assert parent is not None

    def watch() -> None:
        connection.wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
