"""One small student for the tests of all compression steps, and one small run, finished; each trained once."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from edge_runtime import Bundle, read_bundle

# What imports TensorFlow is imported by the fixtures that need it: most folders below have tests that do not.
if TYPE_CHECKING:
    from trainer.report.run_folder import FinishedRun
    from trainer.run.stages import Run
    from trainer.training.student import Student
    from trainer.training.student_data import StudentData


FINISHED_SIZES = {"vocabulary_size": 1200, "token_dim": 16, "hidden": 12}


@pytest.fixture(autouse=True)
def seeded() -> None:
    """Each test draws the same, whichever tests its process has run before."""
    if "keras" in sys.modules:
        sys.modules["keras"].utils.set_random_seed(0)


@pytest.fixture
def eagerly(slow: None) -> Iterator[None]:
    """Training without a graph: of a few steps the tracing would take longer than the steps."""
    import tensorflow as tf

    tf.config.run_functions_eagerly(True)
    yield
    tf.config.run_functions_eagerly(False)


@dataclass(frozen=True)
class Small:
    """A run up to its student."""

    run: Run
    data: StudentData

    @property
    def student(self) -> Student:
        """A fresh copy of the student before compression."""
        return self.run.load_student(self.run.out / "student.npz")

    def briefly(self, steps: int = 120, titles: int | None = None) -> StudentData:
        """So many steps of small batches on some titles, without clicks; an epoch is a quarter of the steps."""
        distillation = dataclasses.replace(self.data.distillation, batch=128, min_steps=2 * steps)
        refit = dataclasses.replace(self.data.refit, click_epochs=0.0, list_steps=0)
        return dataclasses.replace(self.data, rows=self.data.rows[:titles], distillation=distillation, refit=refit)

    def export(self, student: Student, path: Path) -> Bundle:
        """Write a student's bundle, and read it."""
        from trainer.export.bundle import export_bundle
        from trainer.pipeline import bundle_origin

        export_bundle(student, bundle_origin(self.run.job), path)
        return read_bundle(path)

    def ndcg(self, student: Student) -> float:
        """Mean nDCG@10 on dev, computed in Keras."""
        from trainer.measure.quality import measure
        from trainer.measure.scores import score_impressions

        dev = self.run.dataset.dev
        scores = score_impressions(student.model, dev, self.data.published_s, self.data.refit.history_length)
        return float(np.nanmean(measure(scores, dev)["ndcg10"]))


@pytest.fixture(scope="session")
def small(made_once) -> Small:
    with made_once("small-student") as folder:
        return small_student(folder)


def small_student(folder: Path) -> Small:
    """Train it; what the folder has already is only read."""
    from trainer.cli.command_line import progress_bar
    from trainer.data.simulate import SimulatorSettings, simulate_to
    from trainer.run.demo import demo_settings
    from trainer.run.stages import Run
    from trainer.settings.seeds import Seeds

    log = folder / "log"
    if not log.exists():
        simulate_to(log, SimulatorSettings(readers=150, seed=3))
    settings = demo_settings(log, seed=1, text_vectors="lsa")
    training = dataclasses.replace(settings.teacher.training, history_steps=60, click_epochs=1.0)
    distillation = dataclasses.replace(
        settings.student.distillation, vocabulary_size=1500, token_dim=32, hidden=16, epochs=1.0, min_steps=300
    )
    refit = dataclasses.replace(settings.student.refit, list_steps=20)
    settings = dataclasses.replace(
        settings,
        teacher=dataclasses.replace(settings.teacher, training=training),
        student=dataclasses.replace(settings.student, distillation=distillation, refit=refit),
    )
    run = Run(folder / "run", settings, progress_bar)
    for stage in ("prepare", "teacher", "distill"):
        getattr(run, stage)()
    data = run.student_data().seeded(Seeds(1).stream("compress", 1))
    # A tenth of the fine-tuning: tests ask whether a step does what it says, not how well it can be done.
    return Small(run, dataclasses.replace(data, distillation=dataclasses.replace(data.distillation, min_steps=60)))


@pytest.fixture(scope="session")
def finished(made_once) -> FinishedRun:
    with made_once("reported-run") as folder:
        return whole_run(folder)


def whole_run(folder: Path) -> FinishedRun:
    """Every stage of it; what the folder has already is only read."""
    from trainer.cli.command_line import progress_bar
    from trainer.data.corpus import load_corpus
    from trainer.data.simulate import SimulatorSettings, simulate_to
    from trainer.report.run_folder import FinishedRun
    from trainer.run.demo import demo_settings
    from trainer.run.stages import Run
    from trainer.settings.config import with_recipe
    from trainer.student_steps.prune_units import PruneUnits
    from trainer.student_steps.prune_vocabulary import PruneVocabulary
    from trainer.student_steps.quantize import Quantize
    from trainer.student_steps.recipe import Recipe, recipe_text

    steps = (PruneUnits(keep=0.5, epochs=0.0), PruneVocabulary(keep=0.7, epochs=0.0), Quantize(table="int8"))
    recipe = folder / "small.toml"
    if not recipe.exists():
        simulate_to(folder / "log", SimulatorSettings(readers=80, seed=3), load_corpus()[:1200])
        recipe.write_text(recipe_text(Recipe(FINISHED_SIZES, steps).facts()), "utf-8")
    settings = with_recipe(demo_settings(folder / "log", seed=1, text_vectors="lsa"), str(recipe))
    training = dataclasses.replace(settings.teacher.training, history_steps=20, click_epochs=0.5)
    distillation = dataclasses.replace(settings.student.distillation, epochs=1.0, min_steps=60)
    refit = dataclasses.replace(settings.student.refit, list_steps=10)
    settings = dataclasses.replace(
        settings,
        teacher=dataclasses.replace(settings.teacher, members=1, training=training),
        student=dataclasses.replace(settings.student, distillation=distillation, refit=refit),
    )
    Run(folder / "run", settings, progress_bar).all()
    return FinishedRun(folder / "run")
