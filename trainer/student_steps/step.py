"""What a compression step is, and all that it may look at: students go in and come out, nothing else is passed on.

A step does not know its neighbours. What has to outlast it travels with the student: masks of pruned weights, the ranks
of factored kernels, the rounded table.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar, Protocol

from trainer.models.overlay import Masks, Overlay
from trainer.settings.config import DistillationSettings
from trainer.training.distillation import learn_vectors, steps_of
from trainer.training.student import Student
from trainer.training.student_data import StudentData
from trainer.training.teach import learn_scores

FINE_TUNING_RATE = 1 / 3  # of the rates of distillation: what is left has been learned already


class CompressionStep(Protocol):
    """One entry of a recipe: a frozen dataclass whose fields are its settings in the recipe's TOML."""

    method: ClassVar[str]  # its name in a recipe

    def __call__(self, student: Student, data: StudentData) -> Student:
        """Return the next student; the one given keeps its weights.

        Raises:
            CompressionError: A setting is out of range, or the student has not what the step works on.
            TrainingError: Fine-tuning diverged.
        """


def fine_tune(
    student: Student,
    data: StudentData,
    epochs: float,
    title: str,
    overlays: Sequence[Overlay] = (),
    *,
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
        learn_vectors(student.model, data.targets, data.rows, steps, settings, rng, step, every)
    if clicks:
        learn_scores(student, data, title, data.refit, rng, every)


def fine_tuning(data: StudentData, epochs: float) -> DistillationSettings:
    """The settings of distillation that `fine_tune` has."""
    rate, least = data.distillation.learning_rate * FINE_TUNING_RATE, data.distillation.min_steps // 2
    return replace(data.distillation, learning_rate=rate, epochs=epochs, min_steps=least)
