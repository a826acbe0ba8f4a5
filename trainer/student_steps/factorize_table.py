"""The token table as the product of two factors, which start from a truncated SVD and are trained.

T ~ U V with orthonormal rows in V. A title is read as the direction of the sum of its rows, and V keeps lengths: the
direction of a sum of rows of U V is that of U's rows, times V. So V moves into what reads the direction, `projection`
and `hidden_in`, exactly; the table that is stored is U, and the encoder's input is as wide as its rank. From there on
V has become two matrices, which training need not keep alike.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from edge_runtime.model.token_table import SCALE_BYTES
from trainer.compression.singular_values import Floats, rank_of_energy
from trainer.errors import CompressionError
from trainer.models.encoders import ArticleEncoder
from trainer.models.overlay import TABLE
from trainer.models.text_input import TokenTableInput
from trainer.settings.ranges import Bytes, Epochs, Extra, Kept
from trainer.student_steps.low_rank import check_aims, refuse_pruned
from trainer.student_steps.step import fine_tune
from trainer.training.student import Student
from trainer.training.student_data import StudentData

READING = ("projection", "hidden_in")  # kernels of the article encoder that read the table's sums


@dataclass(frozen=True, slots=True)
class FactorizeTable:
    """Narrow the token table to a rank, then fine-tune table and encoder, the two factors."""

    method: ClassVar[str] = "factorize-table"
    rank: Extra = 0  # 0: by `max_bytes` or `energy`
    energy: Kept = 0.9  # share of the squared singular values to be kept, if neither of the others is given
    max_bytes: Bytes = 0  # of the table in int8, one scale and one byte a number for each row; 0: by `rank` or `energy`
    epochs: Epochs = 4.0  # of fine-tuning

    def __call__(self, student: Student, data: StudentData) -> Student:
        """The student with a narrower table."""
        num_tokens, dim = student.model.text.table.shape
        check_aims(self.method, self.rank, dim, self.energy, self.max_bytes)
        values, directions = main_axes(student, data.rows)
        if self.max_bytes:
            rank = rank_within(num_tokens, dim, self.max_bytes)
        else:
            rank = self.rank or rank_of_energy(values, self.energy)
        smaller = factorize_table(student, directions[:rank])
        fine_tune(smaller, data, self.epochs, self.method)
        return smaller


def rank_within(num_tokens: int, dim: int, max_bytes: int) -> int:
    """The largest rank whose table fits a budget in int8, at most the table's own width.

    Raises:
        CompressionError: Not even one number a row fits.
    """
    rank = max_bytes // num_tokens - SCALE_BYTES
    if rank < 1:
        raise CompressionError(
            f"factorize-table: max_bytes is {max_bytes}, but {num_tokens} rows of one number and its scale take "
            f"{num_tokens * (SCALE_BYTES + 1)}; give at least that, or prune tokens first (prune-vocabulary)"
        )
    return min(rank, dim)


def main_axes(student: Student, rows: NDArray[np.int32]) -> tuple[Floats, Floats]:
    """The directions in which titles differ most.

    Titles, not the table's rows, are what the encoder reads: they weigh a token by how often it comes and by what comes
    beside it. On MIND (small), cutting 40 columns to 16 without training lost less than half of the nDCG@10 that a
    cut by rows, weighted by the square root of their tokens' counts, lost. Once trained, the two were alike.

    Args:
        student: Its table is looked at.
        rows: (n,) numbers of the titles that count: those of the training days.

    Returns:
        (dim,) singular values, falling, and (dim, dim) right singular vectors, a row each.
    """
    dim = student.model.text.table.shape[1]
    squares = np.zeros((dim, dim))
    for part in np.array_split(rows, max(1, len(rows) // 512)):
        pooled = student.model.text(tf.constant(part)).numpy().astype(np.float64)
        squares += pooled.T @ pooled
    values, axes = np.linalg.eigh(squares)  # of the small square matrix: titles may be many
    return np.sqrt(np.maximum(values[::-1], 0)).astype(np.float32), axes[:, ::-1].T.astype(np.float32)


def factorize_table(student: Student, directions: Floats) -> Student:
    """Keep a table's part in some directions, and let the encoder read it there; nothing is trained.

    Args:
        student: The one given keeps its weights.
        directions: (rank, dim) with orthonormal rows, the factor V.

    Raises:
        CompressionError: A kernel that reads the table is factored, or weights of it or of the table are pruned.
    """
    old = student.model.article_encoder
    numbers = old.numbers()
    refuse_pruned("factorize-table", student, [TABLE, *(f"article/{name}" for name in READING)])
    for name in READING:
        if name in old.ranks:
            raise CompressionError(
                f"factorize-table: article/{name}, which reads the table, is factored; put factorize-table before "
                "factorize-kernels"
            )
        if name in numbers:
            numbers[name] = directions @ numbers[name]
    encoder = ArticleEncoder(len(directions), old.hidden, old.dim, old.num_topics, old.ranks)
    encoder.set_numbers(numbers)
    table = student.model.text.table.numpy() @ directions.T
    text = TokenTableInput(table, student.model.text.token_ids.numpy())
    return replace(student.changed(text=text, article_encoder=encoder), masks=student.masks)
