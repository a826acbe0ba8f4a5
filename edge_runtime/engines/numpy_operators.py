"""How numpy computes each TFLite operator that the exporter writes, and some float ones beside them.

An int8 tensor is kept as float32 whole numbers, *steps*: its codes less their zero point. Products of steps are exact
in float32 while every sum stays below 2^24, so a matrix product is one call of BLAS. Results are scaled in float32 and
rounded half to even, as XNNPACK does it, which is what LiteRT runs by default. Kernels that round a fixed-point product
instead differ from both by one step now and then.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edge_runtime.engines.flatbuffer import Table
from edge_runtime.engines.tflite_file import Quantization, Tensor
from edge_runtime.errors import UnsupportedModelError

Values = NDArray[Any]
Compute = Callable[..., Values]  # from the values of an operator's inputs to those of its output

EXACT_FLOAT32 = 1 << 24  # every whole number up to it is a float32
_CODES = (-128, 127)
_RELU, _RELU_N1_TO_1, _RELU6 = 1, 2, 3
_ACTIVATIONS = {0: (-np.inf, np.inf), _RELU: (0.0, np.inf), _RELU_N1_TO_1: (-1.0, 1.0), _RELU6: (0.0, 6.0)}


@dataclass(frozen=True, slots=True)
class Site:
    """One operator where it stands in a model."""

    name: str  # of the operator
    inputs: tuple[Tensor | None, ...]  # None: left out
    output: Tensor
    options: Table | None
    known: tuple[Values | None, ...]  # of each input its values, if they are constant
    rounds: bool = True  # int8 results to their codes

    def refuse(self, why: str) -> UnsupportedModelError:
        return UnsupportedModelError(f"operator {self.name} (tensor {self.output.name!r}): {why}")

    def option(self, field: int, kind: str, missing: int = 0) -> int:
        return self.options.number(field, kind, missing) if self.options else missing

    def types(self) -> tuple[str, ...]:
        """Of inputs and output; "" for one that is left out."""
        return (*(tensor.dtype if tensor else "" for tensor in self.inputs), self.output.dtype)

    def expect(self, *wanted: tuple[str, ...]) -> None:
        """Refuse other types."""
        if self.types() not in wanted:
            raise self.refuse(f"types {', '.join(self.types())} are not run")


def steps_of(tensor: Tensor) -> Values | None:
    """A constant as operators take it: int8 as steps, anything else as it is; None for a computed tensor."""
    if tensor.constant is None or tensor.quantization is None:
        return tensor.constant
    return tensor.constant.astype(np.float32) - _along(tensor.quantization.zero_points, tensor).astype(np.float32)


def _number(value: float) -> Values:
    """A float32 as numpy takes it fastest: as an array without dimensions, not as a scalar."""
    return np.array(value, np.float32)


def _row(numbers: Values) -> Values:
    """(1, n) of (n,): numpy is faster with what has the shape of a batch of one."""
    return numbers.reshape(1, -1)


def _along(numbers: NDArray[Any], tensor: Tensor) -> NDArray[Any]:
    """One number for each channel, in a shape that broadcasts to the tensor's."""
    if len(numbers) == 1:
        return numbers
    assert tensor.quantization is not None
    return numbers.reshape([-1 if axis == tensor.quantization.axis else 1 for axis in range(len(tensor.shape))])


def _grid(site: Site, tensor: Tensor | None) -> tuple[float, int]:
    """Scale and zero point of a tensor that has one of each."""
    quantization = tensor.quantization if tensor else None
    if quantization is None or len(quantization.scales) != 1:
        raise site.refuse("a scale for each channel is run in the weights of FULLY_CONNECTED alone")
    return float(quantization.scales[0]), int(quantization.zero_points[0])


def _activation(site: Site, field: int = 0) -> tuple[float, float]:
    number = site.option(field, "b")
    if number not in _ACTIVATIONS:
        raise site.refuse(f"its activation {number} is not run")
    return _ACTIVATIONS[number]


def _clipped(low: float, high: float) -> Callable[[Values], Values]:
    """Clips in place; `np.clip` takes longer for a row than the product before it."""
    least, most = _number(low), _number(high)

    def clip(values: Values) -> Values:
        if low > -np.inf:
            np.maximum(values, least, out=values)
        return np.minimum(values, most, out=values) if high < np.inf else values

    return clip


def _to_codes(site: Site, activation: tuple[float, float] = _ACTIVATIONS[0]) -> Callable[[Values], Values]:
    """Rounds numbers of steps in place to those that the output's codes can hold; or clips them alone."""
    scale, zero_point = _grid(site, site.output)
    if not site.rounds:
        return _clipped(*(bound / scale for bound in activation))
    low, high = (np.rint(bound / scale) for bound in activation)
    least, most = _number(max(_CODES[0] - zero_point, low)), _number(min(_CODES[1] - zero_point, high))

    def to_codes(values: Values) -> Values:
        np.rint(values, out=values)
        np.maximum(values, least, out=values)
        return np.minimum(values, most, out=values)

    return to_codes


def _quantize(site: Site) -> Compute:
    site.expect(("float32", "int8"), ("int8", "int8"))
    before = _grid(site, site.inputs[0])[0] if site.types()[0] == "int8" else 1.0
    ratio, to_codes = _number(before / _grid(site, site.output)[0]), _to_codes(site)
    return lambda x: to_codes(x * ratio)


def _dequantize(site: Site) -> Compute:
    site.expect(("int8", "float32"), ("float16", "float32"))
    if site.types()[0] == "float16":
        return lambda x: x.astype(np.float32)
    scale = _number(_grid(site, site.inputs[0])[0])
    return lambda x: x * scale


def _fully_connected(site: Site) -> Compute:
    inputs = (*site.inputs, None)[:3]
    weights, bias = site.known[1], site.known[2] if len(site.known) > 2 and site.inputs[2] else np.zeros(1, np.float32)
    if weights is None or bias is None or inputs[1] is None or inputs[0] is None or weights.ndim != 2:
        raise site.refuse("its weights are not a constant matrix")
    if site.option(1, "b"):
        raise site.refuse("its weights are shuffled")
    activation = _activation(site)
    columns = _weight_scales(site, inputs[1])
    if inputs[0].dtype == "float32":
        return _float_product(site, weights, columns, bias, activation)
    for wanted in (("int8", "int8", "int8"), ("int8", "int8", "", "int8"), ("int8", "int8", "int32", "int8")):
        if site.types() == wanted:
            return _int8_product(site, inputs[0], weights, columns, bias, activation)
    raise site.refuse(f"types {', '.join(site.types())} are not run")


def _weight_scales(site: Site, weights: Tensor) -> NDArray[np.float32] | None:
    """(rows,) or (1,) scales of int8 weights; None for float ones."""
    quantization: Quantization | None = weights.quantization
    if quantization is not None and len(quantization.scales) > 1 and quantization.axis != 0:
        raise site.refuse("its weights have scales along their columns")
    return None if quantization is None else quantization.scales


def _float_product(
    site: Site, weights: Values, scales: Values | None, bias: Values, activation: tuple[float, float]
) -> Compute:
    """With int8 weights the inputs stay as they are; interpreters round them to int8 first."""
    types = {*site.types()[2:], site.types()[1]} - {""}
    if not types <= {"float32", "int8"} or site.output.dtype != "float32" or "int8" in site.types()[2:]:
        raise site.refuse(f"types {', '.join(site.types())} are not run")
    columns = weights.T if scales is None else (weights * scales[:, None]).T
    clip, has_bias = _clipped(*activation), bool(np.any(bias))

    def compute(x: Values, *_: Values) -> Values:
        product = x @ columns
        if has_bias:
            product += bias
        return clip(product)

    return compute


def _int8_product(
    site: Site, x: Tensor, weights: Values, scales: Values | None, bias: Values, activation: tuple[float, float]
) -> Compute:
    scale, zero_point = _grid(site, x)
    assert scales is not None
    most_steps = max(_CODES[1] - zero_point, zero_point - _CODES[0])
    largest_sum = (np.abs(weights).sum(axis=1, dtype=np.float64) * most_steps + np.abs(bias.astype(np.float64))).max()
    exact = np.float32 if largest_sum <= EXACT_FLOAT32 else np.float64
    columns, added = weights.T.astype(exact, order="C"), _row(bias.astype(exact)) if np.any(bias) else None
    ratios = _row((scale * scales.astype(np.float64) / _grid(site, site.output)[0]).astype(np.float32))
    to_codes = _to_codes(site, activation)

    def compute(x: Values, *_: Values) -> Values:
        sums = x @ columns if x.ndim > 2 else x.dot(columns)
        if added is not None:
            sums += added
        sums *= ratios
        return to_codes(sums) if exact is np.float32 else to_codes(sums).astype(np.float32)

    return compute


def _add(site: Site) -> Compute:
    site.expect(("float32",) * 3, ("int8",) * 3)
    if site.output.dtype == "float32":
        clip = _clipped(*_activation(site))
        return lambda a, b: clip(a + b)
    out = _grid(site, site.output)[0]
    first, second = (_number(_grid(site, tensor)[0] / out) for tensor in site.inputs)
    to_codes = _to_codes(site, _activation(site))
    if site.known[1] is not None:  # a bias
        added = site.known[1] * second
        added = _row(added) if added.ndim == 1 else added
        return lambda a, _: to_codes(a * first + added)
    return lambda a, b: to_codes(a * first + b * second)


def _mul(site: Site) -> Compute:
    site.expect(("float32",) * 3, ("int8",) * 3)
    if site.output.dtype == "float32":
        clip = _clipped(*_activation(site))
        return lambda a, b: clip(a * b)
    first, second, out = (_grid(site, tensor)[0] for tensor in (*site.inputs, site.output))
    ratio, to_codes = _number(first * second / out), _to_codes(site, _activation(site))
    return lambda a, b: to_codes(a * b * ratio)


def _relu(site: Site) -> Compute:
    site.expect(("float32", "float32"))
    return lambda x: np.maximum(x, np.float32(0))


def _tanh(site: Site) -> Compute:
    site.expect(("float32", "float32"))
    return np.tanh


def _logistic(site: Site) -> Compute:
    site.expect(("float32", "float32"))
    half = np.float32(0.5)
    # By the hyperbolic tangent, which has no exponential that could overflow.
    return lambda x: half * np.tanh(half * x) + half


def _softmax(site: Site) -> Compute:
    site.expect(("float32", "float32"))
    beta = np.float32(site.options.real(0) if site.options else 0)

    def compute(x: Values) -> Values:
        powers: Values = np.exp(beta * (x - x.max(axis=-1, keepdims=True)))
        powers /= powers.sum(axis=-1, keepdims=True)
        return powers

    return compute


def _reshape(site: Site) -> Compute:
    site.expect(("float32", "float32"), ("float32", "int32", "float32"))
    # Rows stay rows: the batch is not what the file says.
    shape = site.output.shape[1:]
    return lambda x, *_: x.reshape(len(x), *shape)


def _concatenation(site: Site) -> Compute:
    site.expect(("float32",) * (len(site.inputs) + 1))
    axis, clip = _inner_axis(site, site.option(0, "i")), _clipped(*_activation(site, 1))
    return lambda *parts: clip(np.concatenate(parts, axis=axis))


def _mean(site: Site) -> Compute:
    site.expect(("float32", "int32", "float32"))
    if site.known[1] is None or site.known[1].ndim > 1:
        raise site.refuse("its axes are not constant")
    axes = tuple({_inner_axis(site, int(axis)) for axis in site.known[1].ravel()})
    keeps = bool(site.option(0, "b"))
    return lambda x, _: x.mean(axis=axes, keepdims=keeps, dtype=np.float32)


def _gather(site: Site) -> Compute:
    site.expect(("float32", "int32", "float32"))
    axis, places, source = _inner_axis(site, site.option(0, "i")), site.known[1], site.inputs[0]
    if places is None or source is None or site.option(1, "i"):
        raise site.refuse("its indices are not constant")
    if places.size and not 0 <= places.min() <= places.max() < source.shape[axis]:
        raise site.refuse(f"its indices reach beyond axis {axis} of {source.name!r}")
    return lambda x, _: x.take(places, axis=axis)


def _inner_axis(site: Site, axis: int) -> int:
    """An axis within one row, counted from the front."""
    rank = len(site.inputs[0].shape) if site.inputs and site.inputs[0] else 0
    place = axis + rank if axis < 0 else axis
    if not 0 < place < rank:
        raise site.refuse(f"axis {axis} is not within one row")
    return place


@dataclass(frozen=True, slots=True)
class Kind:
    """An operator that can be computed."""

    name: str
    num_inputs: tuple[int, int]  # least and most
    newest: int  # version; what a newer one means is not known here
    prepare: Callable[[Site], Compute]


KINDS = {
    0: Kind("ADD", (2, 2), 5, _add),
    2: Kind("CONCATENATION", (1, 64), 4, _concatenation),
    6: Kind("DEQUANTIZE", (1, 1), 5, _dequantize),
    9: Kind("FULLY_CONNECTED", (2, 3), 12, _fully_connected),
    14: Kind("LOGISTIC", (1, 1), 3, _logistic),
    18: Kind("MUL", (2, 2), 7, _mul),
    19: Kind("RELU", (1, 1), 3, _relu),
    22: Kind("RESHAPE", (1, 2), 1, _reshape),
    25: Kind("SOFTMAX", (1, 1), 3, _softmax),
    28: Kind("TANH", (1, 1), 3, _tanh),
    36: Kind("GATHER", (2, 2), 7, _gather),
    40: Kind("MEAN", (2, 2), 3, _mean),
    114: Kind("QUANTIZE", (1, 1), 3, _quantize),
}
