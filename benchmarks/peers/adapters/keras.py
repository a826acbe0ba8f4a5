"""Keras 3 alone: its export with the converter's quantization, and its own `quantize` before the export."""

from __future__ import annotations

import tempfile
from pathlib import Path

import keras
import tensorflow as tf

from benchmarks.peers.adapters.keras_nets import build, give_weights
from benchmarks.peers.adapters.lite_file import run_file
from benchmarks.peers.adapters.rows import Made, Work, run


def make(work: Work) -> Made:
    """Export in the way that the method names."""
    model = give_weights(build(keras, work.model), work.weights)
    way, _, choice = work.method.partition("-")
    settings: dict = {}
    if way == "quantize":
        model.quantize(choice)
    else:
        settings = {"optimizations": [tf.lite.Optimize.DEFAULT]}
        if choice == "samples":
            settings["representative_dataset"] = lambda: ([row[None]] for row in work.calibration)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.tflite"
        model.export(str(path), format="litert", verbose=False, **settings)
        content = path.read_bytes()
    return Made(content, "tflite", run_file(content, work.data["unseen_x"]))


if __name__ == "__main__":
    run(("keras", "tensorflow-cpu"), make)
