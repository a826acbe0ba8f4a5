"""Where the bytes and the zeros of a student are, layer by layer, before its compression and after."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from edge_runtime.model.token_table import TableFormat
from trainer.models.overlay import TABLE

_BYTES = {"float16": 2, "float32": 4}  # of a number, by the kind of the encoders
_LEAST_DYNAMIC = 1024  # numbers of a weight; the converter leaves smaller ones in float32
_FACTORED = ("projection", "hidden_in", "hidden_out")


@dataclass(frozen=True, slots=True)
class LayerSize:
    """One layer, or the two factors that it became."""

    parameters: int
    zeros: int
    size_bytes: int  # as stored, without what a file format adds


@dataclass(frozen=True, slots=True)
class LayerChange:
    """A layer before compression and after; None where it is not there."""

    name: str
    before: LayerSize | None
    after: LayerSize | None


def layer_changes(before: Mapping[str, LayerSize], after: Mapping[str, LayerSize]) -> tuple[LayerChange, ...]:
    """Both sides by name, in the order of the forward pass."""
    names = [*before, *(name for name in after if name not in before)]
    return tuple(LayerChange(name, before.get(name), after.get(name)) for name in names)


def layer_sizes(
    weights: Mapping[str, Mapping[str, Any]], num_tokens: int, token_dim: int, table: TableFormat, encoders: str
) -> dict[str, LayerSize]:
    """Sizes of a student's layers.

    Args:
        weights: Numbers and zeros among them, from `compression.measure.count_weights`.
        num_tokens: Rows of the table.
        token_dim: Of a row.
        table: How it is stored.
        encoders: What their TFLite files hold.
    """
    found: dict[str, LayerSize] = {}
    for name, count in weights.items():
        numbers = count["parameters"]
        size = table.size_bytes(num_tokens, token_dim) if name == TABLE else numbers * _width(name, numbers, encoders)
        layer = _layer_of(name)
        old = found.get(layer, LayerSize(0, 0, 0))
        found[layer] = LayerSize(old.parameters + numbers, old.zeros + count["zeros"], old.size_bytes + size)
    return found


def _width(name: str, numbers: int, encoders: str) -> int:
    """Bytes of a number in a TFLite file, as the converter stores it (`trainer.export.tflite.ENCODER_KINDS`)."""
    if encoders == "int8":
        return 4 if name.endswith("hidden_bias") else 1  # int32, as what it is added to
    if encoders == "dynamic":
        return 4 if numbers < _LEAST_DYNAMIC else 1
    return _BYTES[encoders]


def _layer_of(name: str) -> str:
    """`article/projection_in` and `article/projection_out` are the factors of `article/projection`."""
    part, _, weight = name.rpartition("/")
    for kernel in _FACTORED:
        if weight in (f"{kernel}_in", f"{kernel}_out"):
            return f"{part}/{kernel}"
    return name
