"""How much of a matrix its largest singular values hold, how many of them to keep, and the factors that do."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


def kept_energy(singular_values: Floats) -> NDArray[np.float64]:
    """How much of a matrix its largest singular values hold.

    By Eckart and Young (1936) the rest, 1 minus it, is the least squared error of any matrix of that rank, as a share
    of the matrix's own squared length.

    Args:
        singular_values: (n,) falling.

    Returns:
        (n,) share of the squared singular values that the first 1, 2, ... n of them hold; of a zero matrix, all of it.
    """
    squares = np.square(singular_values, dtype=np.float64)
    total = squares.sum()
    return np.cumsum(squares) / total if total else np.ones(len(squares))


def rank_of_energy(singular_values: Floats, energy: float) -> int:
    """The smallest rank that keeps a share of the squared singular values.

    Args:
        singular_values: (n,) falling.
        energy: The share, in (0, 1].
    """
    below = int(np.sum(kept_energy(singular_values) < energy))
    return min(below + 1, len(singular_values))


def largest_useful_rank(kernel: Floats) -> int:
    """The largest rank whose two factors have fewer numbers than the kernel.

    Args:
        kernel: (rows, columns).

    Returns:
        The rank; 0 if there is none.
    """
    rows, columns = kernel.shape
    most: int = (rows * columns - 1) // (rows + columns)
    return most


def truncated_factors(matrix: Floats, rank: int) -> tuple[Floats, Floats]:
    """Two factors whose product is the nearest matrix of a rank (Eckart and Young, 1936).

    Each side gets the square root of the singular values: both then have the same length, and learn alike.

    Args:
        matrix: (rows, columns).
        rank: At least 1.

    Returns:
        (rows, rank) and (rank, columns) float32.
    """
    left, values, right = np.linalg.svd(matrix.astype(np.float32), full_matrices=False)
    roots = np.sqrt(values[:rank])
    return left[:, :rank] * roots, roots[:, None] * right[:rank]
