"""What every library is given alike: the rows, the epochs, the batch, the learning rate; numpy alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

TRAIN, DEV = 900, 450  # rows; those after them are unseen
BASE_EPOCHS = 20
EPOCHS = 12  # of each method, from the same weights
BATCH = 32
RATE = 1e-3  # of Adam; it falls linearly over the epochs, for every library
LAST_RATE = 0.1  # of it in the last epoch
CALIBRATION = 200  # of the rows for training
SPLIT_SEED = 0
CLASSES = 10

# Channels of the layers that the two models are built of, in every framework.
DENSE = (128, 64)
CONVOLUTIONS = (16, 16, 32)
SIDE = 8  # of an image, in pixels
MOMENTUM, EPSILON = 0.9, 1e-3  # of batch normalization
MODELS = ("mlp", "cnn")


def write_splits(path: Path) -> None:
    """Write scikit-learn's digits, 64 numbers in [0, 1] a row, in three parts."""
    # Only here: other environments need not have it.
    from sklearn.datasets import load_digits

    digits = load_digits()
    order = np.random.default_rng(SPLIT_SEED).permutation(len(digits.target))
    x, y = (digits.data[order] / 16).astype(np.float32), digits.target[order].astype(np.int64)
    parts = {"train": slice(0, TRAIN), "dev": slice(TRAIN, TRAIN + DEV), "unseen": slice(TRAIN + DEV, None)}
    arrays = {f"{name}_{kind}": values[rows] for name, rows in parts.items() for kind, values in (("x", x), ("y", y))}
    np.savez(path, **arrays)


def rate_of(epoch: int) -> float:
    """The learning rate in an epoch, counted from 0."""
    return RATE * (1 - (1 - LAST_RATE) * epoch / max(1, EPOCHS - 1))


def inputs_of(rows: NDArray[np.float32], model: str) -> NDArray[np.float32]:
    """Rows of 64 numbers as a model takes them: the convolutional one takes images, channels last."""
    return rows if model == "mlp" else rows.reshape(-1, SIDE, SIDE, 1)
