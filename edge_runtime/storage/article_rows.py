"""Vectors as columns of the cache, and back."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Vector = tuple[bytes, float]  # int8 codes, scale


def quantize_vectors(vectors: NDArray[np.float32]) -> list[Vector]:
    """int8 codes and a scale for each row."""
    scales = np.abs(vectors).max(axis=1, initial=0.0) / 127
    codes = np.rint(vectors / np.maximum(scales, 1e-12)[:, None]).astype(np.int8)
    return [(row.tobytes(), float(scale)) for row, scale in zip(codes, scales, strict=True)]
