"""How much of a matrix its largest singular values hold, and which ranks save numbers."""

import numpy as np
from pytest import approx

from trainer.compression.singular_values import kept_energy, largest_useful_rank, rank_of_energy


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
