"""Reads and writes a .tflite file as objects, with TensorFlow's own schema."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import flatbuffers
import numpy as np
from numpy.typing import NDArray
from tensorflow.lite.python import schema_py_generated as schema

from trainer.compression.weight_codes import packed

IDENTIFIER = b"TFL3"
# What the schema asks of a buffer's data; the generated Python writes them at any multiple of four.
ALIGNMENT = 16
CODE_TYPES = {4: schema.TensorType.INT4, 8: schema.TensorType.INT8}
OPERATOR_NAMES = {number: name for name, number in vars(schema.BuiltinOperator).items() if isinstance(number, int)}
DTYPES = {schema.TensorType.FLOAT32: np.float32, schema.TensorType.INT32: np.int32}


class _AlignedBuffer(schema.BufferT):
    def Pack(self, builder: flatbuffers.Builder) -> int:
        data = None
        if self.data is not None:
            values = np.asarray(self.data, np.uint8).tobytes()
            builder.StartVector(1, len(values), ALIGNMENT)
            builder.head -= len(values)
            builder.Bytes[builder.head : builder.head + len(values)] = values
            data = builder.EndVector()
        schema.BufferStart(builder)
        if data is not None:
            schema.BufferAddData(builder, data)
        return int(schema.BufferEnd(builder))


def unpack(content: bytes) -> Any:
    """A file as objects, free to be changed."""
    model = schema.ModelT.InitFromPackedBuf(content, 0)
    model.buffers = [_AlignedBuffer(data=buffer.data) for buffer in model.buffers]
    return model


def pack(model: Any) -> bytes:
    """The bytes of a file's objects."""
    builder = flatbuffers.Builder(1024)
    builder.Finish(model.Pack(builder), file_identifier=IDENTIFIER)
    return bytes(builder.Output())


def constant(model: Any, graph: Any, index: int) -> NDArray[Any] | None:
    """The values of a constant tensor of float32 or int32; None for one that is computed, or of another type."""
    if index < 0:
        return None
    tensor = graph.tensors[index]
    data = model.buffers[tensor.buffer].data
    if data is None or not len(data) or tensor.type not in DTYPES:
        return None
    return np.asarray(data, np.uint8).view(DTYPES[tensor.type]).reshape(tensor.shape)


def add_buffer(model: Any, values: NDArray[Any]) -> int:
    """Number of a new buffer with these values."""
    model.buffers.append(_AlignedBuffer(data=np.ascontiguousarray(values).view(np.uint8).ravel()))
    return len(model.buffers) - 1


def add_tensor(graph: Any, name: str, shape: Sequence[int], dtype: int, signature: Sequence[int] | None = None) -> int:
    """Number of a new tensor; its data are computed until it is given a buffer."""
    tensor = schema.TensorT(name=name.encode(), shape=list(shape), type=dtype, buffer=0, hasRank=True)
    if signature is not None:
        tensor.shapeSignature = list(signature)
    graph.tensors.append(tensor)
    return len(graph.tensors) - 1


def store_codes(
    model: Any, tensor: Any, codes: NDArray[np.int8], scales: NDArray[np.float32], bits: int, axis: int = 0
) -> None:
    """Make a tensor a constant of codes, with a scale for each channel along `axis` or one for all."""
    tensor.type = CODE_TYPES[bits]
    tensor.buffer = add_buffer(model, packed(codes, bits))
    # The interpreter refuses a file with fewer zero points than scales.
    zero_points = np.zeros(len(scales), np.int64)
    tensor.quantization = schema.QuantizationParametersT(scale=scales, zeroPoint=zero_points, quantizedDimension=axis)


def operator(code: int, inputs: Sequence[int], output: int, options: Any = None) -> Any:
    """An operator with one output; `code` is the number of its entry."""
    kind = 0 if options is None else getattr(schema.BuiltinOptions, type(options).__name__.removesuffix("T"))
    return schema.OperatorT(
        opcodeIndex=code, inputs=list(inputs), outputs=[output], builtinOptionsType=kind, builtinOptions=options
    )


def operator_name(code: Any) -> str:
    """The schema's name of an operator code of a file, or its own where it is custom."""
    number = max(code.builtinCode, code.deprecatedBuiltinCode)
    if number == schema.BuiltinOperator.CUSTOM:
        return str(code.customCode.decode())
    return str(OPERATOR_NAMES[number])


def opcode(model: Any, name: str, version: int) -> int:
    """Number of the entry for an operator of this version, a new one if need be."""
    number = getattr(schema.BuiltinOperator, name)
    for index, code in enumerate(model.operatorCodes):
        if (code.builtinCode, code.version) == (number, version):
            return index
    # Old readers know the first 127 operators by a byte.
    byte = min(number, int(schema.BuiltinOperator.PLACEHOLDER_FOR_GREATER_OP_CODES))
    model.operatorCodes.append(schema.OperatorCodeT(deprecatedBuiltinCode=byte, version=version, builtinCode=number))
    return len(model.operatorCodes) - 1


def drop_unused_buffers(model: Any) -> None:
    """Leave out what no tensor and no metadata points to; the first buffer is empty by convention."""
    holders = [tensor for graph in model.subgraphs for tensor in graph.tensors] + list(model.metadata or [])
    used = sorted({0} | {holder.buffer for holder in holders})
    places = {old: new for new, old in enumerate(used)}
    model.buffers = [model.buffers[old] for old in used]
    for holder in holders:
        holder.buffer = places[holder.buffer]
