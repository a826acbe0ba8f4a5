"""Symmetric codes of 4 or 8 bits for a weight, with a scale for each channel; numpy alone."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def codes_of(values: NDArray[np.float32], bits: int, axis: int | None) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Round a weight to codes.

    Args:
        values: The weight.
        bits: 4 gives codes from -7 to 7, 8 from -127 to 127.
        axis: Of the channels; None: one scale for all.

    Returns:
        Codes of the weight's shape, and the scales, (channels,) or (1,): the largest magnitude over the largest code.
        A channel of zeros has scale 1.
    """
    limit = 2 ** (bits - 1) - 1
    others = tuple(other for other in range(values.ndim) if other != axis)
    amax = np.abs(values).max(axis=others, keepdims=True)
    scale = np.where(amax > 0, amax / np.float32(limit), np.float32(1)).astype(np.float32)
    return np.clip(np.rint(values / scale), -limit, limit).astype(np.int8), scale.ravel()


def packed(codes: NDArray[np.int8], bits: int) -> NDArray[np.uint8]:
    """Codes as a .tflite file has them: two of 4 bits in a byte, the first in the low half."""
    flat = codes.ravel().view(np.uint8)
    if bits == 8:
        return flat
    halves = np.append(flat & 15, np.zeros(flat.size % 2, np.uint8))
    joined: NDArray[np.uint8] = halves[::2] | (halves[1::2] << 4)
    return joined
