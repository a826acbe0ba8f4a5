"""Interpreters take batches of fixed sizes: rows are cut into them, and the last one is filled up with zeros."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
# An interpreter is kept for each number of rows, because to resize one costs more than to run it.
BATCHES = (1, 64)


def run_in_batches(
    run: Callable[[dict[str, Floats], int], list[Floats]], inputs: Mapping[str, Floats], sizes: Sequence[int]
) -> list[Floats]:
    """Run a model on any number of rows.

    Args:
        run: Takes blocks of so many rows, and that number; gives outputs of as many, which it does not touch again.
        inputs: (n, width) float32 each, by name.
        sizes: Numbers of rows that can run together, fewest first.

    Returns:
        The outputs of `run`, of n rows each.
    """
    rows = len(next(iter(inputs.values())))
    size = sizes[0] if rows <= 1 else sizes[-1]
    batches = []
    for at in range(0, max(rows, 1), size):
        blocks = {name: _filled(block[at : at + size], size) for name, block in inputs.items()}
        batches.append([output[: rows - at] for output in run(blocks, size)])
    return [np.concatenate(parts) for parts in zip(*batches, strict=True)] if len(batches) > 1 else batches[0]


def _filled(block: Floats, rows: int) -> Floats:
    """The block with as many rows as that, in one piece."""
    missing = rows - len(block)
    whole = np.concatenate([block, np.zeros((missing, block.shape[1]), np.float32)]) if missing else block
    return np.ascontiguousarray(whole, np.float32)
