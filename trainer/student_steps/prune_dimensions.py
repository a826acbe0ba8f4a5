"""Structured pruning of the token table's dimensions: whole columns go, and the kernels that read them lose the rows.

Titles are scaled to length 1 after their tokens are summed, so that the dimensions that stay become longer when others
go. The kernels are made smaller by as much on average, and fine-tuning mends the rest.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from trainer.compression.step import check_share
from trainer.errors import CompressionError
from trainer.models.click_model import ClickModel
from trainer.models.encoders import ArticleEncoder
from trainer.models.overlay import TABLE, weight_arrays
from trainer.models.text_input import TokenTableInput
from trainer.settings.ranges import Epochs, Kept
from trainer.student_steps.cutting import cut
from trainer.student_steps.step import fine_tune
from trainer.student_steps.taylor import taylor_changes
from trainer.training.student import Student
from trainer.training.student_data import StudentData


@dataclass(frozen=True, slots=True)
class PruneDimensions:
    """Cut a share of the token table's dimensions, then fine-tune."""

    method: ClassVar[str] = "prune-dimensions"
    keep: Kept = 0.75  # share of the dimensions
    epochs: Epochs = 4.0  # of fine-tuning

    def __call__(self, student: Student, data: StudentData) -> Student:
        """The student with a narrower table."""
        check_share(self.method, "keep", self.keep, most_included=True)
        keep = max(1, round(student.model.article_encoder.input_dim * self.keep))
        smaller = prune_dimensions(student, data.targets, data.rows, keep)
        fine_tune(smaller, data, self.epochs, self.method)
        return smaller


def dimension_importance(
    model: ClickModel, targets: NDArray[np.float32], rows: NDArray[np.int32]
) -> NDArray[np.float32]:
    """First-order Taylor importance (`trainer.student_steps.taylor`) of the columns of the token table.

    Args:
        model: A student.
        targets: (num_texts, dim) the teacher's vectors.
        rows: Texts to average over.

    Returns:
        (token_dim,) float32: how much the distillation loss would change if the column were zero.
    """
    total = np.zeros(model.article_encoder.input_dim, np.float32)
    for changes in taylor_changes(model, targets, rows, [TABLE]):
        total += np.abs(changes[TABLE].sum(axis=0))
    return total


def prune_dimensions(student: Student, targets: NDArray[np.float32], rows: NDArray[np.int32], keep: int) -> Student:
    """Keep the `keep` most important dimensions of the token table; masks of what stays stay.

    Args:
        student: The one given keeps its weights.
        targets: (num_texts, dim) the teacher's vectors.
        rows: Texts of the training days.
        keep: Columns of the new table.

    Raises:
        CompressionError: A kernel that reads the table is factored, or the table has not so many dimensions.
    """
    old = student.model.article_encoder
    reading = ["projection", "hidden_in"] if old.hidden else ["projection"]
    if factored := [name for name in reading if name in old.ranks]:
        raise CompressionError(
            f"prune-dimensions: {factored[0]} is factored; put prune-dimensions before factorize-kernels"
        )
    if not 0 < keep <= old.input_dim:
        raise CompressionError(
            f"prune-dimensions: cannot keep {keep} of {old.input_dim} dimensions; choose 1 to {old.input_dim}"
        )
    importance = dimension_importance(student.model, targets, rows)
    kept = np.sort(np.argsort(-importance, kind="stable")[:keep])
    axes = {TABLE: 1} | {f"article/{name}": 0 for name in reading}
    weights = cut(weight_arrays(student.model), kept, axes)
    pooled = student.model.text(rows).numpy()
    length = np.linalg.norm(pooled[:, kept], axis=1).mean()
    for name in reading:
        weights[f"article/{name}"] *= length
    encoder = ArticleEncoder(keep, old.hidden, old.dim, old.num_topics, old.ranks)
    encoder.set_numbers({name.removeprefix("article/"): numbers for name, numbers in weights.items()})
    text = TokenTableInput(weights[TABLE], student.model.text.token_ids.numpy())
    return replace(student.changed(text=text, article_encoder=encoder), masks=cut(student.masks, kept, axes))
