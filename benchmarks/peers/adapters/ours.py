"""Our own steps, as a recipe has them."""

from __future__ import annotations

import keras

from benchmarks.peers.adapters.keras_nets import build, compiled, fit, give_weights
from benchmarks.peers.adapters.lite_file import run_file
from benchmarks.peers.adapters.rows import Made, Work, run, zeros_of
from benchmarks.peers.budget import BATCH, EPOCHS
from trainer.compression import CutChannels, Prune, Quantize, QuantizeAware, Recipe
from trainer.compression.conversion import convert
from trainer.compression.step import Step


def make(work: Work) -> Made:
    """Apply one step."""
    model = give_weights(compiled(keras, build(keras, work.model)), work.weights)
    if work.method == "train-on":
        fit(keras, model, work.data, work.seed)
        content = convert(model, "float32").content
        return Made(content, "tflite", run_file(content, work.data["unseen_x"]))
    x, y = work.data["train_x"], work.data["train_y"]

    def one_epoch(model: keras.Model) -> None:
        model.fit(x, y, batch_size=BATCH, verbose=0)

    small = Recipe(step_of(work)).apply(
        model, metric=lambda predict: 0.0, train=one_epoch, calibration=work.calibration, seed=work.seed
    )
    content = small.file.content
    zeros = zeros_of([weight.numpy() for weight in small.model.trainable_weights])
    return Made(content, f"tflite, {small.file.kind}", run_file(content, work.data["unseen_x"]), zeros)


def step_of(work: Work) -> Step:
    """The step of a method."""
    name, _, choice = work.method.partition("-")
    if name == "Prune":
        return Prune(sparsity=work.percent / 100, epochs=EPOCHS)
    if name == "CutChannels":
        # One round goes into the importance.
        epochs = EPOCHS - 1 if choice == "taylor" else EPOCHS
        return CutChannels(keep=work.percent / 100, importance=choice, epochs=epochs)
    return QuantizeAware(bits=int(choice), epochs=EPOCHS) if name == "QuantizeAware" else Quantize(choice)


if __name__ == "__main__":
    run(("keras", "tensorflow-cpu"), make)
