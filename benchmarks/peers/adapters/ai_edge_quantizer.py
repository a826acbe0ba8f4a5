"""ai-edge-quantizer on the base's float file."""

from __future__ import annotations

from ai_edge_quantizer import quantizer, recipe
from ai_edge_quantizer.utils import tfl_interpreter_utils

from benchmarks.peers.adapters.lite_file import run_file
from benchmarks.peers.adapters.rows import Made, Work, run


def make(work: Work) -> Made:
    """Quantize by a recipe of the library."""
    tool = quantizer.Quantizer(str(work.base_file), getattr(recipe, work.method)())
    result = None
    if tool.need_calibration:
        model = str(work.base_file)
        (signature,) = tfl_interpreter_utils.create_tfl_interpreter(model).get_signature_list().items()
        name, (given,) = signature[0], signature[1]["inputs"]
        result = tool.calibrate({name: [{given: row[None]} for row in work.calibration]})
    content = bytes(tool.quantize(result).quantized_model)
    return Made(content, "tflite", run_file(content, work.data["unseen_x"]))


if __name__ == "__main__":
    run(("ai-edge-quantizer", "ai-edge-litert"), make)
