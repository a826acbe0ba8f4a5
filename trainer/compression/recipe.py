"""Recipes: steps in a row, measured after each one; in Python, or as a table of TOML."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import keras

from trainer.compression.backend import check_backend
from trainer.compression.compatibility import check_order
from trainer.compression.compressed import Compressed, measured
from trainer.compression.conversion import as_inputs
from trainer.compression.cut import CutChannels
from trainer.compression.distill import Distill
from trainer.compression.entries import settings_of, step_of
from trainer.compression.files import begun, file_of
from trainer.compression.l0 import SparsifyL0
from trainer.compression.low_rank import LowRank
from trainer.compression.metric import Metric
from trainer.compression.prune import Prune
from trainer.compression.quantize import Quantize
from trainer.compression.quantize_aware import QuantizeAware
from trainer.compression.step import Inputs, Step, Task
from trainer.compression.training import Told, Train, Training, tell_nobody
from trainer.compression.variational import SparsifyVariational
from trainer.errors import ConfigError
from trainer.settings.files import Table
from trainer.settings.seeds import Seeds

STEPS: dict[str, type[Step]] = {
    step.method: step
    for step in (CutChannels, LowRank, Distill, Prune, SparsifyL0, SparsifyVariational, QuantizeAware, Quantize)
}


class Recipe:
    """How a model is made small."""

    def __init__(self, *steps: Step) -> None:
        """Put steps in a row.

        Raises:
            ConfigError: Some do not go together.
        """
        check_order([step.method for step in steps], "recipe")
        self.steps = steps

    @classmethod
    def load(cls, path: str | Path) -> Recipe:
        """A recipe from a TOML file: a table `[[step]]` each, with its method and its settings.

        Raises:
            ConfigError: The file is not there or not TOML, or a step is unknown or impossible.
        """
        try:
            raw = tomllib.loads(Path(path).read_text("utf-8-sig"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise ConfigError(f"{path}: cannot be read as a recipe: {error}") from error
        return cls.of(raw, str(path))

    @classmethod
    def of(cls, raw: Mapping[str, Any], where: str) -> Recipe:
        """A recipe from what TOML gives.

        Args:
            raw: `step`, a list of tables.
            where: For the error: the file.
        """
        entries = raw.get("step")
        if set(raw) != {"step"} or not isinstance(entries, list):
            raise ConfigError(f"{where}: has {', '.join(raw) or 'nothing'}; write a table [[step]] for each step")
        steps = [step_of(entry, STEPS, f"{where}: step {number}") for number, entry in enumerate(entries, start=1)]
        check_order([step.method for step in steps], where)
        return cls(*steps)

    def facts(self) -> Table:
        """The recipe as its TOML would have it, defaults written out."""
        return {"step": [settings_of(step) for step in self.steps]}

    def apply(
        self,
        model: keras.Model,
        *,
        metric: Metric,
        train: Train | None = None,
        calibration: Inputs | None = None,
        seed: int = 0,
        told: Told = tell_nobody,
    ) -> Compressed:
        """Take a model through the steps.

        Args:
            model: Any Keras 3 model, trained; it keeps its weights.
            metric: Told how a file predicts; gives a number, or one for each row. Higher is better.
            train: Trains the model it is given for one round, such as an epoch; or arguments of `fit`.
            calibration: 100 to 200 inputs, rows first: ranges of int8 activations, and what files are checked on.
            seed: Of all chance; any whole number.
            told: Of each round.

        Raises:
            CompressionError: A step does not fit the model.
            ExportError: The calibration does not fit, or a file does not compute what its model does.
            TrainingError: A weight became infinite or NaN.
        """
        check_backend()
        seed = Seeds(seed).plain
        calibration = None if calibration is None else as_inputs(model, calibration)
        training = None if train is None else Training(train, seed, told)
        task = Task(training, calibration, model, seed)
        candidate = begun(model)
        file = file_of(candidate, calibration)
        row, original = measured("original", candidate, file, metric, None, seed)
        rows = [row]
        for step in self.steps:
            candidate = step(candidate, task)
            file = file_of(candidate, calibration)
            rows.append(measured(step.method, candidate, file, metric, original, seed)[0])
        return Compressed(candidate, file, rows, calibration)
