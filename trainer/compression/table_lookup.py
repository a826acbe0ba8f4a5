"""An embedding table of codes inside a .tflite file: GATHER gives codes as codes, EMBEDDING_LOOKUP as floats."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from tensorflow.lite.python import schema_py_generated as schema

from trainer.compression.flatbuffer import add_buffer, add_tensor, opcode, operator, store_codes
from trainer.compression.weight_codes import codes_of

TableScale = Literal["row", "table"]
# Version 3 takes codes of 4 bits.
LOOKUP_VERSION = 3
# Up to this width 8 bits with one scale take no more bytes than 4 bits with a scale of 4 bytes a row, and are finer.
NARROW = 8


def form_of(width: int, bits: int, scale: TableScale) -> tuple[int, TableScale]:
    """The bits of a code and the scales with which a table is written, where these are asked for."""
    return (8, "table") if (bits, scale) == (4, "row") and width <= NARROW else (bits, scale)


def is_lookup(graph: Any, gather: Any) -> bool:
    """Whether a lookup gives the same as a GATHER: whole rows by int32 ids, of which at most one length is open."""
    ids = graph.tensors[gather.inputs[1]]
    options = gather.builtinOptions
    is_by_row = options is None or (options.axis == 0 and options.batchDims == 0)
    # A scalar has an empty shape, as has a tensor of unknown rank.
    is_known = bool(_shape(ids)) and sum(length < 0 for length in _shape(ids)) <= 1
    return is_by_row and is_known and bool(ids.type == schema.TensorType.INT32)


def use_codes(
    model: Any, graph: Any, gathers: list[Any], values: NDArray[np.float32], bits: int, scale: TableScale
) -> None:
    """Turn a table into codes, and each GATHER that reads it into lookups.

    A scale for each row lies in a table of its own, since the scales of a tensor come with a zero point of 8 bytes
    each, and the interpreter refuses a file without them. The codes then have scale 1.

    Two codes of 4 bits share a byte, and the interpreter takes every row to begin with a byte of its own. A table of an
    odd width gets a column of zeros, which is sliced off again.
    """
    table = int(gathers[0].inputs[0])
    codes, scales = codes_of(values, bits, 0 if scale == "row" else None)
    if bits == 4 and codes.shape[1] % 2:
        codes = np.pad(codes, ((0, 0), (0, 1)))
        graph.tensors[table].shape = list(codes.shape)
    store_codes(model, graph.tensors[table], codes, np.ones(1, np.float32) if scale == "row" else scales, bits)
    scale_table = -1
    if scale == "row":
        name = f"{graph.tensors[table].name.decode()}_scales"
        scale_table = add_tensor(graph, name, (len(scales), 1), schema.TensorType.FLOAT32)
        graph.tensors[scale_table].buffer = add_buffer(model, scales)
    for gather in gathers:
        _replace(model, graph, gather, scale_table)


def _replace(model: Any, graph: Any, gather: Any, scale_table: int) -> None:
    """RESHAPE of the ids to one axis, the lookups, and RESHAPE back, in the place of a GATHER."""
    table, ids = map(int, gather.inputs)
    result = int(gather.outputs[0])
    wanted = int(graph.tensors[result].shape[-1])
    lengths = _shape(graph.tensors[ids])
    width = int(graph.tensors[table].shape[1])
    name = graph.tensors[result].name.decode()

    # The shape is what the file is loaded with; the signature says that the batch changes it.
    num_ids = int(np.prod(graph.tensors[ids].shape))

    def tensor(suffix: str, columns: int) -> int:
        return add_tensor(graph, name + suffix, (num_ids, columns), schema.TensorType.FLOAT32, (-1, columns))

    flat = add_tensor(graph, f"{name}_ids", (num_ids,), schema.TensorType.INT32, (-1,))
    rows = tensor("_rows", width)
    lookup = opcode(model, "EMBEDDING_LOOKUP", LOOKUP_VERSION)
    steps = [_reshape(model, graph, ids, flat, (-1,)), operator(lookup, (flat, table), rows)]
    if scale_table >= 0:
        row_scales, scaled = tensor("_row_scales", 1), tensor("_scaled", width)
        steps.append(operator(lookup, (flat, scale_table), row_scales))
        steps.append(operator(opcode(model, "MUL", 1), (rows, row_scales), scaled, schema.MulOptionsT()))
        rows = scaled
    if wanted < width:
        cut = tensor("_cut", wanted)
        ends = [
            _integers(model, graph, f"{name}_{what}", row) for what, row in (("begin", (0, 0)), ("size", (-1, wanted)))
        ]
        steps.append(operator(opcode(model, "SLICE", 1), (rows, *ends), cut, schema.SliceOptionsT()))
        rows = cut
    steps.append(_reshape(model, graph, rows, result, (*lengths, wanted)))
    at = graph.operators.index(gather)
    graph.operators[at : at + 1] = steps


def _shape(tensor: Any) -> tuple[int, ...]:
    """With -1 where a length is open."""
    return tuple(map(int, tensor.shape if tensor.shapeSignature is None else tensor.shapeSignature))


def _integers(model: Any, graph: Any, name: str, values: tuple[int, ...]) -> int:
    """Number of a constant tensor."""
    index = add_tensor(graph, name, (len(values),), schema.TensorType.INT32)
    graph.tensors[index].buffer = add_buffer(model, np.array(values, np.int32))
    return index


def _reshape(model: Any, graph: Any, source: int, target: int, shape: tuple[int, ...]) -> Any:
    lengths = _integers(model, graph, f"{graph.tensors[target].name.decode()}_shape", shape)
    options = schema.ReshapeOptionsT(newShape=list(shape))
    return operator(opcode(model, "RESHAPE", 1), (source, lengths), target, options)
