"""The journal of a search: what was finished is kept, what was under way is begun again."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

from trainer.search.space import describe, propose, starts
from trainer.search.study import Study, note_halfway, note_training

KILLED = """
import os, signal, sys
from pathlib import Path
from trainer.search.study import Study
from trainer.search.space import propose
trial = Study(Path(sys.argv[1]), "key", 5, None).ask()
propose(trial)
os.kill(os.getpid(), signal.SIGKILL)
"""


def facts(size, ndcg):
    interval = {"mean": ndcg, "low": ndcg, "high": ndcg}
    return {
        "bytes": size,
        "finished_bytes": size,
        "encode_us": 10.0,
        "rank_us": 900.0,
        "auc": interval,
        "ndcg10": interval,
    }


def go_on(study, count):
    """Proposals, each answered with figures that depend on it alone."""
    lines = []
    for _ in range(count):
        trial = study.ask()
        recipe = propose(trial)
        lines.append(describe(recipe))
        note_training(trial, recipe)
        note_halfway(trial, 0.3)
        size = recipe.student["vocabulary_size"] * recipe.student["token_dim"]
        study.complete(trial, facts(size, 0.3 + recipe.student["hidden"] / 1000), 2.0)
    return lines


@pytest.fixture
def path(tmp_path):
    return tmp_path / "search.journal"


def test_the_same_seed_proposes_the_same_and_another_one_does_not(tmp_path):
    count = len(starts()) + 12  # beyond those drawn at random
    runs = [go_on(Study(tmp_path / f"{n}.journal", "key", seed, None), count) for n, seed in enumerate((5, 5, 6))]
    assert runs[0] == runs[1]
    assert runs[0][: len(starts())] == runs[2][: len(starts())]
    assert runs[0][len(starts()) :] != runs[2][len(starts()) :]


def test_a_search_in_two_parts_proposes_what_one_in_one_part_does(tmp_path):
    whole = go_on(Study(tmp_path / "whole.journal", "key", 5, None), 8)
    first = go_on(Study(tmp_path / "parts.journal", "key", 5, None), 5)
    study = Study(tmp_path / "parts.journal", "key", 5, None)
    assert first + go_on(study, 3) == whole
    assert (study.num_trained(), study.seconds()) == (8, 16.0)


def left(path):
    """A candidate that was proposed, and then nothing more."""
    propose(Study(path, "key", 5, None).ask())


def killed(path):
    """The same in a process that died of it."""
    process = subprocess.run([sys.executable, "-c", KILLED, str(path)], capture_output=True, text=True)
    assert process.returncode == -signal.SIGKILL, process.stderr


@pytest.mark.parametrize("end", [left, pytest.param(killed, marks=pytest.mark.long)])
def test_a_candidate_that_was_killed_is_begun_again_and_finished_ones_are_not(path, end):
    done = len(starts()) + 1
    go_on(Study(path, "key", 5, None), done)
    end(path)
    study = Study(path, "key", 5, None)
    assert study.num_trained() == done
    trial = study.ask()
    propose(trial)
    earlier = [found.params for found in trial.study.get_trials()]
    assert trial.params == earlier[done]
    assert trial.params not in earlier[:done]


def test_a_line_that_was_never_written_to_its_end_is_forgotten(path):
    go_on(Study(path, "key", 5, None), 2)
    whole = path.read_bytes()
    path.write_bytes(whole + b'{"op_code":')
    assert Study(path, "key", 5, None).num_trained() == 2
    assert path.read_bytes()[: len(whole)] == whole


def test_refused_candidates_are_not_counted_as_trained_but_broken_ones_are(path):
    study = Study(path, "key", 5, None)
    refused, broken = study.ask(), study.ask()
    study.leave(refused, "at least 1,000,000 bytes", 0.1)
    note_training(broken, propose(broken))
    study.leave(broken, "the loss became nan", 3.0, failed=True)
    assert (study.num_trained(), study.measured()) == (1, [])


def test_another_key_begins_anew_in_the_same_file(path):
    go_on(Study(path, "key", 5, None), 2)
    assert Study(path, "other", 5, None).num_trained() == 0
    assert Study(path, "key", 5, None).num_trained() == 2


def test_full_trainings_are_kept_with_their_recipe(path):
    study = Study(path, "key", 5, None)
    go_on(study, 2)
    study.add_full(1, 5, facts(90, 0.41), 7.0)
    (full,) = Study(path, "key", 5, None).full()
    assert (full.name, full.trial, full.seed, full.bytes, full.share) == ("trial-1-full-5", 1, 5, 90, 1.0)
    assert full.recipe == study.measured()[1].point.recipe
    assert study.seconds() == 2 * 2.0 + 7.0
