"""A process for each candidate: what TensorFlow keeps of a training, up to 150 MiB, goes with it.

Nothing was found that gives it back within a process. Memory that runs out costs one candidate, not the search.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from edge_runtime import EdgeError
from trainer.data.runner import no_main_module
from trainer.errors import CompressionError, TrainerError, TrainingError
from trainer.run.stages import Run
from trainer.search.workshop import CandidateFacts, Workshop
from trainer.settings.config import RunSettings
from trainer.student_steps.recipe import Recipe


@dataclass(frozen=True, slots=True)
class Task:
    """One training of one candidate."""

    recipe: Recipe
    pieces: list[str]  # the vocabulary of the recipe's size
    seed: int  # see `Workshop.train`, as for share
    share: float
    bundle: Path  # where the file goes


@dataclass(frozen=True, slots=True)
class _Halfway:
    ndcg: float


@dataclass(frozen=True, slots=True)
class _Failed:
    text: str
    is_misfit: bool  # a step does not fit the student


def train_apart(
    out: Path, settings: RunSettings, task: Task, halfway: Callable[[float], object] = lambda ndcg: None
) -> CandidateFacts:
    """Train and measure a candidate in a process of its own.

    Args:
        out: The run's folder, with dataset and teacher.
        settings: Of the run.
        task: What to train.
        halfway: See `Workshop.train`; what it raises ends the training.

    Raises:
        CompressionError: A step does not fit the student.
        TrainingError: The training failed, or its process was ended.
    """
    # Spawned: a process that was forked from one in which TensorFlow runs can hang.
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    child = context.Process(target=_work, args=(theirs, out, settings, task), daemon=True)
    with no_main_module():
        child.start()
    theirs.close()
    try:
        while not isinstance(said := _said(ours), CandidateFacts):
            if isinstance(said, _Halfway):
                halfway(said.ndcg)
                ours.send(None)
            elif said is None:
                child.join()
                raise TrainingError(
                    f"its process ended with {_cause(child.exitcode or 0)}; look whether memory ran out"
                )
            else:
                raise (CompressionError if said.is_misfit else TrainingError)(said.text)
        return said
    finally:
        child.kill()  # TensorFlow takes a second to tear itself down
        child.join()
        ours.close()


def _said(ours: Connection) -> CandidateFacts | _Halfway | _Failed | None:
    """What the process said; None if it has ended."""
    try:
        said: CandidateFacts | _Halfway | _Failed = ours.recv()
    except (EOFError, ConnectionError):
        return None
    return said


def _cause(status: int) -> str:
    return f"signal {-status} ({signal.strsignal(-status)})" if status < 0 else f"exit status {status}"


def _work(theirs: Connection, out: Path, settings: RunSettings, task: Task) -> None:
    # An interrupt at the keyboard is for the parent, which then ends this process.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()

    def halfway(ndcg: float) -> None:
        theirs.send(_Halfway(ndcg))
        theirs.recv()

    try:
        workshop = Workshop(Run(out, settings, lambda title, steps: contextlib.nullcontext(lambda step: None)), None)
        workshop.know(task.recipe.student["vocabulary_size"], task.pieces)
        student = workshop.train(task.recipe, task.seed, task.share, halfway)
        theirs.send(workshop.measure(task.recipe, student, task.seed, task.bundle))
    except (TrainerError, EdgeError, ValueError) as error:
        theirs.send(_Failed(str(error), isinstance(error, CompressionError)))


def _end_with_parent() -> None:
    """A search that was killed is begun again: nothing of it may go on."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
