"""A process for each candidate: what it says, and what is left of one that ends before its time."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from trainer.errors import TrainingError
from trainer.search.candidates import Task, train_apart
from trainer.search.workshop import Workshop
from trainer.student_steps.recipe import recipe_from

STUDENT = {"vocabulary_size": 1_000, "token_dim": 16, "hidden": 0}

pytestmark = pytest.mark.usefixtures("long")


@pytest.fixture
def task(begun, tmp_path: Path) -> Callable[..., Task]:
    def make(*steps: dict[str, object]) -> Task:
        recipe = recipe_from({"student": STUDENT, "step": [*steps, {"method": "quantize"}]}, "here")
        pieces = Workshop(begun.run, None).pieces(1_000)
        return Task(recipe, pieces, 1, 0.05, tmp_path / "c" / "one.bundle")

    return make


def kill(ndcg: float) -> None:
    (child,) = multiprocessing.active_children()
    os.kill(child.pid or 0, signal.SIGKILL)


def test_a_candidate_is_measured_in_a_process_that_is_gone_afterwards(begun, task):
    halfway: list[float] = []
    (one := task()).bundle.parent.mkdir()
    facts = train_apart(begun.run.out, begun.settings, one, halfway.append)
    assert facts.bytes == one.bundle.stat().st_size
    assert len(halfway) == 1 and 0 < halfway[0] < 1
    assert not multiprocessing.active_children()


def test_a_process_that_is_ended_costs_one_candidate_and_what_stops_one_ends_its_process(begun, task):
    with pytest.raises(TrainingError, match=r"its process ended with signal 9 \(Killed\); look whether memory ran out"):
        train_apart(begun.run.out, begun.settings, task(), kill)

    def interrupt(ndcg: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train_apart(begun.run.out, begun.settings, task(), interrupt)
    assert not multiprocessing.active_children()


def test_what_goes_wrong_in_the_process_is_told_here(begun, task, tmp_path):
    with pytest.raises(TrainingError, match=r"nothing: .*edge-news-trainer prepare|not a prepared dataset"):
        train_apart(tmp_path / "nothing", begun.settings, task())
