"""Quantization-aware training (Jacob et al., CVPR 2018): a student learns with the very numbers its bundle will hold.

While it learns the teacher's vectors of all titles once more, numbers read as rounded, and gradients pass straight
through the rounding:

    token table          steps of each row's own scale, as `edge_runtime.model.token_table.quantize_rows` chooses it
    kernels, topic rows  int8 without -128, one scale for each output, by which its largest weight is 127
    article/bias         int8, one scale and a zero point, because it is added to int8 numbers
    activations          int8, between moving averages of the least and the greatest of a batch; those of the article
                         encoder alone, for the user encoder is not asked while titles are learned

Those of kernels and bias are the grids that TensorFlow's converter chooses for full int8 (`export.tflite`): the student
that comes out lies on them, and the files that it becomes hold just its numbers. The ranges of activations travel with
the student, and the converter is given them. Hidden biases are int32 there, fine enough to be left alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated, ClassVar

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from edge_runtime.model.token_table import CODE_BITS, all_rows, quantize_rows
from trainer.compression.grids import round_to_grid
from trainer.errors import CompressionError
from trainer.models.overlay import TABLE, Values, named_weights
from trainer.models.rounded_encoder import RoundedArticleEncoder
from trainer.settings.ranges import Amount, Choice, Epochs
from trainer.student_steps.step import fine_tune
from trainer.training.student import Student
from trainer.training.student_data import StudentData

TABLE_BITS = {f"int{bits}": bits for bits in CODE_BITS}
BIAS = "article/bias"

SCALES_EVERY = 10  # steps; the best scale of a row of few bits is slow to find, and slow to change


@dataclass(frozen=True, slots=True)
class QuantizeAware:
    """Fine-tune a student as it will be rounded; `quantize`, with the same table and int8 encoders, comes next."""

    method: ClassVar[str] = "quantize-aware"
    table: Annotated[str, Choice(TABLE_BITS)] = "int8"
    epochs: Epochs = 1.0  # over the titles; 0 only rounds
    rate: Amount = 0.1  # of the usual rates of fine-tuning
    activations: bool = True  # whether those of the article encoder are rounded too

    def __call__(self, student: Student, data: StudentData) -> Student:
        """The student whose table, kernels, last bias and ranges of activations are what its bundle will hold."""
        bits = self._check(student)
        trained, encoder = student.copy(), RoundedArticleEncoder(student.model.article_encoder)
        if self.activations:
            trained = replace(student.changed(article_encoder=encoder), masks=student.masks)
        slower = replace(data.distillation, learning_rate=data.distillation.learning_rate * self.rate)
        data = replace(data, distillation=slower)
        fine_tune(trained, data, self.epochs, self.method, [RoundedWeights(trained, bits)], clicks=False)
        return replace(_rounded(student, trained, bits), ranges=encoder.learned_ranges())

    def _check(self, student: Student) -> int:
        if self.table not in TABLE_BITS:
            raise CompressionError(f"{self.method}: table is {self.table!r}; choose {', '.join(TABLE_BITS)}")
        bits = TABLE_BITS[self.table]
        if TABLE in student.masks and bits < 4:
            raise CompressionError(
                f"{self.method}: {self.table} has no zero, which pruned weights of the table need; choose int4 or "
                "int8, or prune whole rows instead (prune-vocabulary)"
            )
        if not (self.epochs >= 0 and self.rate >= 0):
            raise CompressionError(
                f"{self.method}: epochs is {self.epochs} and rate {self.rate}; give 0 or more for both"
            )
        return bits


def round_bias(bias: tf.Tensor) -> tf.Tensor:
    """A bias on its grid: 255 steps from the lowest number, or zero, to the highest, or zero.

    Args:
        bias: (outputs,).

    Returns:
        (outputs,).
    """
    scale = (tf.maximum(tf.reduce_max(bias), 0.0) - tf.minimum(tf.reduce_min(bias), 0.0)) / 255
    return tf.round(tf.math.divide_no_nan(bias, scale)) * scale


def round_encoders(weights: Values) -> Values:
    """The encoders' weights that full int8 rounds, by name."""
    kernels = {
        name: round_to_grid(weight, 8, axes=[0])
        for name, weight in weights.items()
        if name.startswith(("article/", "user/")) and len(weight.shape) == 2
    }
    return {**kernels, BIAS: round_bias(weights[BIAS])}


class RoundedWeights:
    """Table, kernels and last bias as the bundle will hold them; their gradient is that of the weights themselves."""

    variables: Sequence[tf.Variable] = ()
    pace = 1.0

    def __init__(self, student: Student, bits: int) -> None:
        """Take the student to be trained, and the bits of a number in its table."""
        self._bits, self._most = bits, 2 ** (bits - 1) - 1
        self._offset = 0.5 if bits < 4 else 0.0  # of a code, as `CodedRows` has it
        self._taken = tf.Variable(0, trainable=False)
        self._scales = tf.Variable(tf.zeros([len(student.pieces), 1]), trainable=False)

    def values(self, weights: Values) -> Values:
        """The weights as the bundle will hold them."""
        rounded = {**round_encoders(weights), TABLE: self._round_table(weights[TABLE])}
        return {name: weights[name] + tf.stop_gradient(value - weights[name]) for name, value in rounded.items()}

    def penalty(self) -> tf.Tensor:
        """Always 0: rounding adds nothing to the loss."""
        return tf.constant(0.0)

    def _round_table(self, table: tf.Tensor) -> tf.Tensor:
        taken = self._taken.assign_add(1)
        scales = tf.cond(taken % SCALES_EVERY == 1, lambda: self._find_scales(table), self._scales.read_value)
        codes = tf.round(tf.math.divide_no_nan(table, scales) - self._offset)
        codes = tf.clip_by_value(codes, -self._most - 2 * self._offset, self._most)
        return (codes + self._offset) * scales

    def _find_scales(self, table: tf.Tensor) -> tf.Tensor:
        def best(rows: NDArray[np.float32]) -> NDArray[np.float32]:
            return quantize_rows(rows, self._bits).scales.astype(np.float32)[:, None]

        found = tf.numpy_function(best, [table], tf.float32)
        return self._scales.assign(tf.ensure_shape(found, self._scales.shape))


def _rounded(student: Student, trained: Student, bits: int) -> Student:
    """A copy of a student with the rounded weights of a trained one."""
    weights = {name: weight.value for name, weight in named_weights(trained.model).items()}
    table = all_rows(quantize_rows(trained.model.text.table.numpy(), bits))
    found = {**weights, **round_encoders(weights), TABLE: table}
    rounded = student.copy()
    for name, weight in named_weights(rounded.model).items():
        weight.assign(found[name])
    return rounded
