"""Structured pruning of the article encoder's hidden layer: the units that matter least are cut out of both kernels."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from trainer.compression.step import check_share
from trainer.errors import CompressionError
from trainer.models.click_model import ClickModel
from trainer.models.encoders import ArticleEncoder
from trainer.models.overlay import weight_arrays
from trainer.settings.ranges import Epochs, Kept
from trainer.student_steps.cutting import cut
from trainer.student_steps.step import fine_tune
from trainer.student_steps.taylor import taylor_changes
from trainer.training.student import Student
from trainer.training.student_data import StudentData

UNIT_AXES = {"article/hidden_in": 1, "article/hidden_bias": 0, "article/hidden_out": 0}  # along which units lie


@dataclass(frozen=True, slots=True)
class PruneUnits:
    """Cut a share of the hidden units, then fine-tune."""

    method: ClassVar[str] = "prune-units"
    keep: Kept = 0.67  # share of the units
    epochs: Epochs = 4.0  # of fine-tuning

    def __call__(self, student: Student, data: StudentData) -> Student:
        """The student without the hidden units that matter least, fine-tuned."""
        check_share(self.method, "keep", self.keep, most_included=True)
        keep = max(1, round(student.model.article_encoder.hidden * self.keep))
        smaller = prune_units(student, data.targets, data.rows, keep)
        fine_tune(smaller, data, self.epochs, self.method)
        return smaller


def unit_importance(model: ClickModel, targets: NDArray[np.float32], rows: NDArray[np.int32]) -> NDArray[np.float32]:
    """First-order Taylor importance (`trainer.student_steps.taylor`), from a unit's outgoing weights.

    Args:
        model: A student with a hidden layer.
        targets: (num_texts, dim) the teacher's vectors.
        rows: Texts to average over.

    Returns:
        (hidden,) float32: how much the distillation loss would change if the unit were gone.
    """
    total = np.zeros(model.article_encoder.hidden, np.float32)
    for changes in taylor_changes(model, targets, rows, ["article/hidden_out"]):
        total += np.abs(changes["article/hidden_out"].sum(axis=1))
    return total


def prune_units(student: Student, targets: NDArray[np.float32], rows: NDArray[np.int32], keep: int) -> Student:
    """Keep the `keep` most important hidden units, and of masks what is theirs.

    Args:
        student: The one given keeps its weights.
        targets: (num_texts, dim) the teacher's vectors.
        rows: Texts of the training days.
        keep: Units of the new hidden layer.

    Raises:
        CompressionError: The encoder has no hidden layer, a factored one, or not so many units.
    """
    old = student.model.article_encoder
    if "hidden_in" in old.ranks or "hidden_out" in old.ranks:
        raise CompressionError("prune-units: the hidden layer is factored; put prune-units before factorize-kernels")
    if not old.hidden:
        raise CompressionError("prune-units: the student has no hidden layer; leave the step out")
    if not 0 < keep <= old.hidden:
        raise CompressionError(
            f"prune-units: cannot keep {keep} of {old.hidden} hidden units; choose 1 to {old.hidden}"
        )
    return keep_units(
        student, np.sort(np.argsort(-unit_importance(student.model, targets, rows), kind="stable")[:keep])
    )


def keep_units(student: Student, kept: NDArray[np.int64]) -> Student:
    """A student with some of its hidden units, and of its masks what is theirs.

    Args:
        student: The one given keeps its weights.
        kept: (num_kept,) numbers of the units that stay, in order.
    """
    old = student.model.article_encoder
    weights = cut(weight_arrays(student.model), kept, UNIT_AXES)
    new = ArticleEncoder(old.input_dim, len(kept), old.dim, old.num_topics, old.ranks)
    new.set_numbers({name.removeprefix("article/"): numbers for name, numbers in weights.items()})
    return replace(student.changed(article_encoder=new), masks=cut(student.masks, kept, UNIT_AXES))
