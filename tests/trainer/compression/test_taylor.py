"""Taylor importance, worked by hand: two batches that pull one weight in opposite directions."""

from __future__ import annotations

import numpy as np
import pytest
from pytest import approx

from tests.trainer.compression.tiny import tiny_student
from trainer.compression.prune_dimensions import dimension_importance
from trainer.compression.prune_units import unit_importance
from trainer.compression.taylor import BATCH, taylor_changes

# Both titles get the vector (1, w), scaled to length 1; the teacher says (0.6, 0.8) of one and (0.6, -0.8) of the other.
# The loss is 1 - (0.6 +- 0.8 w) / sqrt(1 + w^2), and gradient x w of it is -w (+-0.8 - 0.6 w) / (1 + w^2)^1.5.
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
    """w is what the only hidden unit, whose activation is 1, tells the second dimension."""
    return tiny_student([[1, 0]], [[0], [0]], projection=[[1, 0], [0, 0]], hidden_in=[[1], [0]], hidden_out=[[0, W]])


@pytest.fixture
def by_dimension():
    """w is the token's second number."""
    return tiny_student([[1, W]], [[0], [0]], projection=[[1, 0], [0, 1]])


def test_a_change_is_gradient_times_weight_batch_by_batch(by_kernel):
    name = "article/projection"
    first, second = (part[name] for part in taylor_changes(by_kernel.model, TARGETS, ROWS, [name]))
    # A vector of length 1 does not feel its own scale: the changes of one vector's weights add up to 0.
    assert first == approx(np.array([[-FIRST, FIRST], [0, 0]]), abs=1e-5)
    assert second == approx(np.array([[-SECOND, SECOND], [0, 0]]), abs=1e-5)


def test_a_unit_counts_by_the_size_of_its_change_in_each_batch(by_unit):
    assert unit_importance(by_unit.model, TARGETS, ROWS) == approx([-FIRST + SECOND], abs=1e-5)


def test_a_dimension_counts_by_the_size_of_its_change_in_each_batch(by_dimension):
    assert dimension_importance(by_dimension.model, TARGETS, ROWS) == approx([-FIRST + SECOND] * 2, abs=1e-5)
