"""A finished run's folder as the report reads it: what was measured, the students along the recipe, their scores."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from trainer.data.dataset import DatasetFacts, Impressions, Ragged, load_dataset
from trainer.data.json_facts import Facts, Json
from trainer.errors import ConfigError
from trainer.measure.compression import MeasuredStudent
from trainer.measure.metrics import Floats
from trainer.measure.score_files import read_scores
from trainer.run.facts import CompressFacts
from trainer.run.preparation import SETTINGS_FILE
from trainer.run.stages import BUNDLE_FILE, STAGES, STEPS_FOLDER
from trainer.run.workspace import STATE_FILE, Workspace
from trainer.settings.config import RunSettings, load_settings
from trainer.training.run_data import RunData


@dataclass(frozen=True, slots=True)
class StepFiles:
    """A student on its way through the recipe."""

    number: int  # 0: the dense student, before any step
    method: str
    settings: Json  # of the step, as its recipe has them
    facts: MeasuredStudent
    bundle: Path
    weights: Path  # for `load_student`

    @property
    def name(self) -> str:
        """Number and method, such as `2 prune-vocabulary`."""
        return f"{self.number} {self.method}"


class FinishedRun:
    """A folder in which every stage has been done."""

    def __init__(self, out: Path) -> None:
        """Open a folder.

        Raises:
            ConfigError: It is none of a run, or the run is not finished.
        """
        if not (out / STATE_FILE).is_file():
            raise ConfigError(
                f"{out}: not the folder of a run: {STATE_FILE} is not there; give the --out of edge-news-trainer run"
            )
        self.out, self._space = out, Workspace(out)
        for stage in STAGES:
            if not self._space.facts(stage):
                raise ConfigError(
                    f"{out}: stage {stage} has not been run, and a report is of finished runs; "
                    f"run: edge-news-trainer run --out {out}"
                )

    @property
    def name(self) -> str:
        """The folder's own name."""
        return self.out.resolve().name

    @property
    def bundle(self) -> Path:
        """The bundle that the run ended with."""
        return self.out / BUNDLE_FILE

    @cached_property
    def settings(self) -> RunSettings:
        """The settings that all stages were run with."""
        return load_settings(self.out / SETTINGS_FILE)

    @cached_property
    def data(self) -> RunData:
        """The log, as the stages saw it."""
        return RunData(load_dataset(self.out / "dataset", self.settings.data.window), self.settings.data.languages)

    @property
    def dev(self) -> Impressions:
        """The lists that everything is measured on."""
        return self.data.clicks[1]

    def facts(self, stage: str, kind: type[Facts]) -> Facts:
        """What a stage found, as it wrote it down."""
        return self._space.found(stage, kind)

    @cached_property
    def steps(self) -> tuple[StepFiles, ...]:
        """The dense student, then what each step left."""
        found = []
        for number, one in enumerate(self.facts("compress", CompressFacts).steps):
            path = self.out / STEPS_FOLDER / f"{number}-{one.method}"
            weights = path.with_suffix(".npz") if number else self.out / "student.npz"
            bundle = path.with_suffix(".bundle")
            found.append(StepFiles(number, one.method, one.step, one.left.measured, bundle, weights))
        return tuple(found)

    def step_scores(self, step: StepFiles) -> Floats:
        """(num_shown,) of dev, by the step's bundle."""
        return read_scores(step.bundle.with_suffix(".npy"), self.dev)

    def bundle_scores(self) -> Floats:
        """(num_shown,) of dev, by the finished bundle from content alone."""
        return read_scores(self.out / "scores-bundle.npy", self.dev)

    def teacher_scores(self) -> Floats:
        """(num_shown,) of dev, by the float teacher."""
        dev = self.data.dataset.dev
        scores = read_scores(self.out / "scores-teacher.npy", dev)
        if not len(self.data.dataset.translations):
            return scores
        return scores[readable_rows(dev, self.data.texts.has_text())]


def readable_rows(impressions: Impressions, has_text: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Where the candidates that `Impressions.restricted` leaves stood among all candidates."""
    every = np.arange(len(impressions.clicked), dtype=np.int32)
    no_history = Ragged(np.zeros(0, np.int32), np.zeros(len(impressions) + 1, np.int64))
    numbered = replace(impressions, candidates=Ragged(every, impressions.candidates.offsets), history=no_history)
    return numbered.restricted(has_text[impressions.candidates.values]).candidates.values.astype(np.int64)


def check_same_log(runs: Sequence[FinishedRun]) -> None:
    """Refuse runs whose figures are of different lists.

    Raises:
        ConfigError: One was measured on another log, or in other languages.
    """

    def lists(run: FinishedRun) -> tuple[str, tuple[str, ...]]:
        facts = run.facts("prepare", DatasetFacts)
        return facts.sha256, run.data.languages if facts.translations else ()

    for other in runs[1:]:
        if lists(other) != lists(runs[0]):
            raise ConfigError(
                f"{other.out}: was measured on other lists than {runs[0].out}, so their figures cannot stand side by "
                "side; give runs of one log and one choice of languages"
            )
