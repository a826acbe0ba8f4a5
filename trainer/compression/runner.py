"""Runs a .tflite file on any number of rows; numpy and LiteRT, no TensorFlow."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from ai_edge_litert.interpreter import Interpreter
from numpy.typing import NDArray

from trainer.errors import ExportError

# Rows that run together in a file with a dynamic batch.
BATCH = 64


class FileRunner:
    """A file with one signature, run on one thread."""

    def __init__(self, content: bytes, inputs: Sequence[str] = ()) -> None:
        """Load a file.

        Args:
            content: The bytes of a .tflite file.
            inputs: Names of its inputs in the model's own order, which the file does not keep; none: as the file
                has them.

        Raises:
            ExportError: The interpreter refuses the file, or it has other inputs.
        """
        try:
            self._interpreter = Interpreter(model_content=content, num_threads=1)
            signature = self._interpreter.get_signature_runner()
        except (ValueError, RuntimeError) as error:
            raise ExportError(f"the interpreter refuses the file: {error}") from error
        details = signature.get_input_details()
        if inputs and set(inputs) != set(details):
            raise ExportError(f"the file takes inputs {', '.join(sorted(details))}; asked for were {', '.join(inputs)}")
        self._inputs: dict[str, Any] = {name: details[name] for name in inputs or sorted(details)}
        outputs = signature.get_output_details()
        self._outputs: dict[str, Any] = {name: outputs[name] for name in sorted(outputs, key=_by_number)}
        self._rows = 0

    @property
    def inputs(self) -> tuple[str, ...]:
        """Names of the inputs, in the order in which `run` takes them."""
        return tuple(self._inputs)

    @property
    def outputs(self) -> tuple[str, ...]:
        """Names of the outputs, in the order in which `run` returns them."""
        return tuple(self._outputs)

    def run(self, inputs: Sequence[NDArray[Any]]) -> list[NDArray[Any]]:
        """Run the file.

        Args:
            inputs: One array an input, rows first, as the Keras model takes them: never codes.

        Returns:
            One array an output, rows first; int8 outputs come back as float32.

        Raises:
            ExportError: Wrong number of inputs, wrong shape or type, no row, or the interpreter failed.
        """
        arrays = [
            fitted(values, name, _shape(detail), _taken(detail))
            for values, (name, detail) in zip(self._all(inputs), self._inputs.items(), strict=True)
        ]
        rows = {len(values) for values in arrays}
        if len(rows) != 1:
            raise ExportError(f"inputs have {', '.join(map(str, sorted(rows)))} rows; each needs the same number")
        step = 1 if any(detail["shape_signature"][0] == 1 for detail in self._inputs.values()) else BATCH
        blocks = [self._block([values[at : at + step] for values in arrays]) for at in range(0, rows.pop(), step)]
        return [np.concatenate(parts) for parts in zip(*blocks, strict=True)]

    def _all(self, inputs: Sequence[NDArray[Any]]) -> Sequence[NDArray[Any]]:
        if len(inputs) != len(self._inputs):
            raise ExportError(f"{len(inputs)} inputs given; the file takes {', '.join(self._inputs)}")
        return inputs

    def _block(self, arrays: Sequence[NDArray[Any]]) -> list[NDArray[Any]]:
        try:
            for values, detail in zip(arrays, self._inputs.values(), strict=True):
                self._interpreter.resize_tensor_input(detail["index"], values.shape)
            self._interpreter.allocate_tensors()
            for values, detail in zip(arrays, self._inputs.values(), strict=True):
                self._interpreter.set_tensor(detail["index"], _codes(values, detail))
            self._interpreter.invoke()
        except (ValueError, RuntimeError) as error:
            raise ExportError(f"the interpreter failed on inputs of {[v.shape for v in arrays]}: {error}") from error
        return [_values(self._interpreter.get_tensor(detail["index"]), detail) for detail in self._outputs.values()]


def fitted(values: Any, name: str, shape: Sequence[int | None], dtype: Any) -> NDArray[Any]:
    """Values as an input takes them.

    Args:
        values: Rows first.
        name: Of the input, for the error.
        shape: Of the input, batch first; None where any length will do. The batch is not compared.
        dtype: Of the input.

    Raises:
        ExportError: No row, another shape, a type that would be cut, NaN or infinite values.
    """
    array = np.asarray(values)
    expected = (None, *shape[1:])
    fits = array.ndim == len(shape) and all(
        wanted in (None, given) for wanted, given in zip(expected, array.shape, strict=True)
    )
    if not fits:
        raise ExportError(f"input {name}: expected shape is {expected}, given is {array.shape}; None is any length")
    if not len(array):
        raise ExportError(f"input {name}: there is no row; give at least one")
    if not np.can_cast(array.dtype, dtype, "same_kind"):
        raise ExportError(f"input {name}: expected type is {np.dtype(dtype)}, given is {array.dtype}")
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        raise ExportError(f"input {name}: values must be finite; there are NaN or infinite ones")
    return np.ascontiguousarray(array, dtype)


def _shape(detail: Mapping[str, Any]) -> list[int | None]:
    return [None if length == -1 else int(length) for length in detail["shape_signature"]]


def _is_coded(detail: Mapping[str, Any]) -> bool:
    return detail["dtype"] in (np.int8, np.uint8, np.int16) and detail["quantization"][0] != 0


def _taken(detail: Mapping[str, Any]) -> Any:
    return np.float32 if _is_coded(detail) else detail["dtype"]


def _codes(values: NDArray[Any], detail: Mapping[str, Any]) -> NDArray[Any]:
    if not _is_coded(detail):
        return values
    scale, zero_point = detail["quantization"]
    limits = np.iinfo(detail["dtype"])
    codes: NDArray[Any] = np.clip(np.rint(values / scale) + zero_point, limits.min, limits.max)
    return codes.astype(detail["dtype"])


def _values(codes: NDArray[Any], detail: Mapping[str, Any]) -> NDArray[Any]:
    if not _is_coded(detail):
        return codes
    scale, zero_point = detail["quantization"]
    return np.asarray((codes.astype(np.float32) - zero_point) * scale, np.float32)


def _by_number(name: str) -> list[tuple[int, str]]:
    """output_10 comes after output_2."""
    return [(int(part), "") if part.isdigit() else (0, part) for part in re.split(r"(\d+)", name)]
