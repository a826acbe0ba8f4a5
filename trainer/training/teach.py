"""The student that compression begins with: it learns its teacher's vectors, then its ranking and the clicks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from trainer.data.batches import ClickBatches, ListBatches
from trainer.models.overlay import Overlay
from trainer.settings.config import TrainingSettings
from trainer.training.distillation import learn_vectors, start_student, steps_of
from trainer.training.fit import click_steps, train_on_clicks, train_on_lists
from trainer.training.student import Student
from trainer.training.student_data import StudentData


def teach_student(
    data: StudentData,
    pieces: Sequence[str],
    token_ids: list[list[int]],
    topics: NDArray[np.int64],
) -> Student:
    """A dense student.

    Args:
        data: What to learn from; its `distillation` has the sizes, its stream orders titles, lists and clicks.
        pieces: The vocabulary.
        token_ids: Of every text, in these pieces.
        topics: (num_texts,) topic numbers.

    Raises:
        TrainingError: There is nothing to learn from, or the loss is not finite.
    """
    settings, rng = data.distillation, data.rng()
    model = start_student(data.teacher.model, data.targets, data.rows, token_ids, topics, len(pieces), settings)
    steps = steps_of(len(data.rows), settings)
    with data.bar("student: distillation", steps) as step:
        learn_vectors(model, data.targets, data.rows, steps, settings, rng, step)
    student = Student(list(pieces), model)
    learn_scores(student, data, "student", data.refit, rng)
    return student


def learn_scores(
    student: Student,
    data: StudentData,
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
