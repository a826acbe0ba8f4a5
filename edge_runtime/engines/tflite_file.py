"""What a TFLite file holds, as far as the numpy engine runs it: tensors, operators, inputs and outputs.

Numbers of fields are those of TensorFlow's `schema.fbs`. Sizes are capped, and every index is checked: a file
that comes out of here is bounded, and its operators read only what was computed before them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edge_runtime.engines.flatbuffer import Table, root_table
from edge_runtime.errors import DamagedModelError, UnsupportedModelError

MAX_BYTES = 8 * 1024 * 1024
MAX_PARTS = 1024  # tensors, operators, buffers; a bundle's encoders have a few dozen
MAX_RANK = 6
# Numbers that one row of a batch takes in all computed tensors together: 64 rows of float32 are 64 MiB.
MAX_ROW = 1 << 18
_MAX_NAME = 1024

DTYPES = {0: "float32", 1: "float16", 2: "int32", 9: "int8"}
_TYPE_NAMES = (
    "FLOAT32 FLOAT16 INT32 UINT8 INT64 STRING BOOL INT16 COMPLEX64 INT8 FLOAT64 COMPLEX128 UINT64 RESOURCE VARIANT "
    "UINT32 UINT16 INT4 BFLOAT16 INT2 UINT4"
)


@dataclass(frozen=True, slots=True)
class Quantization:
    """The grid of an int8 tensor: a value is scale * (code - zero point)."""

    scales: NDArray[np.float32]  # (1,), or one for each place along `axis`
    zero_points: NDArray[np.int64]  # of the same length
    axis: int


@dataclass(frozen=True, slots=True)
class Tensor:
    """One tensor; its first dimension is the batch where it is computed."""

    name: str
    dtype: str  # a value of `DTYPES`
    shape: tuple[int, ...]
    quantization: Quantization | None  # of int8 alone
    constant: NDArray[np.generic] | None  # codes or numbers, a view of the file; None: computed


@dataclass(frozen=True, slots=True)
class Operator:
    """One operator; what it reads was computed before it, or is constant."""

    number: int  # in the schema's list of builtin operators; that of CUSTOM if it is none of them
    version: int
    inputs: tuple[int, ...]  # tensors; -1 for one that is left out
    output: int
    options: Table | None


@dataclass(frozen=True, slots=True)
class TfliteModel:
    """A file with one subgraph."""

    tensors: tuple[Tensor, ...]
    operators: tuple[Operator, ...]
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]


def operator_numbers(content: bytes) -> list[int]:
    """Which builtin operators a file names, whether it is bounded or not.

    Raises:
        DamagedModelError: Not a TFLite file.
    """
    return [_builtin(code) for code in root_table(content, b"TFL3").tables(1, MAX_PARTS)]


def read_model(content: bytes) -> TfliteModel:
    """Read and check a file.

    Raises:
        DamagedModelError: Not a TFLite file, or one whose bytes contradict each other.
        UnsupportedModelError: Too large, or with a type that is not on the list.
    """
    if len(content) > MAX_BYTES:
        raise UnsupportedModelError(f"the model has {len(content)} bytes; at most {MAX_BYTES} are read")
    model = root_table(content, b"TFL3")
    codes = [(_builtin(code), code.number(2, "i", 1)) for code in model.tables(1, MAX_PARTS)]
    graphs = model.tables(2, MAX_PARTS)
    if len(graphs) != 1:
        raise UnsupportedModelError(f"the model has {len(graphs)} subgraphs; one is run")
    graph, buffers = graphs[0], model.tables(4, MAX_PARTS)
    tensors = tuple(_tensor(table, buffers) for table in graph.tables(0, MAX_PARTS))
    inputs, outputs = _indices(graph, 1, len(tensors)), _indices(graph, 2, len(tensors))
    operators = tuple(_operator(table, codes, len(tensors)) for table in graph.tables(3, MAX_PARTS))
    found = TfliteModel(tensors, operators, inputs, outputs)
    _check_order(found)
    row = sum(math.prod(tensor.shape[1:]) for tensor in tensors if tensor.constant is None)
    if row > MAX_ROW:
        raise UnsupportedModelError(f"the model computes {row} numbers for each row; at most {MAX_ROW} are kept")
    return found


def _builtin(code: Table) -> int:
    """Old files give the number in a byte, new ones in the longer field too."""
    return max(code.number(0, "b"), code.number(3, "i"))


def _tensor(table: Table, buffers: list[Table]) -> Tensor:
    name = table.text(3, _MAX_NAME)
    shape = tuple(int(length) for length in table.array(0, "<i4", MAX_RANK))
    kind = table.number(1, "b")
    if kind not in DTYPES:
        names = _TYPE_NAMES.split()
        known = names[kind] if 0 <= kind < len(names) else f"number {kind}"
        raise UnsupportedModelError(f"tensor {name!r} of the model has type {known}, which is not run")
    if any(length < 1 for length in shape):
        raise DamagedModelError(f"tensor {name!r} of the model has shape {shape}")
    if table.table(6):
        raise UnsupportedModelError(f"tensor {name!r} of the model is sparse, which is not run")
    quantization = _quantization(table.table(4), name, shape) if DTYPES[kind] == "int8" else None
    return Tensor(name, DTYPES[kind], shape, quantization, _constant(table, buffers, name, shape, DTYPES[kind]))


def _constant(
    table: Table, buffers: list[Table], name: str, shape: tuple[int, ...], dtype: str
) -> NDArray[np.generic] | None:
    number = table.number(2, "I")
    if number >= len(buffers):
        raise DamagedModelError(f"tensor {name!r} of the model is in buffer {number}; there are {len(buffers)}")
    data = buffers[number].array(0, "u1", MAX_BYTES)
    if not len(data):
        if buffers[number].number(1, "Q"):
            raise UnsupportedModelError(f"tensor {name!r} of the model lies outside of it, which is not run")
        return None
    kind = np.dtype(dtype).newbyteorder("<")
    if len(data) != math.prod(shape) * kind.itemsize:
        raise DamagedModelError(
            f"tensor {name!r} of the model has shape {shape} and type {dtype}, but {len(data)} bytes"
        )
    # Aligned numbers stay where they are; of others each product would make a copy.
    return np.require(data.view(kind).reshape(shape), requirements="A")


def _quantization(table: Table | None, name: str, shape: tuple[int, ...]) -> Quantization:
    scales = np.empty(0, np.float32) if table is None else table.array(2, "<f4", MAX_BYTES).astype(np.float32)
    zero_points = np.empty(0, np.int64) if table is None else table.array(3, "<i8", MAX_BYTES).astype(np.int64)
    axis = 0 if table is None else table.number(6, "i")
    channels = shape[axis] if 0 <= axis < len(shape) else 0
    if len(scales) not in (1, channels) or len(scales) < 1 or len(zero_points) != len(scales):
        raise DamagedModelError(
            f"tensor {name!r} of the model has shape {shape}, {len(scales)} scales and {len(zero_points)} zero points"
        )
    if not (np.isfinite(scales).all() and (scales > 0).all() and (np.abs(zero_points) <= 128).all()):
        raise DamagedModelError(f"tensor {name!r} of the model has scales or zero points that int8 cannot have")
    return Quantization(scales, zero_points, axis)


def _operator(table: Table, codes: list[tuple[int, int]], num_tensors: int) -> Operator:
    code = table.number(0, "I")
    if code >= len(codes):
        raise DamagedModelError(f"an operator of the model has code {code}; there are {len(codes)}")
    outputs = _indices(table, 2, num_tensors)
    if len(outputs) != 1:
        raise UnsupportedModelError(f"an operator of the model has {len(outputs)} outputs; one is computed")
    return Operator(*codes[code], _indices(table, 1, num_tensors, least=-1), outputs[0], table.table(4))


def _indices(table: Table, field: int, count: int, least: int = 0) -> tuple[int, ...]:
    numbers = tuple(int(number) for number in table.array(field, "<i4", MAX_PARTS))
    for number in numbers:
        if not least <= number < count:
            raise DamagedModelError(f"the model names tensor {number}; there are {count}")
    return numbers


def _check_order(model: TfliteModel) -> None:
    """Each tensor is set once, and before it is read: so there is no cycle."""
    constants = {number for number, tensor in enumerate(model.tensors) if tensor.constant is not None}
    known = constants | {-1}
    for number in model.inputs:
        if number in known:
            raise DamagedModelError(f"input {model.tensors[number].name!r} of the model is set twice")
        known.add(number)
    for operator in model.operators:
        if not known.issuperset(operator.inputs):
            raise DamagedModelError(
                f"tensor {model.tensors[operator.output].name!r} of the model is made of unknown ones"
            )
        if operator.output in known:
            raise DamagedModelError(f"tensor {model.tensors[operator.output].name!r} of the model is set twice")
        known.add(operator.output)
    if not known.issuperset(model.outputs):
        raise DamagedModelError("an output of the model is never computed")
