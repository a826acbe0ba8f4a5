"""Taylor importance, worked by hand: two batches that pull one weight in opposite directions."""

from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf
from pytest import approx

from tests.trainer.student_steps.tiny import tiny_data, tiny_student
from trainer.models.overlay import named_weights
from trainer.student_steps.prune_dimensions import dimension_importance
from trainer.student_steps.prune_units import unit_importance
from trainer.student_steps.prune_weights import PruneWeights
from trainer.student_steps.taylor import BATCH, squared_changes, taylor_changes

# Both titles get the vector (1, w), scaled to length 1; the teacher says (0.6, 0.8) of one, (0.6, -0.8) of the other.
# The loss is 1 - (0.6 +- 0.8 w) / sqrt(1 + w^2), and gradient x w of it is -w (+-0.8 - 0.6 w) / (1 + w^2)^1.5.
NAME = "article/projection"
W = 0.75
TARGETS = np.array([[0.6, 0.8], [0.6, -0.8]], np.float32)
ROWS = np.repeat(np.arange(2, dtype=np.int32), BATCH)  # one batch of each title
FIRST, SECOND = -0.75 * 0.35 / 1.5625**1.5, 0.75 * 1.25 / 1.5625**1.5  # -0.1344 and 0.48


@pytest.fixture
def by_kernel():
    """w is a weight of the projection."""
    return tiny_student([[1, 0]], [[0], [0]], projection=[[1, W], [5, 5]])


@pytest.fixture
def by_unit():
    """The only hidden unit, whose activation is 1, gives all of w and half of the 1."""
    return tiny_student(
        [[1, 0]], [[0], [0]], projection=[[0.5, 0], [0, 0]], hidden_in=[[1], [0]], hidden_out=[[0.5, W]]
    )


@pytest.fixture
def by_dimension():
    """w is the second number of the two tokens of a title, together."""
    return tiny_student([[0.5, 1.5 * W], [0.5, -0.5 * W]], [[0, 1], [0, 1]], projection=[[1, 0], [0, 1]])


def test_a_change_is_gradient_times_weight_batch_by_batch(by_kernel):
    first, second = (part[NAME] for part in taylor_changes(by_kernel.model, TARGETS, ROWS, [NAME]))
    # A vector of length 1 does not feel its own scale: the changes of one vector's weights add up to 0.
    assert first == approx(np.array([[-FIRST, FIRST], [0, 0]]), abs=1e-5)
    assert second == approx(np.array([[-SECOND, SECOND], [0, 0]]), abs=1e-5)


def squares(student, weights, read):
    every = {name: weight.value for name, weight in named_weights(student.model).items()}
    read = {**every, NAME: tf.constant(read, tf.float32)}
    return squared_changes(student.model, TARGETS, ROWS, {NAME: tf.constant(weights, tf.float32)}, read)[NAME].numpy()


def test_a_single_weight_counts_by_the_squares_of_its_changes(by_kernel):
    kernel = [[1, W], [5, 5]]
    expected = FIRST**2 + SECOND**2  # 0.0181 + 0.2304
    assert squares(by_kernel, kernel, kernel) == approx(np.array([[expected, expected], [0, 0]]), abs=1e-5)


def test_importance_is_of_the_weights_that_are_read_at_the_time(by_kernel):
    # With w = 4/3 the first batch has no gradient: 0.8 - 0.6 w = 0. The second one's is (0.8 + 0.8) / (25 / 9)^1.5.
    kernel = [[1, 4 / 3], [0, 0]]
    expected = (4 / 3 * 1.6 * 27 / 125) ** 2
    assert squares(by_kernel, kernel, kernel) == approx(np.array([[expected, expected], [0, 0]]), abs=1e-5)


def test_a_pruned_weight_counts_by_what_it_would_change_if_it_came_back(by_kernel):
    # Where w reads as 0 the gradients are -0.8 and 0.8: times its own 0.75, squared and added, 0.72.
    assert squares(by_kernel, [[1, W], [5, 5]], [[1, 0], [0, 0]]) == approx(np.array([[0, 0.72], [0, 0]]), abs=1e-5)


def test_the_same_importance_comes_out_of_a_graph(by_kernel):
    kernel = [[1, W], [5, 5]]
    in_graph = tf.function(lambda read: squared_changes(by_kernel.model, TARGETS, ROWS, {NAME: read}, {NAME: read}))
    found = in_graph(tf.constant(kernel, tf.float32))[NAME].numpy()
    assert found == approx(squares(by_kernel, kernel, kernel), abs=1e-6)


def test_pruning_by_taylor_takes_large_weights_that_nothing_reads(by_kernel):
    step = PruneWeights(sparsity=0.5, importance="taylor", layers=(NAME,), epochs=0.0)
    pruned = step(by_kernel, tiny_data(ROWS, TARGETS))
    assert pruned.model.article_encoder.projection.numpy().tolist() == [[1, W], [0, 0]]


def test_a_unit_counts_by_the_size_of_its_change_in_each_batch(by_unit):
    # What its weights change together, half of -w's change and w's, and only then its size.
    assert unit_importance(by_unit.model, TARGETS, ROWS) == approx([(-FIRST + SECOND) / 2], abs=1e-5)


def test_a_dimension_counts_by_the_size_of_its_change_in_each_batch(by_dimension):
    assert dimension_importance(by_dimension.model, TARGETS, ROWS) == approx([-FIRST + SECOND] * 2, abs=1e-5)
