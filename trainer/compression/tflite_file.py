"""A converted model: its bytes, what is in them, what it computes, and whether that is what the model computes."""

from __future__ import annotations

import gzip
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tensorflow.lite.python import schema_py_generated as schema

from trainer.compression.agreement import Agreement, Tolerance, compare
from trainer.compression.flatbuffer import operator_name
from trainer.compression.golden import Golden, sha256, write_pair
from trainer.compression.kinds import KINDS
from trainer.compression.runner import FileRunner
from trainer.errors import ExportError

Outputs = NDArray[Any] | Sequence[NDArray[Any]] | Mapping[str, NDArray[Any]]


@dataclass(frozen=True)
class TfliteFile:
    """A converted model."""

    content: bytes
    kind: str
    inputs: tuple[str, ...]  # in the model's own order, which the file does not keep
    note: str = ""  # what had to be given up

    @property
    def size_bytes(self) -> int:
        return len(self.content)

    @cached_property
    def gzip_bytes(self) -> int:
        """Size after gzip at level 9, the same on every run."""
        return len(gzip.compress(self.content, compresslevel=9, mtime=0))

    @cached_property
    def operators(self) -> Counter[str]:
        """How often each operator is in the file, subgraphs included."""
        return Counter(name for name, _ in self._computed)

    @cached_property
    def float_islands(self) -> tuple[str, ...]:
        """Operators that compute in float32, in their order; in a file without int8 activations that is all of them.

        In an int8 file they lie between a DEQUANTIZE and a QUANTIZE, and cost time.
        """
        return tuple(name for name, is_float in self._computed if is_float and name != "DEQUANTIZE")

    def predict(self, *inputs: NDArray[Any]) -> NDArray[Any] | list[NDArray[Any]]:
        """Run the file on any number of rows, inputs in the model's own order; a list where it has several outputs.

        Raises:
            ExportError: Inputs that do not fit, or a file that the interpreter refuses.
        """
        outputs = self.runner.run(inputs)
        return outputs[0] if len(outputs) == 1 else outputs

    @cached_property
    def runner(self) -> FileRunner:
        return FileRunner(self.content, self.inputs)

    @cached_property
    def _computed(self) -> list[tuple[str, bool]]:
        model = schema.ModelT.InitFromPackedBuf(self.content, 0)
        return [
            (
                operator_name(model.operatorCodes[operator.opcodeIndex]),
                any(graph.tensors[index].type == schema.TensorType.FLOAT32 for index in operator.outputs),
            )
            for graph in model.subgraphs
            for operator in graph.operators
        ]


def check(
    file: TfliteFile,
    reference: Outputs,
    inputs: NDArray[Any] | Sequence[NDArray[Any]],
    tolerance: Tolerance | None = None,
) -> Agreement:
    """Run a file and compare it with the outputs of the model that it was made of.

    Args:
        file: The converted model.
        reference: The model's own outputs for `inputs`: an array, one for each output, or by name.
        inputs: An array, or one for each input in the model's own order; rows first. A few dozen rows are enough.
        tolerance: What may differ; None: that of the file's kind.

    Raises:
        ExportError: They do not agree, a value is not finite, or inputs or outputs do not fit the file.
    """
    return compare(
        file.runner.run(_arrays(inputs)), _in_order(file, reference), tolerance or KINDS[file.kind].tolerance
    )


def write(
    file: TfliteFile,
    path: Path,
    golden_inputs: NDArray[Any] | Sequence[NDArray[Any]],
    golden_outputs: Outputs,
    tolerance: Tolerance | None = None,
) -> Agreement:
    """Write a file with golden pairs beside it, which `golden.verify` checks wherever the file goes.

    Args:
        file: The converted model.
        path: `name.tflite`; the pairs go to `name.golden.npz`.
        golden_inputs: As `check` takes them; about eight rows are enough.
        golden_outputs: What the file has to give: the model's outputs, or those of the file itself on this machine.
        tolerance: As `check` takes it.

    Raises:
        ExportError: The file does not give these outputs; nothing is written then.
    """
    golden = Golden(
        inputs=dict(zip(file.runner.inputs, _arrays(golden_inputs), strict=True)),
        outputs=dict(zip(file.runner.outputs, _in_order(file, golden_outputs), strict=True)),
        kind=file.kind,
        tolerance=tolerance or KINDS[file.kind].tolerance,
        sha256=sha256(file.content),
    )
    return write_pair(file.content, golden, path)


def _arrays(given: NDArray[Any] | Sequence[NDArray[Any]]) -> list[NDArray[Any]]:
    return [np.asarray(values) for values in (given if isinstance(given, (list, tuple)) else [given])]


def _in_order(file: TfliteFile, outputs: Outputs) -> list[NDArray[Any]]:
    if not isinstance(outputs, Mapping):
        return _arrays(outputs)
    if set(outputs) != set(file.runner.outputs):
        raise ExportError(f"outputs are {', '.join(outputs)}; the file gives {', '.join(file.runner.outputs)}")
    return [np.asarray(outputs[name]) for name in file.runner.outputs]
