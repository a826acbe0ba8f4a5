"""TensorFlow Model Optimization on Keras 2, the only Keras that it takes."""

from __future__ import annotations

import os

os.environ["TF_USE_LEGACY_KERAS"] = "1"

import tensorflow as tf
import tensorflow_model_optimization as tfmot
import tf_keras as keras

from benchmarks.peers.adapters.keras_nets import build, compiled, fit, give_weights
from benchmarks.peers.adapters.lite_file import run_file
from benchmarks.peers.adapters.rows import Made, Work, run, zeros_of
from benchmarks.peers.budget import BATCH, EPOCHS, TRAIN

# Zeros rise over the first two thirds of the steps, as ours do.
RISING = round(EPOCHS * 2 / 3) * -(-TRAIN // BATCH)


def make(work: Work) -> Made:
    """Prune, or train with quantization; then convert."""
    model = give_weights(build(keras, work.model), work.weights)
    return quantized(model, work) if work.method == "quantize_model" else pruned(model, work)


def pruned(model: keras.Model, work: Work) -> Made:
    """The usual way of its guide: the whole model, a polynomial schedule."""
    schedule = tfmot.sparsity.keras.PolynomialDecay(0.0, work.percent / 100, 0, RISING, frequency=10)
    wrapped = compiled(keras, tfmot.sparsity.keras.prune_low_magnitude(model, pruning_schedule=schedule))
    fit(keras, wrapped, work.data, work.seed, [tfmot.sparsity.keras.UpdatePruningStep()])
    plain = tfmot.sparsity.keras.strip_pruning(wrapped)
    content = tf.lite.TFLiteConverter.from_keras_model(plain).convert()
    return Made(content, "tflite", run_file(content, work.data["unseen_x"]), zeros_of(plain.get_weights()))


def quantized(model: keras.Model, work: Work) -> Made:
    """8 bits, all layers."""
    aware = compiled(keras, tfmot.quantization.keras.quantize_model(model))
    fit(keras, aware, work.data, work.seed)
    converter = tf.lite.TFLiteConverter.from_keras_model(aware)
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    content = converter.convert()
    return Made(content, "tflite", run_file(content, work.data["unseen_x"]))


if __name__ == "__main__":
    run(("tensorflow-model-optimization", "tf-keras"), make)
