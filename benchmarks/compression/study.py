"""The study: a teacher a seed, then every recipe and every branch from it; what is finished is not done again."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from benchmarks.compression.branches import BRANCHES, DENSE, Branch
from benchmarks.quality.jobs import Apart, run_apart, train
from trainer.cli.command_line import progress_bar
from trainer.errors import ConfigError
from trainer.run.stages import BUNDLE_FILE, STEPS_FOLDER, Run
from trainer.run.workspace import Workspace, key_of
from trainer.settings.config import RunSettings, with_recipe
from trainer.settings.recipes import recipe_names
from trainer.student_steps.recipe import load_recipe, recipe_from

DENSE_RECIPE = Path(__file__).parents[1] / "quality" / "recipes" / "dense.toml"
BRANCHES_FILE = "branches.json"

Say = Callable[[str], object]


def run_study(
    out: Path,
    settings: RunSettings,
    seeds: Sequence[int],
    only: Sequence[str],
    say: Say = lambda line: print(line, flush=True),
    apart: Apart = run_apart,
) -> dict[str, str]:
    """Do what is not done yet.

    Args:
        out: The folder for everything.
        settings: Of every run; its recipe is not used.
        seeds: With which everything is trained.
        only: Names of recipes and branches; empty: all.
        say: Takes the lines that tell what goes on.
        apart: Does a piece of work in a process of its own.

    Returns:
        What failed, with the reason; the others are done nevertheless.

    Raises:
        ConfigError: An unknown name.
    """
    recipes = (*recipe_names(), DENSE)
    known = [*recipes, *(branch.name for branch in BRANCHES)]
    for name in only:
        if name not in known:
            raise ConfigError(f"--only {name}: no such recipe or branch; known are {', '.join(known)}")
    failed: dict[str, str] = {}

    def do(name: str, *job: Any) -> None:
        say(name)
        outcome = apart(*job)
        if outcome.facts is None:
            failed[name] = outcome.error.strip().splitlines()[-1]
            say(f"failed: {name}: {outcome.error}")

    for seed in seeds:
        seeded, vectors, teacher = replace(settings, seed=seed), out / "vectors", out / f"teacher-{seed}"
        do(teacher.name, train, teacher, None, "", vectors, seeded, "teacher")
        for name in recipes:
            if not only or name in only or any(b.name in only and b.run == name for b in BRANCHES):
                chosen = with_recipe(seeded, str(DENSE_RECIPE) if name == DENSE else name)
                folder = out / f"{name}-{seed}"
                do(folder.name, train, folder, teacher, "teacher", vectors, chosen, "evaluate")
        for branch in BRANCHES:
            if not only or branch.name in only:
                chosen = with_recipe(seeded, branch.run)
                do(f"{branch.name}-{seed}", try_branch, out / f"{branch.run}-{seed}", chosen, branch)
    return failed


def try_branch(run: Path, settings: RunSettings, branch: Branch) -> dict[str, Any]:
    """Take a branch from a finished run, unless it has been taken; its facts are kept in the run's folder."""
    path = run / BRANCHES_FILE
    kept: dict[str, Any] = json.loads(path.read_text("utf-8")) if path.exists() else {}
    key = key_of(Workspace(run).key("compress"), asdict(branch))
    if kept.get(branch.name, {}).get("key") != key:
        recipe = recipe_from({"step": list(branch.steps)}, branch.name)
        before_last = len(load_recipe(settings.recipe).steps) - 1
        start = run / "student.npz" if branch.start == "dense" else _result(run, before_last)
        bundle = run / "branches" / f"{branch.name}.bundle"
        bundle.parent.mkdir(exist_ok=True)
        facts = Run(run, settings, progress_bar).try_steps(start, recipe.steps, bundle)
        kept[branch.name] = {"key": key, **facts}
        partial = path.with_suffix(".partial")
        partial.write_text(json.dumps(kept, indent=1) + "\n", "utf-8")
        os.replace(partial, path)
    return dict(kept[branch.name])


def finished(out: Path, name: str, seeds: Sequence[int]) -> list[Path]:
    """The folders of a recipe's runs that have a bundle, one a seed."""
    return [folder for seed in seeds if (folder := out / f"{name}-{seed}").joinpath(BUNDLE_FILE).exists()]


def _result(run: Path, number: int) -> Path:
    (path,) = (run / STEPS_FOLDER).glob(f"{number}-*.npz")
    return path
