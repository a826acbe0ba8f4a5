"""Recipes as they are written: which there are, and the tables of one TOML file, without the steps' own code.

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

`trainer/recipes` holds those that come with the trainer, one for each `--size`. `compression.recipe` makes steps of a
table; nothing here needs TensorFlow.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from trainer.errors import ConfigError

_FOLDER = resources.files("trainer") / "recipes"


@dataclass(frozen=True, slots=True)
class RecipeTable:
    """What a recipe's file says."""

    student: Mapping[str, Any]  # what differs from the usual `DistillationSettings`
    steps: tuple[Any, ...]  # tables, each with its method and the settings that differ from the usual ones
    analysis: bool = False


def recipe_names() -> tuple[str, ...]:
    """The recipes that come with the trainer, the smallest bundle first."""
    names = [Path(entry.name).stem for entry in _FOLDER.iterdir() if entry.name.endswith(".toml")]
    return tuple(sorted(names, key=_bytes_of))


def read_recipe(name: str) -> RecipeTable:
    """A recipe by the name of a size, or the path of its TOML file.

    Raises:
        ConfigError: There is none, or it has an unknown table.
    """
    entry = _FOLDER / f"{name}.toml"
    path = Path(name)
    if path.suffix != ".toml" and not entry.is_file():
        raise ConfigError(f"recipe {name!r}: no such size; choose {', '.join(recipe_names())}, or give a .toml file")
    try:
        text = path.read_text("utf-8-sig") if path.suffix == ".toml" else entry.read_text("utf-8")
        return table_from(tomllib.loads(text), name)
    except (OSError, ValueError) as error:
        raise ConfigError(f"{name}: cannot be read as a recipe: {error}") from error


def table_from(raw: Mapping[str, Any], where: str) -> RecipeTable:
    """A recipe's table from what TOML gives.

    Args:
        raw: Tables `student` and `step`, and `analysis`.
        where: For the error: the file.

    Raises:
        ConfigError: An unknown name, or a value of another type.
    """
    for name in raw:
        if name not in ("student", "step", "analysis"):
            raise ConfigError(f"{where}: there is no table {name!r} in a recipe; known are student and step")
    analysis = raw.get("analysis", False)
    if not isinstance(analysis, bool):
        raise ConfigError(f"{where}: analysis is {analysis!r}; give true or false")
    student, steps = raw.get("student", {}), raw.get("step", [])
    if not isinstance(student, dict):
        raise ConfigError(f"{where}: student: {student!r} is not a table of settings")
    if not isinstance(steps, list):
        raise ConfigError(f"{where}: steps are written as [[step]], one for each")
    return RecipeTable(student, tuple(steps), analysis)


def _bytes_of(name: str) -> float:
    return float(name.removesuffix("KB").removesuffix("MB")) * (1000 if name.endswith("MB") else 1)
