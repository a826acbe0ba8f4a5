"""Recipes: what a student starts from and the steps that compress it, in one TOML file.

    analysis = true          # the bundle gets a topic head and word counts (`trainer.fits.topic`); usually false
    [student]                # sizes and settings of `DistillationSettings`; the rest is as usual
    vocabulary_size = 14000
    token_dim = 32

    [[step]]                 # in order; names and settings are those of the step's class
    method = "prune-vocabulary"
    keep = 0.75

    [[step]]
    method = "quantize"
    table = "parts"

`trainer/recipes` holds those that come with the trainer, one for each `--size`.
"""

from __future__ import annotations

import dataclasses
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from trainer.compression.compatibility import check_order
from trainer.compression.distill import Distill
from trainer.compression.factorize_kernels import FactorizeKernels
from trainer.compression.factorize_table import FactorizeTable
from trainer.compression.l0 import SparsifyL0
from trainer.compression.prune_dimensions import PruneDimensions
from trainer.compression.prune_units import PruneUnits
from trainer.compression.prune_vocabulary import PruneVocabulary
from trainer.compression.prune_weights import PruneWeights
from trainer.compression.quantize import Quantize
from trainer.compression.quantize_aware import QuantizeAware
from trainer.compression.step import CompressionStep
from trainer.compression.variational import SparsifyVariational
from trainer.errors import ConfigError
from trainer.settings.files import override
from trainer.training.distillation import DistillationSettings

STEPS: dict[str, type[CompressionStep]] = {
    step.method: step
    for step in (
        PruneVocabulary,
        PruneUnits,
        PruneDimensions,
        PruneWeights,
        SparsifyL0,
        SparsifyVariational,
        FactorizeTable,
        FactorizeKernels,
        Distill,
        QuantizeAware,
        Quantize,
    )
}
_FOLDER = resources.files("trainer") / "recipes"


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a student is made small."""

    student: Mapping[str, Any]  # what differs from the usual `DistillationSettings`
    steps: tuple[CompressionStep, ...]
    analysis: bool = False  # topic head and word counts in the bundle: 1 KB, and up to half a byte a piece

    def start(self, usual: DistillationSettings) -> DistillationSettings:
        """The settings of the student before its compression."""
        settings: DistillationSettings = override(usual, self.student, "recipe: student")
        return settings

    def facts(self) -> dict[str, Any]:
        """The recipe as its TOML would have it, defaults written out."""
        facts = {"student": dict(self.student), "step": [step_facts(step) for step in self.steps]}
        return {"analysis": True, **facts} if self.analysis else facts


def recipe_names() -> tuple[str, ...]:
    """The recipes that come with the trainer, the smallest bundle first."""
    names = [Path(entry.name).stem for entry in _FOLDER.iterdir() if entry.name.endswith(".toml")]
    return tuple(sorted(names, key=_bytes_of))


def load_recipe(name: str) -> Recipe:
    """A recipe by the name of a size, or the path of its TOML file.

    Raises:
        ConfigError: There is none, or it has an unknown or impossible step.
    """
    entry = _FOLDER / f"{name}.toml"
    path = Path(name)
    if path.suffix != ".toml" and not entry.is_file():
        raise ConfigError(f"recipe {name!r}: no such size; choose {', '.join(recipe_names())}, or give a .toml file")
    try:
        text = path.read_text("utf-8") if path.suffix == ".toml" else entry.read_text("utf-8")
        return recipe_from(tomllib.loads(text), name)
    except (OSError, ValueError) as error:
        raise ConfigError(f"{name}: cannot be read as a recipe: {error}") from error


def recipe_from(raw: Mapping[str, Any], where: str) -> Recipe:
    """A recipe from what TOML gives.

    Args:
        raw: Tables `student` and `step`, and `analysis`.
        where: For the error: the file.

    Raises:
        ConfigError: An unknown name, a value of another type, or steps that do not go together.
    """
    for name in raw:
        if name not in ("student", "step", "analysis"):
            raise ConfigError(f"{where}: there is no table {name!r} in a recipe; known are student and step")
    analysis = raw.get("analysis", False)
    if not isinstance(analysis, bool):
        raise ConfigError(f"{where}: analysis is {analysis!r}; give true or false")
    override(DistillationSettings(), raw.get("student", {}), f"{where}: student")
    listed = raw.get("step", [])
    if not isinstance(listed, list):
        raise ConfigError(f"{where}: steps are written as [[step]], one for each")
    steps = tuple(_step_from(entry, f"{where}: step {number}") for number, entry in enumerate(listed, start=1))
    check_order([step.method for step in steps], where)
    return Recipe(dict(raw.get("student", {})), steps, analysis)


def recipe_text(facts: Mapping[str, Any]) -> str:
    """TOML of `Recipe.facts`."""

    def lines(table: Mapping[str, Any]) -> list[str]:
        return [f"{name} = {_toml_value(value)}" for name, value in table.items()]

    top = [["analysis = true"]] if facts.get("analysis") else []
    parts = [*top, ["[student]", *lines(facts["student"])], *(["[[step]]", *lines(step)] for step in facts["step"])]
    return "\n\n".join("\n".join(part) for part in parts) + "\n"


def step_facts(step: CompressionStep) -> dict[str, Any]:
    """A step's method and settings."""
    return {"method": step.method, **dataclasses.asdict(step)}  # type: ignore[call-overload]


def _step_from(raw: Any, where: str) -> CompressionStep:
    if not isinstance(raw, dict) or raw.get("method") not in STEPS:
        given = raw.get("method") if isinstance(raw, dict) else raw
        raise ConfigError(f"{where}: method is {given!r}; known are {', '.join(sorted(STEPS))}")
    settings = {name: value for name, value in raw.items() if name != "method"}
    step: CompressionStep = override(STEPS[raw["method"]](), settings, f"{where} ({raw['method']})")
    return step


def _toml_value(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if isinstance(value, Sequence):
        return "[" + ", ".join(map(_toml_value, value)) + "]"
    return repr(value)


def _bytes_of(name: str) -> float:
    return float(name.removesuffix("KB").removesuffix("MB")) * (1000 if name.endswith("MB") else 1)
