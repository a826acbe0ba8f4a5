"""Trains the base that every library begins with: `python -m benchmarks.peers.adapters.base FOLDER MODEL SEED`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import keras
import numpy as np

from benchmarks.peers.adapters.keras_nets import build, compiled, weights_of
from benchmarks.peers.adapters.lite_file import run_file
from benchmarks.peers.adapters.rows import Made, file_path, measured, read_splits, weights_path
from benchmarks.peers.budget import BASE_EPOCHS, BATCH
from trainer.compression.conversion import convert


def main() -> None:
    """Write weights, the float file and its row."""
    folder, name, seed = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    data = read_splits(folder, name)
    keras.utils.set_random_seed(seed)
    model = compiled(keras, build(keras, name))
    model.fit(data["train_x"], data["train_y"], batch_size=BATCH, epochs=BASE_EPOCHS, verbose=0)
    content = convert(model, "float32").content
    weights_path(folder, name, seed).parent.mkdir(parents=True, exist_ok=True)
    file_path(folder, name, seed).write_bytes(content)
    row = measured(Made(content, "tflite", run_file(content, data["unseen_x"])), data["unseen_y"])
    weights_path(folder, name, seed).with_suffix(".json").write_text(json.dumps(row, indent=1) + "\n", "utf-8")
    # Last: whoever finds the weights finds the others.
    np.savez(weights_path(folder, name, seed), **weights_of(model))


if __name__ == "__main__":
    main()
