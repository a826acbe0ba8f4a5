"""On which steps a full int8 file computes."""

from __future__ import annotations

import numpy as np
from ai_edge_litert.interpreter import Interpreter


def grids(model: bytes) -> set[tuple[float, int]]:
    """Scale and zero point of every int8 tensor of a TFLite file that is computed."""
    interpreter = Interpreter(model_content=model)
    computed = {index for operator in interpreter._get_ops_details() for index in operator["outputs"]}
    found = set()
    for detail in interpreter.get_tensor_details():
        if detail["dtype"] is np.int8 and detail["index"] in computed:
            quantization = detail["quantization_parameters"]
            found.add((float(quantization["scales"][0]), int(quantization["zero_points"][0])))
    return found
