"""Runs a .tflite file as a device would; any environment with LiteRT has what it needs."""

from __future__ import annotations

import numpy as np
from ai_edge_litert.interpreter import Interpreter
from numpy.typing import NDArray


def run_file(content: bytes, rows: NDArray[np.float32]) -> NDArray:
    """The first output of a file with one input, in float32.

    Args:
        content: Of the file.
        rows: Floats; an input in int8 is given their codes.
    """
    interpreter = Interpreter(model_content=content, num_threads=1)
    (given,), (found, *_) = interpreter.get_input_details(), interpreter.get_output_details()
    fixed = given["shape_signature"][0] > 0
    outputs = []
    for block in np.split(rows, len(rows)) if fixed else [rows]:
        interpreter.resize_tensor_input(given["index"], block.shape)
        interpreter.allocate_tensors()
        interpreter.set_tensor(given["index"], _codes(block, given))
        interpreter.invoke()
        outputs.append(_values(interpreter.get_tensor(found["index"]), found))
    return np.concatenate(outputs)


def _codes(rows: NDArray, detail: dict) -> NDArray:
    if detail["dtype"] is np.float32:
        return rows
    scale, zero_point = detail["quantization"]
    limits = np.iinfo(detail["dtype"])
    return np.clip(np.rint(rows / scale) + zero_point, limits.min, limits.max).astype(detail["dtype"])


def _values(codes: NDArray, detail: dict) -> NDArray:
    if detail["dtype"] is np.float32:
        return codes
    scale, zero_point = detail["quantization"]
    return (codes.astype(np.float32) - zero_point) * scale
