"""One small run, finished, for all tests of the report."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from trainer.report.collect import CompressionReport
    from trainer.report.run_folder import FinishedRun

SIZES = {"vocabulary_size": 1200, "token_dim": 16, "hidden": 12}


@pytest.fixture(scope="session")
def finished(made_once) -> FinishedRun:
    with made_once("reported-run") as folder:
        return whole_run(folder)


def whole_run(folder: Path) -> FinishedRun:
    """Every stage of it; what the folder has already is only read."""
    from trainer.cli.command_line import progress_bar
    from trainer.compression.prune_units import PruneUnits
    from trainer.compression.prune_vocabulary import PruneVocabulary
    from trainer.compression.quantize import Quantize
    from trainer.compression.recipe import Recipe, recipe_text
    from trainer.data.corpus import load_corpus
    from trainer.data.simulate import SimulatorSettings, simulate_to
    from trainer.report.run_folder import FinishedRun
    from trainer.run.demo import demo_settings
    from trainer.run.stages import Run
    from trainer.settings.config import with_recipe

    steps = (PruneUnits(keep=0.5, epochs=0.0), PruneVocabulary(keep=0.7, epochs=0.0), Quantize(table="int8"))
    recipe = folder / "small.toml"
    if not recipe.exists():
        simulate_to(folder / "log", SimulatorSettings(readers=80, seed=3), load_corpus()[:1200])
        recipe.write_text(recipe_text(Recipe(SIZES, steps).facts()), "utf-8")
    settings = with_recipe(demo_settings(folder / "log", seed=1, text_vectors="lsa"), str(recipe))
    training = dataclasses.replace(settings.teacher.training, history_steps=20, click_epochs=0.5)
    distillation = dataclasses.replace(settings.student.distillation, epochs=1.0, min_steps=60)
    refit = dataclasses.replace(settings.student.refit, list_steps=10)
    settings = dataclasses.replace(
        settings,
        teacher=dataclasses.replace(settings.teacher, training=training),
        student=dataclasses.replace(settings.student, distillation=distillation, refit=refit),
    )
    Run(folder / "run", settings, progress_bar).all()
    return FinishedRun(folder / "run")


@pytest.fixture(scope="session")
def report(finished) -> CompressionReport:
    from trainer.report.collect import collect

    return collect(finished.out)
