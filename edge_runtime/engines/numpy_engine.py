"""Runs the bundle's TFLite members with numpy alone: no interpreter to install, to import or to trust with bytes."""

from __future__ import annotations

from copy import copy

import numpy as np
from numpy.typing import NDArray

from edge_runtime.engines.known_rows import KnownRows
from edge_runtime.engines.names import input_name
from edge_runtime.engines.numpy_operators import KINDS, Compute, Site, Values, steps_of
from edge_runtime.engines.operator_names import operator_name
from edge_runtime.engines.tflite_file import Operator, TfliteModel, operator_numbers, read_model
from edge_runtime.errors import DamagedModelError, EngineError, Remedy, UnsupportedModelError

# Rows that are computed together: enough that numpy's calls cost little, few enough that they stay in the cache, and
# that OpenBLAS keeps to one thread.
BATCH = 64
_DEQUANTIZE = "DEQUANTIZE"


def unsupported_operators(content: bytes) -> list[str]:
    """Names of the operators in a TFLite file that this engine does not know, each once, sorted.

    A file without any may still be refused for a type or an option; loading it says so.

    Raises:
        DamagedModelError: Not a TFLite file.
    """
    return sorted({operator_name(number) for number in operator_numbers(content) if number not in KINDS})


class NumpyEngine:
    """One TFLite model with float32 inputs and outputs, whose first dimension is the batch."""

    def __init__(self, model: bytes, *, rounds: bool = True) -> None:
        """Load a model; every operator, type, option and shape is looked at here.

        Args:
            model: Bytes of a TFLite file, which need not be trusted.
            rounds: Whether int8 results are rounded to their codes, as an interpreter does it. Without it the same
                weights are computed with in float, to see what the rounding costs.

        Raises:
            UnsupportedModelError: It is too large, or has something that this engine does not compute.
            DamagedModelError: Its bytes contradict each other.
        """
        file = read_model(model)
        self._rounds = rounds
        self._values: list[Values | None] = [steps_of(tensor) for tensor in file.tensors]
        self._steps: list[tuple[Compute, tuple[int, ...], int]] = []
        self._inputs = {input_name(file.tensors[number].name): number for number in file.inputs}
        self._widths = {name: file.tensors[number].shape[-1:] for name, number in self._inputs.items()}
        # Of no width where the shape is empty, which is refused below.
        self._outputs = sorted(file.outputs, key=lambda number: -sum(file.tensors[number].shape[-1:]))
        if not file.outputs or not file.inputs or len(self._inputs) != len(file.inputs):
            raise DamagedModelError("the model has no inputs, no outputs, or two inputs of one name")
        with np.errstate(all="ignore"):
            for operator in file.operators:
                self._add_step(file, operator)
            for number in (*file.inputs, *file.outputs):
                tensor = file.tensors[number]
                if tensor.dtype != "float32" or len(tensor.shape) != 2 or self._values[number] is not None:
                    raise UnsupportedModelError(
                        f"{tensor.name!r} goes in or out as {tensor.dtype} {tensor.shape}, not as rows of float32"
                    )
            self._try_without_rows(file)

    def run(self, **inputs: NDArray[np.float32]) -> list[NDArray[np.float32]]:
        """Run the model; see `Engine.run`."""
        given = {name: block.shape[1:] for name, block in inputs.items()}
        if given != self._widths:
            raise EngineError(f"the model takes inputs {self._widths}, the manifest gives {given}", Remedy.GET_BUNDLE)
        rows = len(next(iter(inputs.values())))
        with np.errstate(all="ignore"):  # wrong numbers are for the golden check to find
            if rows <= BATCH:
                return self._run_batch(inputs)
            batches = [
                self._run_batch({name: block[at : at + BATCH] for name, block in inputs.items()})
                for at in range(0, rows, BATCH)
            ]
        return [np.concatenate(parts) for parts in zip(*batches, strict=True)]

    def with_rows(self, name: str, rows: NDArray[np.float32]) -> KnownRows:
        """See `Engine.with_rows`; what depends on this input alone is computed here, once."""
        if rows.shape[1:] != self._widths.get(name):  # as the file that the model is from has it; `run` says so
            return KnownRows(self, {name: rows})
        values: dict[int, Values] = {self._inputs[name]: np.asarray(rows, np.float32)}
        later: list[tuple[Compute, tuple[int, ...], int]] = []
        with np.errstate(all="ignore"):
            for compute, read, written in self._steps:
                if all(number in values or self._values[number] is not None for number in read):
                    values[written] = compute(*[values.get(number, self._values[number]) for number in read])
                else:
                    later.append((compute, read, written))
        wanted = {*self._outputs, *(number for _, read, _ in later for number in read)}
        tables = {f"of {name}: {number}": value for number, value in values.items() if number in wanted}
        rest = copy(self)
        rest._steps = later
        rest._inputs = {other: number for other, number in self._inputs.items() if other != name}
        rest._inputs |= zip(tables, (number for number in values if number in wanted), strict=True)
        rest._widths = {other: width for other, width in self._widths.items() if other != name}
        rest._widths |= {table: value.shape[1:] for table, value in tables.items()}
        return KnownRows(rest, tables)

    def _run_batch(self, inputs: dict[str, NDArray[np.float32]]) -> list[NDArray[np.float32]]:
        values = self._compute(inputs)
        return [values[number] for number in self._outputs]

    def _compute(self, inputs: dict[str, NDArray[np.float32]]) -> list[Values]:
        values: list[Values] = self._values.copy()  # type: ignore[assignment] # None are those that are set below
        for name, block in inputs.items():
            values[self._inputs[name]] = np.asarray(block, np.float32)
        for compute, read, written in self._steps:
            values[written] = compute(*[values[number] for number in read])
        return values

    def _add_step(self, file: TfliteModel, operator: Operator) -> None:
        site, kind = self._site(file, operator), KINDS.get(operator.number)
        if kind is None:
            raise site.refuse("it is not run")
        if operator.version > kind.newest:
            raise site.refuse(f"version {operator.version} is newer than {kind.newest}")
        least, most = kind.num_inputs
        if not least <= len(site.inputs) <= most or None in site.inputs[:least]:
            raise site.refuse(f"{len(site.inputs)} inputs are not run")
        compute, read = kind.prepare(site), tuple(number for number in operator.inputs if number >= 0)
        if any(self._values[number] is None for number in read):
            self._steps.append((compute, read, operator.output))
        elif kind.name == _DEQUANTIZE and site.inputs[0] and site.inputs[0].shape == site.output.shape:
            # So float16 weights come: as constants that are widened once.
            self._values[operator.output] = compute(*[self._values[number] for number in read])
        else:
            raise site.refuse("nothing that it reads is computed")

    def _site(self, file: TfliteModel, operator: Operator) -> Site:
        return Site(
            operator_name(operator.number),
            tuple(file.tensors[number] if number >= 0 else None for number in operator.inputs),
            file.tensors[operator.output],
            operator.options,
            tuple(self._values[number] if number >= 0 else None for number in operator.inputs),
            self._rounds,
        )

    def _try_without_rows(self, file: TfliteModel) -> None:
        """Compute every shape without a single number, and compare it with what the file says of it."""
        nothing = {name: np.zeros((0, *width), np.float32) for name, width in self._widths.items()}
        try:
            values = self._compute(nothing)
        except (ValueError, TypeError) as error:
            raise DamagedModelError(f"the shapes of the model do not fit each other: {error}") from error
        for _, _, number in self._steps:
            tensor, value = file.tensors[number], values[number]
            if value.shape != (0, *tensor.shape[1:]) or value.dtype != np.float32:
                raise DamagedModelError(
                    f"tensor {tensor.name!r} of the model has shape {tensor.shape}, computed is {value.shape}"
                )
