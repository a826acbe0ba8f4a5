"""What a compression step is, and all that it may look at: students go in and come out, nothing else is passed on.

A step does not know its neighbours. What has to outlast it travels with the student: masks of pruned weights, the ranks
of factored kernels, the rounded table.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray

from edge_runtime import Article
from trainer.data.batches import ClickBatches, ListBatches
from trainer.data.dataset import Impressions
from trainer.errors import CompressionError
from trainer.measure.evaluation import Bar
from trainer.models.overlay import Masks, Overlay
from trainer.settings.config import DistillationSettings, TrainingSettings
from trainer.training.distillation import distil, steps_of
from trainer.training.fit import ScoreTeacher, click_steps, train_on_clicks, train_on_lists
from trainer.training.student import Student

FINE_TUNING_RATE = 1 / 3  # of the rates of distillation: what is left has been learned already


@dataclass(frozen=True, slots=True)
class CompressionData:
    """What steps learn from: titles with the teacher's vectors, and clicks."""

    articles: Sequence[Article]  # all texts that the student may be asked to read
    rows: NDArray[np.int32]  # those of the training days, clicked or not: no other may be learned from
    targets: NDArray[np.float32]  # (num_texts, dim) the teacher's vectors
    teacher: ScoreTeacher
    train: Impressions
    published_s: NDArray[np.float64]  # (num_articles,) seconds UTC, NaN where unknown
    distillation: DistillationSettings
    refit: TrainingSettings
    seed: tuple[int, ...]  # another one for each step
    bar: Bar

    def rng(self) -> np.random.Generator:
        """The same stream of chance whenever it is asked for."""
        return np.random.default_rng(self.seed)


class CompressionStep(Protocol):
    """One entry of a recipe: a frozen dataclass whose fields are its settings in the recipe's TOML."""

    method: ClassVar[str]  # its name in a recipe

    def __call__(self, student: Student, data: CompressionData) -> Student:
        """Return the next student; the one given keeps its weights.

        Raises:
            CompressionError: A setting is out of range, or the student has not what the step works on.
            TrainingError: Fine-tuning diverged.
        """


def fine_tune(
    student: Student,
    data: CompressionData,
    epochs: float,
    title: str,
    overlays: Sequence[Overlay] = (),
    clicks: bool = True,
) -> None:
    """Let a student learn, in place, to do without what was taken from it; pruned weights stay zero.

    Args:
        student: Its model is trained.
        data: What to learn from.
        epochs: Over the titles; 0 leaves the student as it is.
        title: Of the progress bars.
        overlays: Stand in for weights, after the masks.
        clicks: Whether an epoch over the clicks follows.

    Raises:
        TrainingError: The loss is not finite.
    """
    if not epochs:
        return
    every: list[Overlay] = [Masks(student.masks), *overlays] if student.masks else list(overlays)
    settings = fine_tuning(data, epochs)
    rng, steps = data.rng(), steps_of(len(data.rows), settings)
    with data.bar(f"{title}: distillation", steps) as step:
        distil(student.model, data.targets, data.rows, steps, settings, rng, step, every)
    if clicks:
        learn_scores(student, data, title, data.refit, rng, every)


def fine_tuning(data: CompressionData, epochs: float) -> DistillationSettings:
    """The settings of distillation that `fine_tune` has."""
    rate, least = data.distillation.learning_rate * FINE_TUNING_RATE, data.distillation.min_steps // 2
    return replace(data.distillation, learning_rate=rate, epochs=epochs, min_steps=least)


def learn_scores(
    student: Student,
    data: CompressionData,
    title: str,
    settings: TrainingSettings,
    rng: np.random.Generator,
    overlays: Sequence[Overlay] = (),
) -> None:
    """Train a student, in place, to rank as its teacher does, then on the clicks and the teacher's scores of them."""
    rows = data.rows[data.rows < len(data.teacher.vectors)]  # a translation has no scores of its own
    lists = ListBatches(data.train, rows, settings.history_length, settings.list_candidates)
    with data.bar(f"{title}: lists", settings.list_steps) as step:
        train_on_lists(student.model, lists, settings, rng, step, data.teacher, overlays)
    batches = ClickBatches(data.train, data.published_s, settings.history_length, settings.click_negatives)
    with data.bar(f"{title}: clicks", click_steps(batches, settings)) as step:
        train_on_clicks(student.model, batches, settings, rng, step, data.teacher, overlays)


def check_share(method: str, name: str, value: float, most_included: bool = False) -> None:
    """Refuse a share outside (0, 1), or (0, 1].

    Raises:
        CompressionError: It is outside.
    """
    if not (0 < value < 1 or (most_included and value == 1)):
        closing = "1" if most_included else "below 1"
        raise CompressionError(f"{method}: {name} is {value}; give more than 0 and at most {closing}")
