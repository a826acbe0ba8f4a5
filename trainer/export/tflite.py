"""Encoders to TFLite, each kind with float inputs and outputs; full int8 is small and right on every interpreter.

Through a saved model, never `from_concrete_functions`: with Keras 3 that writes files without weights, silently.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from trainer.errors import ExportError
from trainer.export.quiet import quiet_stderr
from trainer.models.imported_encoder import ImportedEncoder
from trainer.models.rounded_encoder import Ranges, RoundedArticleEncoder

ENCODER_KINDS = {
    "int8": "weights and activations int8, calibrated on real titles",
    "dynamic": "weights int8, activations float32 rounded as they come",
    "float16": "weights float16, arithmetic float32",
    "float32": "as trained",
}


def convert_encoder(
    encoder: keras.Model,
    calibration: Mapping[str, NDArray[np.float32]],
    kind: str = "int8",
    ranges: Ranges | None = None,
) -> bytes:
    """Convert an encoder.

    Args:
        encoder: Its `call` takes the calibration's names, in order, each (batch, width) float32. One that was imported
            has been converted, and is given as it is.
        calibration: Real inputs by name, (num_samples, width) each; they set the ranges of int8 activations.
        kind: One of `ENCODER_KINDS`.
        ranges: Of an article encoder's activations, as training has learned them; int8 takes them instead of those
            that the calibration has. None or none of them: as the calibration has them.

    Returns:
        A TFLite file whose first dimension is dynamic.

    Raises:
        ExportError: There is no such kind, or the calibration is empty or not finite.
    """
    if kind not in ENCODER_KINDS:
        raise ExportError(f"encoders: kind is {kind!r}; choose {', '.join(ENCODER_KINDS)}")
    if isinstance(encoder, ImportedEncoder):
        return encoder.file(kind)
    num_samples = len(next(iter(calibration.values())))
    if not num_samples or not all(np.isfinite(values).all() for values in calibration.values()):
        raise ExportError("calibration needs at least one article, and finite values only")
    signature = [tf.TensorSpec([None, values.shape[1]], tf.float32, name=name) for name, values in calibration.items()]

    def samples() -> Iterator[dict[str, NDArray[np.float32]]]:
        for row in range(num_samples):
            yield {name: values[row : row + 1] for name, values in calibration.items()}

    learned = kind == "int8" and bool(ranges)
    if learned:
        encoder = RoundedArticleEncoder(encoder, ranges)
    with tempfile.TemporaryDirectory() as folder, quiet_stderr():
        encoder.export(folder, input_signature=signature, verbose=False)
        converter = tf.lite.TFLiteConverter.from_saved_model(folder)
        if kind != "float32":
            converter.optimizations = [tf.lite.Optimize.DEFAULT]
        # With samples beside its fake-quant nodes the converter would find ranges of its own for some tensors.
        if kind == "int8" and not learned:
            converter.representative_dataset = samples
            converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
        if kind == "float16":
            converter.target_spec.supported_types = [tf.float16]
        model: bytes = converter.convert()
    return model
