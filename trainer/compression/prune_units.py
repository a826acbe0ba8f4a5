"""Structured pruning of the article encoder's hidden layer: the units that matter least are cut out of both kernels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from trainer.compression.step import CompressionData, check_share, fine_tune
from trainer.errors import CompressionError
from trainer.models.click_model import ClickModel
from trainer.models.encoders import ArticleEncoder
from trainer.student import Student


@dataclass(frozen=True, slots=True)
class PruneUnits:
    """Cut a share of the hidden units, then fine-tune."""

    method: ClassVar[str] = "prune-units"
    keep: float = 0.67  # share of the units
    epochs: float = 4.0  # of fine-tuning

    def __call__(self, student: Student, data: CompressionData) -> Student:
        """The student with fewer units."""
        check_share(self.method, "keep", self.keep, most_included=True)
        keep = max(1, round(student.model.article_encoder.hidden * self.keep))
        smaller = prune_units(student, data.targets, data.rows, keep)
        fine_tune(smaller, data, self.epochs, self.method)
        return smaller


def unit_importance(model: ClickModel, targets: NDArray[np.float32], rows: NDArray[np.int32]) -> NDArray[np.float32]:
    """First-order Taylor importance (Molchanov et al., CVPR 2019): |sum over weights of gradient x weight|, a unit.

    Args:
        model: A student with a hidden layer.
        targets: (num_articles, dim) the teacher's vectors, whose loss the gradient is of.
        rows: Articles to average over.

    Returns:
        (hidden,) float32: how much the distillation loss would change if the unit were gone.
    """
    encoder = model.article_encoder
    outgoing = encoder.hidden_out.value
    total = np.zeros(encoder.hidden, np.float32)
    for part in np.array_split(rows, max(1, len(rows) // 512)):
        with tf.GradientTape() as tape:
            vectors = model.article_vectors(tf.constant(part))
            loss = 1 - tf.reduce_mean(tf.reduce_sum(vectors * tf.constant(targets[part]), axis=1))
        change = tape.gradient(loss, outgoing) * outgoing
        total += np.abs(change.numpy().sum(axis=1))
    return total


def prune_units(student: Student, targets: NDArray[np.float32], rows: NDArray[np.int32], keep: int) -> Student:
    """Keep the `keep` most important hidden units.

    Args:
        student: The one given keeps its weights.
        targets: (num_articles, dim) the teacher's vectors.
        rows: Articles of the training days.
        keep: Units of the new hidden layer.

    Raises:
        CompressionError: The encoder has no hidden layer, or not so many units.
    """
    old = student.model.article_encoder
    if "hidden_in" in old.ranks or "hidden_out" in old.ranks:
        raise CompressionError("prune-units: the hidden layer is factored; put prune-units before factorize-kernels")
    if not 0 < keep <= old.hidden:
        raise CompressionError(
            f"prune-units: cannot keep {keep} of {old.hidden} hidden units; choose 1 to {old.hidden}, or leave it out"
        )
    kept = np.sort(np.argsort(-unit_importance(student.model, targets, rows), kind="stable")[:keep])
    numbers = old.numbers()
    numbers["hidden_in"] = numbers["hidden_in"][:, kept]
    numbers["hidden_bias"] = numbers["hidden_bias"][kept]
    numbers["hidden_out"] = numbers["hidden_out"][kept]
    new = ArticleEncoder(old.input_dim, keep, old.dim, old.num_topics)
    new.set_numbers(numbers)
    return student.changed(article_encoder=new)
