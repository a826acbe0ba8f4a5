"""Products in blocks are the products."""

from __future__ import annotations

import numpy as np
import pytest

from edge_runtime.model.products import products


@pytest.mark.parametrize(("num_few", "num_many"), [(1, 10_000), (4, 3_000), (50, 200), (3, 1), (3, 0), (0, 5)])
def test_blocks_of_products_are_the_products(num_few, num_many):
    rng = np.random.default_rng(0)
    few, many = (rng.standard_normal((number, 64)).astype(np.float32) for number in (num_few, num_many))
    found = products(few, many)
    assert found.dtype == np.float32 and found.flags.c_contiguous
    np.testing.assert_allclose(found, few.astype(np.float64) @ many.T.astype(np.float64), atol=1e-4)


def test_worked_by_hand():
    # (1, 2) . (3, 4) = 11, (1, 2) . (-1, 0) = -1
    assert products(np.float32([[1, 2]]), np.float32([[3, 4], [-1, 0]])).tolist() == [[11, -1]]
