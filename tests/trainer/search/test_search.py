"""A search from the log to the bundle, on simulated readers and with few steps; interrupted, and gone on with."""

from __future__ import annotations

import argparse
import itertools
import json
import re
import shutil

import pytest
from pytest import approx

from edge_runtime import read_bundle
from trainer.cli.command_line import main, progress_bar
from trainer.errors import ConfigError, TrainingError
from trainer.export.bundle import export_bundle
from trainer.run.size_front import MOST_OTHERS, POINT_BYTES
from trainer.search import finals, search, space, study
from trainer.search.budgets import Budget, BudgetError
from trainer.search.command import add_search_command
from trainer.search.search import Effort, RecipeSearch
from trainer.search.size_bound import measure_bound
from trainer.search.targets import TargetError
from trainer.search.workshop import Workshop
from trainer.student_steps.recipe import load_recipe, recipe_from

MAX_BYTES = 60_000


def small_start(vocabulary, hidden, table):
    return {
        "vocabulary": space.VOCABULARIES.index(vocabulary),
        "token_dim": 16,
        "hidden": hidden,
        "pooling": "both",
        "step 1": space.NOTHING,
        "step 2": space.NOTHING,
        "step 3": space.NOTHING,
        "table": table,
        "encoders": "int8",
    }


@pytest.fixture(scope="module", autouse=True)
def small_beginnings():
    """The search begins with two small candidates and one that is too large, and trains one of them in full."""
    starts = [small_start(1_000, 0, "int8"), small_start(45_000, 96, "float16"), small_start(1_400, 16, "int4")]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(study, "starts", lambda: starts)
        patch.setattr(finals, "FINALISTS", 1)
        patch.setattr(search, "FINALISTS", 1)
        yield


def make_search(out, settings, say=lambda line: None, **given):
    effort = Effort(**{name: given.pop(name) for name in ("trials", "minutes", "most_broken") if name in given})
    clock = itertools.count()  # a second passes between two looks at it
    return RecipeSearch(out, settings, Budget(**given), effort, None, progress_bar, say, lambda: float(next(clock)))


@pytest.fixture(scope="module")
def searched(begun, small_beginnings, tmp_path_factory, long):
    """A search that was interrupted after its first candidate and begun again: folder, lines, first front, winner."""
    out, lines = begun.copy(tmp_path_factory.mktemp("search") / "out"), []

    def interrupt(line):
        lines.append(line)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make_search(out, begun.settings, interrupt, max_bytes=MAX_BYTES, trials=2).all()
    first = json.loads((out / "front.json").read_text())
    best = make_search(out, begun.settings, lines.append, max_bytes=MAX_BYTES, trials=2).all()
    return out, lines, first, best


def names_of(front):
    return [point["name"] for point in front["points"]]


def test_an_interrupted_search_leaves_its_front_and_goes_on_where_it_was(searched):
    out, lines, first, _ = searched
    assert (names_of(first), first["best"]) == (["trial-0"], None)
    # trial-1 is the one that is too large: it is refused without a word
    assert [line.partition(":")[0] for line in lines[:2]] == ["trial-0", "trial-2"]
    assert "-full-" in lines[2] and len(lines) == 3
    assert names_of(json.loads((out / "front.json").read_text()))[:2] == ["trial-0", "trial-2"]


def test_the_winner_meets_the_budget_and_its_recipe_can_be_run(searched):
    out, _, _, best = searched
    bundle = read_bundle(out / "news.bundle")
    assert bundle.size_bytes == best.bytes <= MAX_BYTES
    assert bundle.card and bundle.head.popularity is not None  # through the usual stages
    assert recipe_from(best.recipe, "best") == load_recipe(str(out / "recipe.toml"))
    front = json.loads((out / "front.json").read_text())
    assert (front["best"], front["unmet"], front["budget"]["max_bytes"]) == ("news", [], MAX_BYTES)
    assert all((out / point["bundle"]).stat().st_size == point["bytes"] for point in front["points"])


def test_what_was_trained_in_full_is_as_large_and_good_as_what_the_stages_of_a_run_make(searched):
    out, _, _, best = searched
    points = json.loads((out / "front.json").read_text())["points"]
    (full,) = (point for point in points if point["share"] == 1 and point["name"] != "news")
    assert best.ndcg == approx(full["ndcg10"]["mean"], abs=0.03)
    # The winner has a card and figures, whose size was told before; deflated weights differ from training to training.
    assert full["bytes"] < best.bytes
    assert best.bytes + MOST_OTHERS * POINT_BYTES == approx(full["finished_bytes"], abs=600)  # no other was in full
    carried = read_bundle(out / "news.bundle").manifest.front
    assert [point.name for point in carried.points][carried.own] == recipe_from(best.recipe, "best").steps[-1].method


def test_a_search_that_is_done_does_nothing_again(searched, begun):
    out, _, _, best = searched
    lines = []
    again = make_search(out, begun.settings, lines.append, max_bytes=MAX_BYTES, trials=2).all()
    assert (again.trial, again.bytes, lines) == (best.trial, best.bytes, [])
    # nor one whose time is up: a hundredth of a minute is less than one look at the clock takes
    again = make_search(out, begun.settings, lines.append, max_bytes=MAX_BYTES, minutes=0.01).all()
    assert (again.trial, lines) == (best.trial, [])


def test_a_budget_that_no_candidate_meets_is_told_with_numbers_and_leaves_what_there_is(searched, begun, tmp_path):
    out = shutil.copytree(searched[0], tmp_path / "out")
    before = (out / "news.bundle").read_bytes()
    with pytest.raises(
        BudgetError, match=r"no bundle meets the budget.*--min-ndcg 0.99: 0\.\d+, .*best nDCG@10 seen 0"
    ):
        make_search(out, begun.settings, max_bytes=MAX_BYTES, min_ndcg=0.99, trials=2).all()
    front = json.loads((out / "front.json").read_text())
    assert (front["best"], len(front["unmet"]), len(front["points"])) == (None, 1, 3)
    assert (out / "news.bundle").read_bytes() == before


def test_candidates_whose_training_diverges_are_passed_over_until_all_do(searched, begun, tmp_path, monkeypatch):
    out, lines = shutil.copytree(searched[0], tmp_path / "out"), []

    def diverge(*given):
        raise TrainingError("the loss became nan")

    monkeypatch.setattr(search, "train_apart", diverge)
    with pytest.raises(TrainingError, match=r"2 candidates in a row failed, the last one: .*loss became nan"):
        make_search(out, begun.settings, lines.append, max_bytes=MAX_BYTES, trials=50, most_broken=2).all()
    assert len(lines) == 2 and all("failed: the loss became nan; best trial-" in line for line in lines)


@pytest.mark.usefixtures("long")
def test_a_budget_below_the_smallest_bundle_is_refused_before_the_teacher_is_trained(begun, tmp_path, capsys):
    out = begun.copy(tmp_path / "out")
    (out / "teacher.npz").unlink()
    assert main(["search", "--out", str(out), "--max-bytes", "3000"]) == 1
    said = capsys.readouterr().err
    assert re.search(r"--max-bytes 3,000: .* has at least \d,\d{3} bytes, \d,\d{3} of them for manifest", said)
    assert not (out / "teacher.npz").exists()


def test_an_interrupted_command_says_so(begun, searched, monkeypatch, capsys):
    def interrupt(search, bound):
        raise KeyboardInterrupt

    monkeypatch.setattr(RecipeSearch, "_explore", interrupt)
    assert main(["search", "--out", str(searched[0]), "--max-bytes", str(MAX_BYTES)]) == 130
    assert "the same command goes on" in capsys.readouterr().err


CANDIDATES = [
    [
        {"method": "prune-units", "keep": 0.5},
        {"method": "quantize", "table": "parts", "parts": 4, "encoders": "float16"},
    ],
    [{"method": "prune-weights", "sparsity": 0.9}, {"method": "quantize", "table": "int4", "encoders": "dynamic"}],
    [{"method": "prune-vocabulary", "keep": 0.4}, {"method": "factorize-table", "rank": 8}, {"method": "quantize"}],
]


@pytest.mark.usefixtures("long")
def test_no_candidate_is_smaller_than_its_bound_and_none_below_the_bound_of_all(begun, searched, tmp_path):
    workshop = Workshop(begun.run, None)
    pieces = workshop.pieces(1_000)
    bound = measure_bound(workshop.data, 64, workshop.origin(1), pieces, tmp_path / "smallest.bundle")
    found = []
    for number, steps in enumerate(CANDIDATES):
        student = {"vocabulary_size": 1_000, "token_dim": 16, "hidden": 32}
        recipe = recipe_from({"student": student, "step": steps}, "here")
        untrained = workshop.train(recipe, 1, 0.0, lambda ndcg: None)
        path = tmp_path / f"{number}.bundle"
        export_bundle(untrained, workshop.origin(1), path)
        found.append((bound.of(recipe, pieces), path.stat().st_size))
    for point in json.loads((searched[0] / "front.json").read_text())["points"]:
        recipe = recipe_from(point["recipe"], "there")
        found.append((bound.of(recipe, workshop.pieces(recipe.student["vocabulary_size"])), point["bytes"]))
    assert all(bound.smallest(pieces) <= least <= size for least, size in found)
    assert found[-1][0] > 0.6 * found[-1][1]  # of the winner, whose card alone is more than a kilobyte


def parsed(*arguments):
    parser = argparse.ArgumentParser()
    add_search_command(
        parser.add_subparsers(), lambda command: command.add_argument("--out"), lambda options: None, progress_bar
    )
    return parser.parse_args(["search", "--out", "here", *arguments])


def test_a_pi_as_target_is_refused_where_its_instructions_cannot_be_counted(monkeypatch):
    monkeypatch.setenv("PATH", "")
    options = parsed("--target", "pi4", "--max-bytes", "1000")
    with pytest.raises(TargetError, match="--target pi4 counts ARM instructions with pi-chroot, which is not on PATH"):
        options.call(options)


def test_instructions_are_not_limited_without_a_pi():
    options = parsed("--max-encode-instructions", "1000")
    with pytest.raises(ConfigError, match="give --target pi3, pi4 or pi5 as well"):
        options.call(options)
