"""Writes small TFLite files for the tests, with the schema that comes with LiteRT."""

from __future__ import annotations

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema

TYPES = {
    "float32": schema.TensorType.FLOAT32,
    "float16": schema.TensorType.FLOAT16,
    "int32": schema.TensorType.INT32,
    "int8": schema.TensorType.INT8,
    "int16": schema.TensorType.INT16,
}


class Builder:
    """A file with one subgraph, put together tensor by tensor."""

    def __init__(self) -> None:
        """Begin with the empty buffer that every file has."""
        self.model = schema.ModelT(version=3, operatorCodes=[], buffers=[schema.BufferT()])
        self.graph = schema.SubGraphT(tensors=[], operators=[])

    def tensor(self, name, shape, dtype="float32", scales=None, zero_points=0, axis=0) -> int:
        """A computed tensor; its first dimension is dynamic."""
        signature = [-1, *shape[1:]]
        made = schema.TensorT(
            name=name, shape=list(shape), type=TYPES[dtype], buffer=0, shapeSignature=signature, hasRank=True
        )
        if scales is not None:
            scales = np.atleast_1d(np.float32(scales))
            made.quantization = schema.QuantizationParametersT(
                scale=scales, zeroPoint=np.resize(zero_points, len(scales)).astype(np.int64), quantizedDimension=axis
            )
        self.graph.tensors.append(made)
        return len(self.graph.tensors) - 1

    def constant(self, values, scales=None, zero_points=0, axis=0) -> int:
        values = np.asarray(values)
        number = self.tensor("constant", values.shape, str(values.dtype), scales, zero_points, axis)
        tensor = self.graph.tensors[number]
        tensor.shapeSignature, tensor.buffer = None, len(self.model.buffers)
        self.model.buffers.append(schema.BufferT(data=np.frombuffer(values.tobytes(), np.uint8)))
        return number

    def operator(self, name, inputs, output, version=1, **options) -> int:
        """An operator with its options, as the schema's Python names them; the output comes back."""
        code = getattr(schema.BuiltinOperator, name)
        self.model.operatorCodes.append(
            schema.OperatorCodeT(deprecatedBuiltinCode=min(code, 127), builtinCode=code, version=version)
        )
        kind = {"MEAN": "Reducer"}.get(name, name.title().replace("_", "")) + "Options"
        made = schema.OperatorT(len(self.model.operatorCodes) - 1, inputs=list(inputs), outputs=[output])
        made.builtinOptionsType = getattr(schema.BuiltinOptions, kind, 0)
        if made.builtinOptionsType:
            made.builtinOptions = getattr(schema, f"{kind}T")(**options)
        self.graph.operators.append(made)
        return output

    def file(self, inputs, outputs) -> bytes:
        self.graph.inputs, self.graph.outputs = list(inputs), list(outputs)
        self.model.subgraphs = [self.graph]
        builder = flatbuffers.Builder(1024)
        builder.Finish(self.model.Pack(builder), file_identifier=b"TFL3")
        return bytes(builder.Output())


def float_file(name, shape, out_shape, others=(), **options) -> bytes:
    """One operator on rows of float32: an input `x`, then constants."""
    made = Builder()
    x = made.tensor("x", (1, *shape))
    given = [x, *(made.constant(values) for values in others)]
    return made.file([x], [made.operator(name, given, made.tensor("y", (1, *out_shape)), **options)])
