"""What is tried beside the recipes, each from a student of a finished run: formats and methods."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

DENSE, BASE, SMALL = "dense", "300KB", "150KB"

Steps = tuple[Mapping[str, Any], ...]

INT8: Mapping[str, Any] = {"method": "quantize", "table": "int8", "encoders": "int8"}
FLOAT: Mapping[str, Any] = {"method": "quantize", "table": "float32", "encoders": "float32"}


@dataclass(frozen=True, slots=True)
class Branch:
    """Steps that are taken from a student, and why."""

    name: str
    group: str  # formats, encoders, methods or aware
    title: str
    run: str  # the recipe whose run it starts from
    start: str  # which student of that run: dense, or trained (before it is quantized)
    steps: Steps


def _format(name: str, title: str, **settings: Any) -> Branch:
    step = {"method": "quantize", "encoders": "int8", **settings}
    return Branch(f"table-{name}", "formats", title, SMALL, "trained", (step,))


def _encoders(kind: str, title: str) -> Branch:
    step = {"method": "quantize", "table": "int8", "encoders": kind}
    return Branch(f"encoders-{kind}", "encoders", title, SMALL, "trained", (step,))


def _method(name: str, title: str, *steps: Mapping[str, Any]) -> Branch:
    return Branch(name, "methods", title, BASE, "dense", (*steps, INT8))


BRANCHES = (
    _format("float32", "float32", table="float32"),
    _format("float16", "float16", table="float16"),
    _format("int8", "int8", table="int8"),
    _format("int4", "int4", table="int4"),
    _format("int3", "int3", table="int3"),
    _format("int2", "int2", table="int2"),
    _format("parts-16x4", "16 parts of 4 bits", table="parts", parts=16, bits=4),
    _format("parts-8x8", "8 parts of 8 bits", table="parts", parts=8, bits=8),
    _format("parts-8x6", "8 parts of 6 bits", table="parts", parts=8, bits=6),
    _format(
        "parts-8x6-untrained", "8 parts of 6 bits, untrained", table="parts", parts=8, bits=6, epochs=0.0, lists=0.0
    ),
    _format("parts-4x8", "4 parts of 8 bits", table="parts", parts=4, bits=8),
    _encoders("float32", "float32"),
    _encoders("float16", "float16"),
    _encoders("dynamic", "dynamic int8"),
    _encoders("int8", "full int8"),
    _method("nothing", "rounded to int8 only"),
    _method("magnitude-50", "magnitude pruning, 50 %", {"method": "prune-weights", "sparsity": 0.5}),
    _method("magnitude-80", "magnitude pruning, 80 %", {"method": "prune-weights", "sparsity": 0.8}),
    _method("taylor-80", "Taylor pruning, 80 %", {"method": "prune-weights", "sparsity": 0.8, "importance": "taylor"}),
    _method(
        "movement-80", "movement pruning, 80 %", {"method": "prune-weights", "sparsity": 0.8, "importance": "movement"}
    ),
    _method("l0", "L0 gates on weights", {"method": "l0"}),
    _method("variational", "variational dropout", {"method": "variational"}),
    _method("units-50", "half of the hidden units", {"method": "prune-units", "keep": 0.5}),
    _method("dimensions-50", "half of the token dimensions", {"method": "prune-dimensions", "keep": 0.5}),
    _method("vocabulary-50", "half of the tokens", {"method": "prune-vocabulary", "keep": 0.5}),
    _method("table-rank-32", "table of rank 32", {"method": "factorize-table", "rank": 32}),
    _method("kernels-90", "kernels of 90 % energy", {"method": "factorize-kernels", "energy": 0.9}),
    Branch(
        "aware-int8", "aware", "int8, aware", BASE, "trained", ({"method": "quantize-aware", "table": "int8"}, INT8)
    ),
    Branch("after-int8", "aware", "int8, after training", BASE, "trained", (INT8,)),
    Branch(
        "aware-int2",
        "aware",
        "int2, aware",
        BASE,
        "trained",
        ({"method": "quantize-aware", "table": "int2", "rate": 1.0, "activations": False}, {**INT8, "table": "int2"}),
    ),
    Branch("after-int2", "aware", "int2, after training", BASE, "trained", ({**INT8, "table": "int2"},)),
)
