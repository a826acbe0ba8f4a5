"""From a Keras 3 model to a .tflite file that was run and compared with it.

The converter works in a child process, because it can end the process that it runs in.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from trainer.compression.calibration import Rows, by_input, first_batch
from trainer.compression.conversion_child import write_samples
from trainer.compression.converter_process import CONVERTER, ConverterRefused
from trainer.compression.int4_file import quantize_weights
from trainer.compression.kinds import KINDS
from trainer.compression.tflite_file import TfliteFile
from trainer.errors import ExportError

HALF = ("float16", "bfloat16")

# A recurrent layer keeps its steps in such a list, and its shape must be known.
NEEDS_SHAPES = "TensorList"


def convert(model: keras.Model, kind: str, calibration: Rows | Sequence[Rows] | None = None) -> TfliteFile:
    """Convert a model.

    Args:
        model: Any Keras 3 model; it is not changed. Its first dimension becomes dynamic where the converter can.
        kind: One of `KINDS`.
        calibration: Real inputs for the int8 kinds, rows first; 100 to 200 are enough. An array, one for each input as
            a tuple or by name, or a list of such batches. A model without symbolic inputs takes its shapes from it.

    Raises:
        ExportError: There is no such kind, the calibration is missing or does not fit, the converter refuses the model
            or its process died.
    """
    if kind not in KINDS:
        raise ExportError(f"kind is {kind!r}; choose {', '.join(KINDS)}")
    if KINDS[kind].calibrated and calibration is None:
        raise ExportError(f"{kind}: calibration is missing; give 100 to 200 real inputs")
    for layer in model._flatten_layers():
        if layer.compute_dtype in HALF:
            raise ExportError(
                f"{layer.name} computes in {layer.compute_dtype}, which the converter cannot; build the model under "
                "the dtype policy float32, and take its weights over"
            )
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        try:
            return _convert(model, kind, calibration, folder / "dynamic")
        except ConverterRefused as refusal:
            if NEEDS_SHAPES not in str(refusal):
                raise
            return _convert(model, kind, calibration, folder / "fixed", batch=1)


def _convert(model: keras.Model, kind: str, calibration: Any, folder: Path, batch: int | None = None) -> TfliteFile:
    specs = _specs(model, calibration, batch)
    flat = keras.tree.flatten(specs)
    samples = by_input(calibration, flat) if KINDS[kind].calibrated else None
    model.export(str(folder), input_signature=[specs], verbose=False)
    if samples is not None:
        write_samples(folder, samples)
    target = folder / "model.tflite"
    bits = KINDS[kind].edited_bits
    CONVERTER.convert(folder, "float32" if bits else kind, target)
    note = "the batch is fixed at 1: the converter refuses a dynamic one" if batch else ""
    names = tuple(spec.name for spec in flat)
    if bits:
        return quantize_weights(TfliteFile(target.read_bytes(), "float32", names, note), bits=bits, table_bits=bits)
    return TfliteFile(target.read_bytes(), kind, names, note)


def as_inputs(model: keras.Model, calibration: Rows | Sequence[Rows], rows: int | None = None) -> Any:
    """Calibration in the structure that a model's call takes.

    Args:
        model: Any.
        calibration: As `convert` takes it.
        rows: The first so many; None: all.

    Raises:
        ExportError: The calibration does not fit the model.
    """
    specs = _specs(model, calibration, None)
    values = by_input(calibration, keras.tree.flatten(specs))
    return keras.tree.pack_sequence_as(specs, [array[:rows] for array in values.values()])


def _specs(model: keras.Model, calibration: Any, batch: int | None) -> Any:
    """Name, shape and dtype of each input, in the structure that the model's call takes."""
    if isinstance(model, keras.Sequential):
        structure = model.inputs[0]
    elif getattr(model, "inputs", None):
        structure = model.input
    elif calibration is not None:
        structure = keras.tree.map_structure(_symbol, first_batch(calibration))
    else:
        raise ExportError(f"{model.name} has no symbolic inputs; give calibration: shapes and types are taken from it")
    if isinstance(structure, dict):
        return {name: _spec(tensor, name, batch) for name, tensor in structure.items()}
    return keras.tree.map_structure(lambda tensor: _spec(tensor, tensor.name, batch), structure)


def _symbol(values: Any) -> keras.KerasTensor:
    array = np.asarray(values)
    dtype = {"f": "float32", "i": "int32", "u": "int32"}.get(array.dtype.kind, array.dtype.name)
    return keras.KerasTensor(array.shape, dtype)


def _spec(tensor: keras.KerasTensor, name: str, batch: int | None) -> tf.TensorSpec:
    # A signature keeps word characters only.
    return tf.TensorSpec((batch, *tensor.shape[1:]), tensor.dtype, re.sub(r"\W", "_", name))
