"""The student that compression begins with: it learns its teacher's vectors, then its ranking and the clicks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from trainer.compression.step import CompressionData, learn_scores
from trainer.training.distillation import distil, start_student, steps_of
from trainer.training.student import Student


def teach_student(
    data: CompressionData,
    pieces: Sequence[str],
    token_ids: list[list[int]],
    topics: NDArray[np.int64],
    rng: np.random.Generator,
) -> Student:
    """A dense student.

    Args:
        data: What to learn from; its `distillation` has the sizes.
        pieces: The vocabulary.
        token_ids: Of every text, in these pieces.
        topics: (num_texts,) topic numbers.
        rng: Order of titles, lists and clicks.

    Raises:
        TrainingError: There is nothing to learn from, or the loss is not finite.
    """
    settings = data.distillation
    model = start_student(data.teacher.model, data.targets, data.rows, token_ids, topics, len(pieces), settings)
    steps = steps_of(len(data.rows), settings)
    with data.bar("student: distillation", steps) as step:
        distil(model, data.targets, data.rows, steps, settings, rng, step)
    student = Student(list(pieces), model)
    learn_scores(student, data, "student", data.refit, rng)
    return student
