"""Activations rounded to int8 while a model trains, on the grid that its file will have.

The converter takes fake-quant nodes for the grid of the file. They come after every layer, but not where TFLite has no
rounding of its own: behind layers that only move numbers, or before a ReLU that is computed together with its input.
"""

from __future__ import annotations

import contextlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import keras
import tensorflow as tf

from trainer.compression.graph import functional, nodes
from trainer.compression.moving_range import MovingRange
from trainer.compression.overlay import forget_functions, patched, tracked

INPUT = "input"  # the name of the model's own inputs among ranges

# Of these the output has the grid of the input, or a fixed one.
MOVING = (
    keras.layers.Flatten,
    keras.layers.Reshape,
    keras.layers.Permute,
    keras.layers.Dropout,
    keras.layers.Identity,
    keras.layers.MaxPooling1D,
    keras.layers.MaxPooling2D,
    keras.layers.GlobalMaxPooling1D,
    keras.layers.GlobalMaxPooling2D,
    keras.layers.AveragePooling1D,
    keras.layers.AveragePooling2D,
    keras.layers.Softmax,
    keras.layers.InputLayer,
)
# Computed together with a ReLU that alone reads it.
FUSED = (keras.layers.Dense, keras.layers.Conv1D, keras.layers.Conv2D, keras.layers.DepthwiseConv2D, keras.layers.Add)

# TFLite has one grid for the outputs of these, whatever they are.
GRIDS = {keras.activations.sigmoid: (0.0, 255 / 256), keras.activations.tanh: (-1.0, 127 / 128)}

Ranges = Mapping[str, tuple[float, float]]  # the least and the greatest number, by the layer whose output it is


def rounded_layers(model: keras.Model) -> list[keras.layers.Layer]:
    """The layers after which a full int8 file rounds, in the model's order.

    Raises:
        CompressionError: The model has no graph of layers.
    """
    readers: dict[int, list[Any]] = defaultdict(list)
    graph = functional(model)
    every = list(nodes(graph))
    outputs = {id(tensor) for tensor in graph.outputs}
    for node in every:
        for tensor in node.input_tensors:
            readers[id(tensor)].append(node.operation)
    found = {}
    for node in every:
        layer = node.operation
        if not isinstance(layer, keras.layers.Layer) or isinstance(layer, MOVING) or len(node.outputs) != 1:
            continue
        reading = readers[id(node.outputs[0])]
        is_read_alone = len(reading) == 1 and id(node.outputs[0]) not in outputs
        if isinstance(layer, FUSED) and _is_linear(layer) and is_read_alone and _is_relu(reading[0]):
            continue
        if keras.backend.is_float_dtype(node.outputs[0].dtype) and not _is_softmax(layer):
            found[layer.name] = layer
    return list(found.values())


@contextlib.contextmanager
def learning_ranges(model: keras.Model) -> Iterator[dict[str, MovingRange]]:
    """Within it a model's activations are rounded, and its ranges follow the batches.

    Yields:
        The ranges, by layer; `INPUT` for all inputs that are floats.
    """
    found: dict[str, MovingRange] = {}
    with contextlib.ExitStack() as undo:
        undo.callback(forget_functions, model)
        for layer in rounded_layers(model):
            found[layer.name] = MovingRange(GRIDS.get(getattr(layer, "activation", None)))
            undo.enter_context(tracked(layer, [found[layer.name].limits, found[layer.name].seen]))
            undo.enter_context(patched(layer, _rounding_output(layer.call, found[layer.name].round)))
        if any(keras.backend.is_float_dtype(tensor.dtype) for tensor in model.inputs):
            found[INPUT] = MovingRange()
            undo.enter_context(tracked(model, [found[INPUT].limits, found[INPUT].seen]))
            undo.enter_context(patched(model, _rounding_input(model.call, found[INPUT].round)))
        forget_functions(model)
        yield found


@contextlib.contextmanager
def fixed_ranges(model: keras.Model, ranges: Ranges) -> Iterator[None]:
    """Within it a model's activations are rounded between limits that were learned.

    Args:
        model: The one whose ranges were learned, or a copy.
        ranges: By layer.
    """

    def fixed(low: float, high: float) -> Callable[[tf.Tensor], tf.Tensor]:
        return lambda x: tf.quantization.fake_quant_with_min_max_vars(x, low, high)

    with contextlib.ExitStack() as undo:
        undo.callback(forget_functions, model)
        for layer in rounded_layers(model):
            if layer.name in ranges:
                undo.enter_context(patched(layer, _rounding_output(layer.call, fixed(*ranges[layer.name]))))
        if INPUT in ranges:
            undo.enter_context(patched(model, _rounding_input(model.call, fixed(*ranges[INPUT]))))
        forget_functions(model)
        yield


def limits_of(ranges: Mapping[str, MovingRange]) -> dict[str, tuple[float, float]]:
    """What was learned; ranges that saw no batch, or nothing but zero, are left out."""
    found = {}
    for name, moving in ranges.items():
        low, high = (float(limit) for limit in moving.limits.numpy())
        if low < high:
            found[name] = (low, high)
    return found


def output_steps(model: keras.Model, ranges: Ranges) -> list[float]:
    """How far apart two codes are, for each output of the model, where it was rounded last: before a softmax say.

    Args:
        model: The one whose ranges were learned, or a copy.
        ranges: By layer.

    Returns:
        A step for each output; infinite where nothing before it was rounded.
    """
    graph = functional(model)
    made = {id(tensor): node for node in nodes(graph) for tensor in node.outputs}
    steps = []
    for tensor in graph.outputs:
        node = made[id(tensor)]
        while not node.is_input and node.operation.name not in ranges:
            node = made[id(node.input_tensors[0])]
        low, high = ranges.get(INPUT if node.is_input else node.operation.name, (0.0, float("inf")))
        steps.append((high - low) / 255)
    return steps


def _rounding_output(inner: Callable[..., Any], rounding: Callable[[tf.Tensor], tf.Tensor]) -> Callable[..., Any]:
    def call(*args: Any, **kwargs: Any) -> Any:
        return rounding(inner(*args, **kwargs))

    return call


def _rounding_input(inner: Callable[..., Any], rounding: Callable[[tf.Tensor], tf.Tensor]) -> Callable[..., Any]:
    def round_one(x: Any) -> Any:
        is_float = keras.backend.is_float_dtype(keras.backend.standardize_dtype(x.dtype))
        return rounding(x) if is_float else x

    def call(*args: Any, **kwargs: Any) -> Any:
        first, *rest = args
        return inner(tf.nest.map_structure(round_one, first), *rest, **kwargs)

    return call


def _is_linear(layer: keras.layers.Layer) -> bool:
    return getattr(layer, "activation", keras.activations.linear) is keras.activations.linear


def _is_relu(operation: Any) -> bool:
    """Whether TFLite has it as part of another operator: from zero on, up to 6 or without end."""
    if isinstance(operation, keras.layers.Activation):
        return operation.activation in (keras.activations.relu, keras.activations.relu6)
    is_plain = isinstance(operation, keras.layers.ReLU) and not operation.negative_slope and not operation.threshold
    return is_plain and operation.max_value in (None, 6)


def _is_softmax(layer: keras.layers.Layer) -> bool:
    return getattr(layer, "activation", None) is keras.activations.softmax
