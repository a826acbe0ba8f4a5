"""Code books: centres of a weighted k-means, worked by hand."""

from __future__ import annotations

import numpy as np
import pytest
from pytest import approx

from edge_runtime.model.token_table import all_rows
from tests.trainer.student_steps.tiny import tiny_data, tiny_student
from trainer.student_steps.product_quantization import quantize_parts
from trainer.student_steps.quantize import Quantize


def two_entries(rows, weights, seed=1):
    """Codes and sorted entries of rows of one number each, cut into one part of one bit."""
    table = np.array(rows, np.float32)[:, None]
    codes, books = quantize_parts(table, np.array(weights, np.float32), parts=1, bits=1, seed=(seed,))
    return codes[:, 0].tolist(), sorted(books.ravel().tolist())


@pytest.mark.parametrize("seed", range(6))
def test_entries_are_the_means_of_their_rows_wherever_they_start(seed):
    codes, entries = two_entries([0, 1, 10, 11], [1, 1, 1, 1], seed)
    assert entries == approx([0.5, 10.5])
    assert codes[0] == codes[1] != codes[2] == codes[3]


@pytest.mark.parametrize("seed", range(6))
def test_a_row_pulls_its_entry_by_its_weight(seed):
    # (0 x 1 + 1 x 3) / 4, and (10 x 9 + 11 x 1) / 10
    _, entries = two_entries([0, 1, 10, 11], [1, 3, 9, 1], seed)
    assert entries == approx([0.75, 10.1])


def test_each_part_has_a_book_of_its_own():
    # The first part tells the first two rows from the others, the second part the even rows from the odd ones.
    table = np.array([[0, 5], [0, 8], [3, 5], [3, 8]], np.float32)
    codes, books = quantize_parts(table, np.ones(4, np.float32), parts=2, bits=1, seed=(1,))
    assert books.shape == (2, 2, 1)
    found = np.stack([books[part, codes[:, part], 0] for part in range(2)], axis=1)
    assert found == approx(table)


def test_every_row_has_its_nearest_entry_and_every_entry_is_the_weighted_mean_of_its_rows():
    rng = np.random.default_rng(0)
    table = np.repeat(rng.normal(size=(8, 2)) * 10, 12, axis=0).astype(np.float32)
    table += rng.normal(size=table.shape).astype(np.float32)
    weights = rng.uniform(0.5, 4, len(table)).astype(np.float32)
    codes, books = quantize_parts(table, weights, parts=1, bits=3, seed=(2,))
    distances = np.square(table[:, None] - books[0]).sum(axis=2)
    assert (distances.argmin(axis=1) == codes[:, 0]).all()
    for code in np.unique(codes):
        mine = codes[:, 0] == code
        assert books[0, code] == approx(np.average(table[mine], axis=0, weights=weights[mine]), abs=1e-4)


def test_the_same_seed_gives_the_same_books():
    table = np.random.default_rng(0).normal(size=(40, 4)).astype(np.float32)
    first, again, other = (quantize_parts(table, np.ones(40, np.float32), 2, 3, (seed,))[1] for seed in (1, 1, 2))
    assert (first == again).all()
    assert (first != other).any()


def test_a_token_weighs_as_the_square_root_of_how_often_it_comes():
    # Tokens come 0, 3, 8 and 0 times: their weights are 1, 2, 3 and 1, the root of one more.
    titles = [[1, 1, 1], [2, 2, 2, 2], [2, 2, 2, 2]]
    student = tiny_student([[0], [3], [10], [12]], titles, projection=[[1]])
    step = Quantize(table="parts", parts=1, bits=1, epochs=0.0, lists=0.0)
    table = step(student, tiny_data([0, 1, 2])).stored.table
    # (0 + 2 x 3) / 3, and (3 x 10 + 12) / 4; books are int8, in steps of a 127th of the largest.
    assert all_rows(table).ravel() == approx([2, 2, 10.5, 10.5], abs=10.5 / 127)
