"""What an adapter reads and writes: splits and base weights in, a JSON file for each method out; numpy alone."""

from __future__ import annotations

import gzip
import importlib.metadata
import json
import os
import sys
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.peers.budget import CALIBRATION, inputs_of

BASE = "base"
SPLITS = "splits.npz"


@dataclass(frozen=True, slots=True)
class Work:
    """A model to be made small."""

    model: str
    seed: int
    setting: str
    method: str
    data: Mapping[str, NDArray]  # splits, inputs as the model takes them
    weights: Mapping[str, NDArray]  # of the base, as "conv1/kernel", in Keras' layout
    base_file: Path  # its float .tflite

    @property
    def percent(self) -> int:
        """The number in the setting's name: of zeros, or of channels that stay."""
        return int(self.setting.split("-")[1])

    @property
    def calibration(self) -> NDArray[np.float32]:
        """Rows that set ranges of activations."""
        return self.data["train_x"][:CALIBRATION]


@dataclass(frozen=True, slots=True)
class Made:
    """What a library made of it."""

    content: bytes  # of the file that would be deployed
    form: str  # of the file
    outputs: NDArray  # (unseen rows, classes), of the file where it runs here
    zeros: float | None = None  # share of the matrices' entries
    note: str = ""


def run(packages: Sequence[str], make: Callable[[Work], Made]) -> None:
    """Do what the command line asks for: FOLDER MODEL SEED SETTING:METHOD ..., one row after the other.

    Args:
        packages: Whose versions are told.
        make: The adapter.
    """
    folder, model, seed = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    data = read_splits(folder, model)
    weights = dict(np.load(weights_path(folder, model, seed)))
    versions = {name: importlib.metadata.version(name) for name in packages}
    for asked in sys.argv[4:]:
        setting, method = asked.split(":")
        work = Work(model, seed, setting, method, data, weights, file_path(folder, model, seed))
        begun = time.perf_counter()
        try:
            row = measured(make(work), data["unseen_y"])
        except Exception as error:
            # The page prints it; the other methods go on.
            traceback.print_exc()
            row = {"error": f"{type(error).__name__}: {error}"}
        row |= {"seconds": time.perf_counter() - begun, "versions": versions}
        write_row(folder / row_name(sys.modules["__main__"].__spec__.name, setting, method, model, seed), row)


def read_splits(folder: Path, model: str) -> dict[str, NDArray]:
    """The splits, inputs as the model takes them."""
    data = dict(np.load(folder / SPLITS))
    return {name: inputs_of(values, model) if name.endswith("_x") else values for name, values in data.items()}


def weights_path(folder: Path, model: str, seed: int) -> Path:
    """Where the base's weights lie."""
    return folder / BASE / f"{model}-{seed}.npz"


def file_path(folder: Path, model: str, seed: int) -> Path:
    """Where the base's float file lies."""
    return folder / BASE / f"{model}-{seed}.tflite"


def row_name(module: str, setting: str, method: str, model: str, seed: int) -> str:
    """The name of a row's file, in the study's folder."""
    return f"rows/{module.rpartition('.')[2]}-{setting}-{method}-{model}-{seed}.json"


def measured(made: Made, labels: NDArray) -> dict:
    """A row: sizes, and for each unseen row whether it is right."""
    right = made.outputs.argmax(axis=1) == labels
    return {
        "size_bytes": len(made.content),
        "gzip_bytes": len(gzip.compress(made.content, compresslevel=9, mtime=0)),
        "form": made.form,
        "zeros": made.zeros,
        "note": made.note,
        "right": "".join("1" if one else "0" for one in right),
    }


def write_row(path: Path, row: dict) -> None:
    """Write a row whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    partial.write_text(json.dumps(row, indent=1) + "\n", "utf-8")
    os.replace(partial, path)


def zeros_of(matrices: Sequence[NDArray]) -> float:
    """Share of zeros among the entries of arrays of two or more dimensions."""
    chosen = [matrix for matrix in matrices if matrix.ndim > 1]
    return sum(int(np.count_nonzero(m == 0)) for m in chosen) / sum(m.size for m in chosen)
