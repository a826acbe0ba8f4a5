"""The converter in a process of its own: a recurrent layer converted with samples ends the process that does it.

Requests come as lines of JSON on standard input, answers go out as lines of JSON on what was standard output.
It imports TensorFlow once, serves until its input ends, and prints nothing else.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainer.compression.kinds import KINDS

SAMPLES = "samples.npz"


def main() -> None:
    """Serve until standard input ends, as it does when the parent ends."""
    # An interrupt at the keyboard is for the parent, which then closes this process.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # TensorFlow writes to descriptors 1 and 2; the answers get one that it does not know.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    for line in sys.stdin:
        answers.write(json.dumps(_answer(json.loads(line))) + "\n")
        answers.flush()
    # TensorFlow takes a second to tear itself down.
    os._exit(0)


def _answer(request: dict[str, str]) -> dict[str, str]:
    try:
        content = _convert(Path(request["folder"]), request["kind"])
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"}
    Path(request["target"]).write_bytes(content)
    return {}


def _convert(folder: Path, kind: str) -> bytes:
    # Here and not above, so that the parent can import this module's constants without TensorFlow.
    import tensorflow as tf

    converter: Any = tf.lite.TFLiteConverter.from_saved_model(str(folder))
    if kind != "float32":
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
    if kind == "float16":
        converter.target_spec.supported_types = [tf.float16]
    # Full int8 alone is calibrated; with samples beside fake-quant nodes the converter would find ranges of its own.
    if KINDS[kind].calibrated:
        converter.representative_dataset = _samples(folder)
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    if KINDS[kind].is_coded:
        converter.inference_input_type = converter.inference_output_type = tf.int8
    content: bytes = converter.convert()
    return content


def write_samples(folder: Path, inputs: Mapping[str, NDArray[Any]]) -> None:
    """Calibration beside a saved model, rows first by the names of its signature."""
    # With a prefix, since an input may be called `file`, as the first argument is.
    prefixed: dict[str, Any] = {f"input/{name}": values for name, values in inputs.items()}
    np.savez(folder / SAMPLES, **prefixed)


def _samples(folder: Path) -> Callable[[], Iterator[dict[str, NDArray[Any]]]]:
    with np.load(folder / SAMPLES) as file:
        inputs = {name.removeprefix("input/"): file[name] for name in file.files}

    def rows() -> Iterator[dict[str, NDArray[Any]]]:
        for row in range(len(next(iter(inputs.values())))):
            yield {name: values[row : row + 1] for name, values in inputs.items()}

    return rows


if __name__ == "__main__":
    main()
