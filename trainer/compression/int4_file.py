"""Weights of a float32 .tflite file rewritten as codes of 4 or 8 bits, by an edit of the file itself.

The TensorFlow converter has no int4. Keras' own int4 export is larger than the float file, and loses the ReLU of a
layer without a bias: the converter fuses it into an operator that has none.
Rounding is symmetric, with a scale for each output channel: a model whose weights lie on that grid already comes out
as it went in.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from tensorflow.lite.python import schema_py_generated as schema

from trainer.compression import table_lookup
from trainer.compression.flatbuffer import (
    CODE_TYPES,
    add_tensor,
    constant,
    drop_unused_buffers,
    opcode,
    operator,
    operator_name,
    pack,
    store_codes,
    unpack,
)
from trainer.compression.table_lookup import TableScale
from trainer.compression.tflite_file import TfliteFile
from trainer.compression.weight_codes import codes_of
from trainer.errors import ExportError

Form = Literal["weight_only", "dynamic"]


@dataclass(frozen=True)
class _Place:
    """Where an operator has its weight."""

    slot: int  # among its inputs
    axis: int  # of the output channels
    version: int | None  # of the operator that computes with codes of 4 bits; None: the interpreter has none


PLACES = {
    "FULLY_CONNECTED": _Place(slot=1, axis=0, version=12),
    "CONV_2D": _Place(slot=1, axis=0, version=8),
    "TRANSPOSE_CONV": _Place(slot=1, axis=0, version=None),
    "DEPTHWISE_CONV_2D": _Place(slot=1, axis=3, version=None),
    "GATHER": _Place(slot=0, axis=0, version=None),
}
# DEQUANTIZE is read from 4 bits since this version.
DEQUANTIZE_VERSION = 6
# What codes cost in a file besides themselves and their scales (measured): a weight that saves no more stays float32.
WEIGHT_OVERHEAD_BYTES = 208
TABLE_OVERHEAD_BYTES = {"row": 1104, "table": 668}


@dataclass(frozen=True)
class _Use:
    """An operator that reads a constant."""

    operator: Any
    name: str
    slot: int


def quantize_weights(
    file: TfliteFile,
    *,
    bits: int | None = 4,
    table_bits: int | None = 4,
    form: Form = "weight_only",
    table_scale: TableScale = "row",
) -> TfliteFile:
    """Write the weights of a float32 file as codes.

    Args:
        file: Of kind float32.
        bits: 4 or 8 for dense and convolution weights; None leaves them float32.
        table_bits: The same for embedding tables.
        form: "weight_only" computes with the dequantized weights, so the file gives what Keras gives with rounded
            weights, to 1e-6. "dynamic" rounds activations to int8 as they come: within about 1 % of the largest value,
            144 bytes a weight smaller, several times as fast at a width of 512 and as fast at 64. The first is the
            default, because what was trained is then what runs.
        table_scale: One for each row or one for the table. A row's costs 4 bytes, so that a table of at most
            `table_lookup.NARROW` columns with a scale for each row is written in 8 bits with one scale instead of 4.

    Returns:
        The file; its note names the weights that stay float32.

    Raises:
        ExportError: Another kind, or another number of bits.
    """
    if file.kind != "float32":
        raise ExportError(f"weights are rewritten in a float32 file only, and this one is {file.kind}")
    for name, given in (("bits", bits), ("table_bits", table_bits)):
        if given is not None and given not in CODE_TYPES:
            raise ExportError(f"{name} is {given}; choose 4, 8 or None, which leaves these weights float32")
    model = unpack(file.content)
    kept = [
        name for graph in model.subgraphs for name in _Graph(model, graph, form, table_scale).quantize(bits, table_bits)
    ]
    drop_unused_buffers(model)
    note = "; ".join(filter(None, [file.note, f"float32 stay {', '.join(kept)}" if kept else ""]))
    kind = "int4" if 4 in (bits, table_bits) else "int8-weights"
    return replace(file, content=pack(model), kind=kind, note=note)


class _Graph:
    """One graph of a file; a loop has its own."""

    def __init__(self, model: Any, graph: Any, form: Form, table_scale: TableScale) -> None:
        self._model, self._graph = model, graph
        self._form, self._table_scale = form, table_scale

    def quantize(self, bits: int | None, table_bits: int | None) -> Iterator[str]:
        """Names of the weights that stay float32."""
        for index, uses in self._uses().items():
            values = constant(self._model, self._graph, index)
            if values is None or values.dtype != np.float32 or values.ndim < 2:
                continue
            if all(use.name == "GATHER" for use in uses):
                is_done = table_bits is None or self._quantize_table(uses, values, table_bits)
            else:
                is_done = bits is None or self._quantize_weight(index, uses, values, bits)
            # What could save nothing is no news.
            if not is_done and values.nbytes > WEIGHT_OVERHEAD_BYTES:
                yield self._graph.tensors[index].name.decode()

    def _uses(self) -> dict[int, list[_Use]]:
        uses: dict[int, list[_Use]] = {}
        for reader in self._graph.operators:
            name = operator_name(self._model.operatorCodes[reader.opcodeIndex])
            for slot, index in enumerate(reader.inputs):
                uses.setdefault(int(index), []).append(_Use(reader, name, slot))
        return uses

    def _quantize_table(self, uses: list[_Use], values: NDArray[np.float32], bits: int) -> bool:
        gathers = [use.operator for use in uses]
        bits, scale = table_lookup.form_of(values.shape[-1], bits, self._table_scale)
        is_by_row = all(use.slot == 0 and table_lookup.is_lookup(self._graph, use.operator) for use in uses)
        scale_bytes = 4 * len(values) if scale == "row" else 4
        saved = values.size * (4 - bits / 8) - scale_bytes
        if not is_by_row or values.ndim != 2 or saved < TABLE_OVERHEAD_BYTES[scale]:
            return False
        table_lookup.use_codes(self._model, self._graph, gathers, values, bits, scale)
        return True

    def _quantize_weight(self, index: int, uses: list[_Use], values: NDArray[np.float32], bits: int) -> bool:
        places = [PLACES[use.name] for use in uses if use.name in PLACES and PLACES[use.name].slot == use.slot]
        axes = {place.axis for place in places}
        if len(places) != len(uses) or len(axes) != 1:
            return False
        axis = axes.pop()
        # A scale has 4 bytes and its zero point 8.
        if values.size * (4 - bits / 8) - 12 * values.shape[axis] < WEIGHT_OVERHEAD_BYTES:
            return False
        codes, scales = codes_of(values, bits, axis)
        versions = [place.version for place in places if place.version is not None]
        if self._form == "dynamic" and len(versions) == len(uses):
            store_codes(self._model, self._graph.tensors[index], codes, scales, bits, axis)
            for use, version in zip(uses, versions, strict=True):
                use.operator.opcodeIndex = opcode(self._model, use.name, version)
        else:
            self._dequantize(index, codes, scales, bits, axis)
        return True

    def _dequantize(
        self, index: int, codes: NDArray[np.int8], scales: NDArray[np.float32], bits: int, axis: int
    ) -> None:
        """The weight is computed once, at the start, from a constant of codes."""
        weight = self._graph.tensors[index]
        coded = add_tensor(self._graph, f"{weight.name.decode()}_codes", codes.shape, CODE_TYPES[bits])
        store_codes(self._model, self._graph.tensors[coded], codes, scales, bits, axis)
        weight.buffer = 0
        code = opcode(self._model, "DEQUANTIZE", DEQUANTIZE_VERSION)
        self._graph.operators.insert(0, operator(code, (coded,), index, schema.DequantizeOptionsT()))
