"""Quantization as a step, the last of a recipe: how the bundle stores the token table and the encoders.

A table of parts is quantized first. Then its code books and everything around them learn the teacher's vectors and
ranking once more, with the codes held fixed. The other formats are rounded as they are. Encoders are converted when the
bundle is written (`export.tflite`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated, ClassVar

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from edge_runtime.model.token_table import (
    CODE_BITS,
    FLOAT_BITS,
    TokenTable,
    all_rows,
    float_rows,
    join_parts,
    quantize_rows,
)
from trainer.errors import CompressionError
from trainer.export.tflite import ENCODER_KINDS
from trainer.models.overlay import TABLE, Masks, Values
from trainer.settings.ranges import Amount, Choice, Count, Epochs
from trainer.student_steps.product_quantization import quantize_parts
from trainer.student_steps.step import fine_tune
from trainer.training.student import Storage, Student, token_counts
from trainer.training.student_data import StudentData
from trainer.training.teach import learn_scores

TABLE_BITS = {f"float{bits}": bits for bits in FLOAT_BITS} | {f"int{bits}": bits for bits in CODE_BITS}


@dataclass(frozen=True, slots=True)
class Quantize:
    """Choose the kinds of table and encoders."""

    method: ClassVar[str] = "quantize"
    table: Annotated[str, Choice((*TABLE_BITS, "parts"))] = "int8"
    encoders: Annotated[str, Choice(ENCODER_KINDS)] = "int8"
    parts: Count = 8  # of a row, if the table is in parts
    bits: Count = 8  # of a part's code
    epochs: Epochs = 4.0  # of the code books over the titles; with `lists` 0 too they stay as they are
    lists: Amount = 0.5  # of the code books after that, in the run's own list steps

    def __call__(self, student: Student, data: StudentData) -> Student:
        """The student whose numbers are those that its bundle will have."""
        if self.table != "parts":
            return round_rows(student, self.table, self.encoders)
        _check_encoders(self.encoders)
        return _stored(*self._in_parts(student, data), self.encoders)

    def _in_parts(self, student: Student, data: StudentData) -> tuple[Student, TokenTable]:
        if TABLE in student.masks:
            raise CompressionError(
                "quantize: parts would fill the pruned weights of the table again; choose int4 or int8, or prune "
                "whole rows instead (prune-vocabulary)"
            )
        if min(self.epochs, self.lists) < 0:
            raise CompressionError(f"quantize: epochs is {self.epochs} and lists {self.lists}; give 0 or more for both")
        rows = student.model.text.table.numpy()
        # The square root, as for the importance of tokens: else common words without content take all entries.
        weights = np.sqrt(token_counts(student, data.rows) + 1.0).astype(np.float32)
        codes, books = quantize_parts(rows, weights, self.parts, self.bits, data.seed)
        overlay = _CodeBooks(codes, books)
        trained = student.copy()
        # No clicks: they are few, and move a quantized table more than they teach it.
        fine_tune(trained, data, self.epochs, self.method, [overlay], clicks=False)
        if self.lists:
            steps, rate = round(data.refit.list_steps * self.lists), data.refit.list_rate / 2
            settings = replace(data.refit, list_steps=steps, list_rate=rate, click_epochs=0.0)
            learn_scores(trained, data, self.method, settings, data.rng(), [Masks(trained.masks), overlay])
        # The encoder has moved on from the ranges that an earlier step may have learned.
        return replace(trained, ranges={}), join_parts(codes, overlay.books.numpy())


def round_rows(student: Student, kind: str, encoders: str) -> Student:
    """The student whose table is rounded row by row, which takes no data.

    Args:
        student: The one given keeps its weights.
        kind: Of table, one of `TABLE_BITS`.
        encoders: One of `ENCODER_KINDS`.

    Raises:
        CompressionError: There is no such kind, or a pruned weight of the table would not stay zero.
    """
    _check_encoders(encoders)
    if kind not in TABLE_BITS:
        raise CompressionError(f"quantize: table is {kind!r}; choose {', '.join(TABLE_BITS)} or parts")
    return _stored(student.copy(), _rounded(student, TABLE_BITS[kind]), encoders)


def _check_encoders(kind: str) -> None:
    if kind not in ENCODER_KINDS:
        raise CompressionError(f"quantize: encoders is {kind!r}; choose {', '.join(ENCODER_KINDS)}")


def _stored(rounded: Student, table: TokenTable, encoders: str) -> Student:
    rounded.model.text.table.assign(all_rows(table))
    return replace(rounded, stored=Storage(table, encoders))


def _rounded(student: Student, bits: int) -> TokenTable:
    rows = student.model.text.table.numpy()
    if bits in FLOAT_BITS:
        return float_rows(rows, bits)
    if TABLE in student.masks and bits < 4:
        raise CompressionError(
            f"quantize: int{bits} has no zero, which pruned weights of the table need; choose int4 or int8, or prune "
            "whole rows instead (prune-vocabulary)"
        )
    return quantize_rows(rows, bits)


class _CodeBooks:
    """The table as its code books give it, while the books are trained and the codes stay."""

    pace = 1.0

    def __init__(self, codes: NDArray[np.uint8], books: NDArray[np.float32]) -> None:
        # Of all books under one another: (num_tokens, parts).
        self._places = tf.constant((codes + np.arange(books.shape[0]) * books.shape[1]).astype(np.int32))
        self.books = tf.Variable(books)
        self.variables: Sequence[tf.Variable] = [self.books]

    def values(self, weights: Values) -> Values:
        """The table: (num_tokens, dim)."""
        entries = tf.gather(
            tf.reshape(self.books, [-1, self.books.shape[2]]), self._places
        )  # (num_tokens, parts, width)
        return {TABLE: tf.reshape(entries, weights[TABLE].shape)}

    def penalty(self) -> tf.Tensor:
        """Always 0: code books add nothing to the loss."""
        return tf.constant(0.0)
