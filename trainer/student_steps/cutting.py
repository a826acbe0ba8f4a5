"""Rows and columns taken out of a student's arrays: its weights, and the masks of earlier steps beside them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray


def cut(
    arrays: Mapping[str, NDArray[Any]], kept: NDArray[np.int64], axes: Mapping[str, int]
) -> dict[str, NDArray[Any]]:
    """Arrays without some of their rows or columns.

    Args:
        arrays: By name.
        kept: (num_kept,) numbers of the rows or columns that stay, in order.
        axes: Along which axis an array is cut, by name; the others stay whole.

    Returns:
        By name, each as long as `kept` along its axis.
    """
    return {name: np.take(array, kept, axis=axes[name]) if name in axes else array for name, array in arrays.items()}
