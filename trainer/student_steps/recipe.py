"""Recipes at work: a table of `trainer.settings.recipes` becomes the steps that compress a student."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from trainer.compression.entries import settings_of, step_of
from trainer.settings.config import DistillationSettings
from trainer.settings.files import Table, override
from trainer.settings.recipes import RecipeTable, read_recipe, table_from
from trainer.student_steps.compatibility import check_order
from trainer.student_steps.distill import Distill
from trainer.student_steps.factorize_kernels import FactorizeKernels
from trainer.student_steps.factorize_table import FactorizeTable
from trainer.student_steps.l0 import SparsifyL0
from trainer.student_steps.prune_dimensions import PruneDimensions
from trainer.student_steps.prune_units import PruneUnits
from trainer.student_steps.prune_vocabulary import PruneVocabulary
from trainer.student_steps.prune_weights import PruneWeights
from trainer.student_steps.quantize import Quantize
from trainer.student_steps.quantize_aware import QuantizeAware
from trainer.student_steps.step import CompressionStep
from trainer.student_steps.variational import SparsifyVariational

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

    def facts(self) -> Table:
        """The recipe as its TOML would have it, defaults written out."""
        facts = {"student": dict(self.student), "step": [settings_of(step) for step in self.steps]}
        return {"analysis": True, **facts} if self.analysis else facts


def load_recipe(name: str) -> Recipe:
    """A recipe by the name of a size, or the path of its TOML file.

    Raises:
        ConfigError: There is none, or it has an unknown or impossible step.
    """
    return _recipe_of(read_recipe(name), name)


def recipe_from(raw: Mapping[str, Any], where: str) -> Recipe:
    """A recipe from what TOML gives.

    Args:
        raw: Tables `student` and `step`, and `analysis`.
        where: For the error: the file.

    Raises:
        ConfigError: An unknown name, a value of another type, or steps that do not go together.
    """
    return _recipe_of(table_from(raw, where), where)


def recipe_text(facts: Mapping[str, Any]) -> str:
    """A recipe as the TOML that `load_recipe` reads, from `Recipe.facts`."""

    def lines(table: Mapping[str, Any]) -> list[str]:
        return [f"{name} = {_toml_value(value)}" for name, value in table.items()]

    top = [["analysis = true"]] if facts.get("analysis") else []
    parts = [*top, ["[student]", *lines(facts["student"])], *(["[[step]]", *lines(step)] for step in facts["step"])]
    return "\n\n".join("\n".join(part) for part in parts) + "\n"


def _recipe_of(table: RecipeTable, where: str) -> Recipe:
    override(DistillationSettings(), table.student, f"{where}: student")
    steps = tuple(step_of(entry, STEPS, f"{where}: step {number}") for number, entry in enumerate(table.steps, start=1))
    check_order([step.method for step in steps], where)
    return Recipe(dict(table.student), steps, table.analysis)


def _toml_value(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if isinstance(value, Sequence):
        return "[" + ", ".join(map(_toml_value, value)) + "]"
    return repr(value)
