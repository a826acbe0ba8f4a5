"""First-order Taylor importance: how much the loss would change if a weight, or all weights of a unit, were zero.

The loss is that of distillation: how far a title's vector is from the teacher's. Zeroing one weight changes it by about
gradient x weight, in a batch of titles.

    single weights      the squares of these changes (Molchanov et al., Importance Estimation, CVPR 2019, equation 8)
    units, dimensions   the sizes of the sums over all weights that go together: that sum is gradient x activation, the
                        criterion of Molchanov et al., Pruning Convolutional Neural Networks, ICLR 2017

Both are added up over the batches. The later paper squares for groups as well; sizes are kept for them because the
recipes that come with the trainer were measured with sizes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from trainer.models.click_model import ClickModel
from trainer.models.overlay import Values, named_weights

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
    for part in np.array_split(rows, _num_batches(rows)):
        gradients = _gradients(model, weights, tf.constant(part), tf.constant(targets[part]))
        yield {name: (gradients[name] * weight).numpy() for name, weight in weights.items()}


def squared_changes(
    model: ClickModel,
    targets: Floats,
    rows: NDArray[np.int32],
    weights: Mapping[str, tf.Tensor],
    read: Mapping[str, tf.Tensor],
) -> Values:
    """Sum over the batches of (gradient x weight)^2, computed within a graph too.

    A pruned weight reads as zero, but has its own value still. It counts by what it would change if it came back.

    Args:
        model: A student.
        targets: (num_texts, dim) the teacher's vectors, whose loss the gradient is of.
        rows: Texts to go through once.
        weights: Those to score, by the names of `named_weights`.
        read: What the model reads in their place, where the gradient is taken; other weights may be among it.

    Returns:
        By name, float32 of the weight's shape.
    """
    ends = np.cumsum([0] + [len(part) for part in np.array_split(rows, _num_batches(rows))]).astype(np.int32)
    bounds, order, goal = tf.constant(ends), tf.constant(rows), tf.constant(targets)
    variables = named_weights(model)
    scored = {name: tf.stop_gradient(read[name]) for name in weights}
    state = [(variables[name], scored.get(name, tf.stop_gradient(value))) for name, value in read.items()]

    def add_batch(number: tf.Tensor, totals: Values) -> tuple[tf.Tensor, Values]:
        part = order[bounds[number] : bounds[number + 1]]
        with keras.StatelessScope(state_mapping=state):
            gradients = _gradients(model, scored, part, tf.gather(goal, part))
        return number + 1, {name: totals[name] + tf.square(gradients[name] * weights[name]) for name in totals}

    start = {name: tf.zeros_like(value) for name, value in scored.items()}
    _, totals = tf.while_loop(lambda number, _: number < len(ends) - 1, add_batch, (tf.constant(0), start))
    return dict(totals)


def _num_batches(rows: NDArray[np.int32]) -> int:
    return max(1, len(rows) // BATCH)


def _gradients(model: ClickModel, weights: Mapping[str, tf.Tensor], rows: tf.Tensor, targets: tf.Tensor) -> Values:
    with tf.GradientTape() as tape:
        tape.watch(list(weights.values()))
        vectors = model.article_vectors(rows)
        loss = 1 - tf.reduce_mean(tf.reduce_sum(vectors * targets, axis=1))
    gradients = tape.gradient(loss, dict(weights), unconnected_gradients=tf.UnconnectedGradients.ZERO)
    return {name: tf.convert_to_tensor(gradient) for name, gradient in gradients.items()}
