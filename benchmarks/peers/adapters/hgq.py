"""HGQ2 on Keras 3: training with quantization, bits held at a number; its own way is to learn them."""

from __future__ import annotations

import keras
from hgq import layers
from hgq.config import LayerConfigScope, QuantizerConfigScope
from hgq.constraints import MinMax

from benchmarks.peers.adapters.keras_nets import build, compiled, fit, give_weights
from benchmarks.peers.adapters.lite_file import run_file
from benchmarks.peers.adapters.rows import Made, Work, run
from trainer.compression.conversion import convert

OWN = {
    "Dense": layers.QDense,
    "Conv2D": layers.QConv2D,
    "Add": layers.QAdd,
    "BatchNormalization": layers.QBatchNormalization,
    "GlobalAveragePooling2D": layers.QGlobalAveragePooling2D,
}
ACTIVATION_BITS = 8


def scope(place: str, bits: int, **settings: object) -> QuantizerConfigScope:
    """Fixed bits, the sign among them."""
    fixed = {"b0": bits - 1, "bc": MinMax(bits - 1, bits - 1), "br": None, "default_q_type": "kbi"}
    return QuantizerConfigScope(place=place, **fixed, **settings)


def make(work: Work) -> Made:
    """Train, then export as it is: fake quantization in a float file."""
    channels = {"homogeneous_axis": None, "heterogeneous_axis": (-1,)}
    with (
        scope("weight", work.percent, overflow_mode="SAT_SYM", **channels),
        scope("bias", ACTIVATION_BITS, overflow_mode="SAT_SYM"),
        scope("datalane", ACTIVATION_BITS, overflow_mode="SAT", homogeneous_axis=None, heterogeneous_axis=()),
        LayerConfigScope(enable_ebops=False),
    ):
        model = compiled(keras, give_weights(build(keras, work.model, OWN), work.weights))
        fit(keras, model, work.data, work.seed)
    content = convert(model, "float32").content
    return Made(content, "tflite, float with fake quantization", run_file(content, work.data["unseen_x"]))


if __name__ == "__main__":
    run(("hgq2", "keras"), make)
