"""Vectors as .npy files that others wrote: checked when read."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from trainer.errors import TextVectorsError


def read_vectors(path: Path, num_rows: int, remedy: str) -> NDArray[np.float32]:
    """Read a file.

    Args:
        num_rows: How many vectors there have to be.
        remedy: How to mend a file that is refused; ends the message.

    Returns:
        (num_rows, dim) float32, finite.

    Raises:
        TextVectorsError: Unreadable, or its numbers are not what is returned.
    """
    try:
        # Mapped, so that a header which promises more than the file holds is refused before memory is asked for.
        stored = np.lib.format.open_memmap(path, mode="r")
    except (OSError, ValueError) as error:
        raise TextVectorsError(f"{path}: not a readable .npy file of numbers ({error}); {remedy}") from error
    if stored.ndim != 2 or len(stored) != num_rows or not stored.shape[1]:
        raise TextVectorsError(f"{path}: shape is {stored.shape}, needed is one row for each of {num_rows}; {remedy}")
    if not np.issubdtype(stored.dtype, np.floating):
        raise TextVectorsError(f"{path}: numbers are {stored.dtype}, not floats; {remedy}")
    with np.errstate(over="ignore"):  # a float64 beyond float32 becomes infinite and is refused as such
        vectors = np.array(stored, np.float32)
    finite = np.isfinite(vectors).all(axis=1)
    if not finite.all():
        raise TextVectorsError(f"{path}: row {int(np.argmin(finite))} holds NaN or infinity; {remedy}")
    return vectors
