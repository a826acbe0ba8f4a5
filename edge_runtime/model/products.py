"""Products of many rows with few, on one thread: block by block.

OpenBLAS, with which NumPy multiplies, gives larger products to several threads. For those of a feed that saves next to
nothing, and on a device that has other work the threads wait for each other, many times longer than the product takes.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
# Multiplications: up to so many OpenBLAS stays on the thread that asks (SMP_THRESHOLD_MIN times
# GEMM_MULTITHREAD_THRESHOLD in its interface/gemm.c).
_ON_ONE_THREAD = 1 << 18


def products(few: Floats, many: Floats) -> Floats:
    """Every product of one of the few with one of the many.

    Args:
        few: (num_few, dim) float32.
        many: (num_many, dim) float32.

    Returns:
        (num_few, num_many) float32.
    """
    found = np.empty((len(few), len(many)), np.float32)
    for block in blocks(len(many), few.size):
        found[:, block] = (many[block] @ few.T).T
    return found


def blocks(num_rows: int, row_work: int) -> Iterator[slice]:
    """Runs of rows that are multiplied on one thread.

    Args:
        num_rows: All that there are.
        row_work: Multiplications for each row.
    """
    step = max(_ON_ONE_THREAD // max(row_work, 1), 1)
    for begin in range(0, num_rows, step):
        yield slice(begin, begin + step)
