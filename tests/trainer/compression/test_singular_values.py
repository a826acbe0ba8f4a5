"""How much of a matrix its largest singular values hold, and which ranks save numbers."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from pytest import approx

from trainer.compression.singular_values import kept_energy, largest_useful_rank, rank_of_energy, truncated_factors


def test_the_share_of_squares_by_hand():
    # 9, 4, 2 and 1 of 16
    values = np.sqrt(np.array([9, 4, 2, 1], np.float32))
    assert kept_energy(values) == approx([9 / 16, 13 / 16, 15 / 16, 1])
    assert [rank_of_energy(values, energy) for energy in (0.5, 0.57, 0.9, 0.999)] == [1, 2, 3, 4]
    # Just what is asked for is enough: 2 of 4 equal squares are a half.
    assert [rank_of_energy(np.ones(4, np.float32), energy) for energy in (0.5, 0.51)] == [2, 3]


def test_a_kernel_of_zeros_is_kept_by_one_direction():
    assert rank_of_energy(np.zeros(5, np.float32), 0.9) == 1


def test_useful_ranks_by_hand():
    # 2 x (4 + 3) = 14 numbers are more than 4 x 3 = 12; 7 are fewer. An identity's half is no gain: 32 x 128 = 64 x 64.
    assert largest_useful_rank(np.zeros((4, 3))) == 1
    assert largest_useful_rank(np.zeros((64, 64))) == 31
    assert largest_useful_rank(np.zeros((2, 2))) == 0


def test_the_nearest_matrix_of_rank_one_worked_by_hand():
    # Of diag(4, 1) the larger direction is kept, and each factor gets a root of 4.
    left, right = truncated_factors(np.diag([4.0, 1.0]).astype(np.float32), 1)
    assert_allclose(np.abs(left), [[2], [0]], atol=1e-6)
    assert_allclose(left @ right, [[4, 0], [0, 0]], atol=1e-6)


@pytest.mark.parametrize("rank", range(1, 8))
def test_the_squared_error_of_a_cut_is_that_of_the_values_left_out(rank):
    matrix = np.random.default_rng(0).normal(size=(12, 7)).astype(np.float32)
    left, right = truncated_factors(matrix, rank)
    values = np.linalg.svd(matrix, compute_uv=False)
    assert (left.shape, right.shape) == ((12, rank), (rank, 7))
    error = np.square(left @ right - matrix).sum()
    assert_allclose(error, np.square(values[rank:]).sum(), rtol=1e-4, atol=1e-8)
    assert_allclose(np.linalg.norm(left), np.linalg.norm(right), rtol=1e-5)
