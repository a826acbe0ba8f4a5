"""PQuantML on Keras 3: its PDP pruning, and its training on a fixed-point grid."""

from __future__ import annotations

from functools import partial

import keras
import pquant
from pquant.core.keras.train import PQuantCallback

from benchmarks.peers.adapters.keras_nets import build, compiled, fit, give_weights
from benchmarks.peers.adapters.lite_file import run_file
from benchmarks.peers.adapters.rows import Made, Work, run, zeros_of
from benchmarks.peers.budget import EPOCHS
from trainer.compression.conversion import convert

TUNING = EPOCHS // 3  # epochs with final masks


def make(work: Work) -> Made:
    """Train with its layers and its callback, then export as it is."""
    config = pquant.pdp_config()
    prunes = work.method == "pdp"
    pruning, numbers = config.pruning_parameters, config.quantization_parameters
    pruning.enable_pruning, numbers.enable_quantization = prunes, not prunes
    if prunes:
        # The share rises by epsilon an epoch.
        pruning.sparsity, pruning.epsilon = work.percent / 100, 1 / (EPOCHS - TUNING)
    else:
        numbers.granularity = "per_channel"
        numbers.default_weight_fractional_bits = work.percent - 1.0
        numbers.default_data_integer_bits, numbers.default_data_fractional_bits = 3.0, 5.0
    layers = pquant.layers
    own = {
        "Dense": partial(layers.PQDense, config),
        "Conv2D": lambda filters, size, **names: layers.PQConv2d(config, filters, size, use_bias=True, **names),
    }
    model = compiled(keras, give_weights(build(keras, work.model, own), work.weights))
    callback = PQuantCallback(
        config,
        log_ebops=False,
        log_keep_ratio=False,
        pretraining_epochs=0,
        epochs=EPOCHS - TUNING,
        fine_tuning_epochs=TUNING,
    )
    fit(keras, model, work.data, work.seed, [callback])
    kernels = [layer.kernel for layer in model.layers if hasattr(layer, "pruning_layer")]
    content = convert(model, "float32").content
    zeros = zeros_of([keras.ops.convert_to_numpy(kernel) for kernel in kernels]) if prunes else None
    form = "tflite" if prunes else "tflite, float with fake quantization"
    return Made(content, form, run_file(content, work.data["unseen_x"]), zeros)


if __name__ == "__main__":
    run(("pquant-ml", "keras"), make)
