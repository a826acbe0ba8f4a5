"""First-order Taylor importance (Molchanov et al., CVPR 2019): how much the loss would change if a weight were zero.

The loss is that of distillation: how far a title's vector is from the teacher's. A single weight changes it by gradient
x weight; what is cut as one, a unit or a dimension, by the sum over all weights that go with it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from trainer.models.click_model import ClickModel
from trainer.models.overlay import named_weights

BATCH = 512  # titles whose changes are summed before their size is taken

Floats = NDArray[np.float32]


def taylor_changes(
    model: ClickModel, targets: Floats, rows: NDArray[np.int32], names: Sequence[str]
) -> Iterator[dict[str, Floats]]:
    """Gradient x weight of every weight, batch by batch.

    Args:
        model: A student.
        targets: (num_texts, dim) the teacher's vectors, whose loss the gradient is of.
        rows: Texts to go through once.
        names: Of the weights, as `named_weights` has them.

    Yields:
        By name, an array of the weight's shape.
    """
    weights = {name: named_weights(model)[name].value for name in names}
    for part in np.array_split(rows, max(1, len(rows) // BATCH)):
        with tf.GradientTape() as tape:
            vectors = model.article_vectors(tf.constant(part))
            loss = 1 - tf.reduce_mean(tf.reduce_sum(vectors * tf.constant(targets[part]), axis=1))
        gradients = tape.gradient(loss, weights)
        yield {name: (tf.convert_to_tensor(gradients[name]) * weight).numpy() for name, weight in weights.items()}
