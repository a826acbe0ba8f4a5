"""The article encoder with its activations rounded to int8, as the full int8 file of it computes.

While ranges are learned they follow the batches. Given ranges are fixed, and the converter takes their fake-quant nodes
for the grid of the file (`trainer.export.tflite`).
"""

from __future__ import annotations

from collections.abc import Mapping

import tensorflow as tf

from trainer.compression.moving_range import MovingRange
from trainer.models.encoders import ArticleEncoder

# Where the encoder rounds, all that one can have: a kernel of two factors rounds between them.
POINTS = (
    *("pooled", "topics", "projection_in", "projection", "topic_rows", "with_topic", "with_bias"),
    *("hidden_in_in", "hidden", "hidden_out_in", "hidden_out", "vector"),
)

Ranges = Mapping[str, tuple[float, float]]  # the least and the greatest number, by point


class FixedRange:
    """Rounds numbers to 255 steps between two limits; what lies beyond is at its end."""

    def __init__(self, low: float, high: float) -> None:
        """Take the limits, with 0 between them."""
        self._low, self._high = low, high

    def round(self, x: tf.Tensor) -> tf.Tensor:
        """Round numbers; what lies beyond the limits is at its end, and has no gradient.

        Args:
            x: Of any shape.

        Returns:
            Numbers of the same shape.
        """
        return tf.quantization.fake_quant_with_min_max_vars(x, self._low, self._high)


class RoundedArticleEncoder(ArticleEncoder):
    """Rounds all that goes from one operation to the next.

    Before its bias and ReLU the hidden layer is int32, fine enough to be left alone.
    """

    def __init__(self, like: ArticleEncoder, ranges: Ranges | None = None) -> None:
        """Take over the weights of an encoder.

        Args:
            like: The encoder.
            ranges: Where its numbers lie; None learns it from the batches that are encoded.
        """
        super().__init__(like.input_dim, like.hidden, like.dim, like.num_topics, like.ranks)
        self.set_numbers(like.numbers())
        self._ranges: dict[str, FixedRange | MovingRange] = (
            {point: MovingRange() for point in POINTS}
            if ranges is None
            else {point: FixedRange(*limits) for point, limits in ranges.items()}
        )

    def learned_ranges(self) -> Ranges:
        """The ranges of the batches so far, of the points that this encoder has; none before the first batch."""
        learned = {point: one for point, one in self._ranges.items() if isinstance(one, MovingRange) and one.seen > 0}
        return {point: _limits(one) for point, one in learned.items()}

    def _at(self, point: str, x: tf.Tensor) -> tf.Tensor:
        return self._ranges[point].round(x)


def _limits(learned: MovingRange) -> tuple[float, float]:
    low, high = learned.limits.numpy().tolist()
    # Numbers that are always 0, such as topic rows that nothing has moved, lie on any grid; the converter needs one.
    return (low, high) if low < high else (0.0, 1.0)
