"""Which channels of a model can be cut together: the units of a layer, and every axis of a weight that follows them.

The walk goes through the model's operations and names each channel of every tensor's last axis. Where two tensors are
added, their channels become one: a residual connection joins all layers that write into it. What a layer does to the
channels stands in `channel_rules`; what has no rule there freezes the channels around it, with the reason in words.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import keras
import numpy as np
from numpy.typing import NDArray

from trainer.compression.channel_rules import Call, follow
from trainer.compression.channels import Channels, Refusal
from trainer.errors import CompressionError

Ids = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Member:
    """An axis of a weight that has an entry, or several, for each channel of a group."""

    path: str
    axis: int
    positions: Ids  # (size, repeats) indices along the axis: those that channel owns
    reads: bool  # whether a kernel takes the channels in along it; else it makes them, or follows them


@dataclass(frozen=True, slots=True, eq=False)
class ChannelGroup:
    """Channels that are cut together or not at all: one choice for all layers in it."""

    name: str  # of the producers, joined by "+"
    size: int
    members: tuple[Member, ...]
    producers: tuple[str, ...]  # layers whose outputs these channels are, in the model's order


def functional(model: keras.Model) -> keras.Model:
    """The model as a graph of operations; that of a Sequential is the one which it keeps inside.

    Raises:
        CompressionError: The model is a subclass with its own `call`, or a Sequential that was never built.
    """
    if is_graph(model):
        return model._functional if isinstance(model, keras.Sequential) else model
    if isinstance(model, keras.Sequential):
        raise CompressionError(
            f"{model.name}: the model has no input shape, so it has no graph of layers yet; "
            "begin it with keras.Input(shape), or call it once on a batch"
        )
    raise CompressionError(
        f"{model.name}: a model with its own call has no graph of layers to rebuild; "
        "build it with keras.Sequential or keras.Model(inputs, outputs)"
    )


def is_graph(model: keras.Model) -> bool:
    """Whether `functional` has an answer."""
    return model._functional is not None if isinstance(model, keras.Sequential) else hasattr(model, "_nodes_by_depth")


def nodes(graph: keras.Model) -> Iterator[Call]:
    """The calls of a functional graph, each after those whose outputs it reads.

    A layer's own list of calls is no help: a Sequential leaves calls of earlier, shorter graphs in it.
    """
    for depth in sorted(graph._nodes_by_depth, reverse=True):
        yield from graph._nodes_by_depth[depth]


def channel_groups(model: keras.Model) -> tuple[list[ChannelGroup], dict[str, str]]:
    """What can be cut, and why the rest cannot.

    Returns:
        The groups in the model's order, and reasons by name of the layers whose channels stay.

    Raises:
        CompressionError: The model has no graph of layers.
    """
    graph = functional(model)
    channels = Channels()
    refused: dict[str, str] = {}
    calls = Counter(id(node.operation) for node in nodes(graph))
    operations = {id(node.operation): node.operation for node in nodes(graph)}.values()
    owners = Counter(id(weight) for operation in operations for weight in weights_of(operation))
    for node in nodes(graph):
        operation = node.operation
        if node.is_input:
            (tensor,) = node.outputs
            channels.of[id(tensor)] = channels.new(width(tensor))
            channels.freeze(channels.of[id(tensor)], "are joined with the model's input")
            continue
        inputs = [channels.of[id(tensor)] for tensor in data_inputs(node)]
        try:
            if weights_of(operation) and calls[id(operation)] > 1:
                raise Refusal("is used more than once")
            if any(owners[id(weight)] > 1 for weight in weights_of(operation)):
                raise Refusal("shares weights with another layer")
            channels.of[id(node.outputs[0])] = follow(node, inputs, channels)
        except Refusal as refusal:
            for tensor in node.outputs:
                channels.of[id(tensor)] = channels.new(width(tensor))
            begun = channels.producers.get(operation.name, channels.new(0))
            for ids in [*inputs, begun, *(channels.of[id(tensor)] for tensor in node.outputs)]:
                channels.freeze(ids, f"reach {operation.name}, which {refusal}")
            if weights_of(operation):
                refused[operation.name] = f"it {refusal}"
    for tensor in graph.outputs:
        channels.freeze(channels.of[id(tensor)], "are the model's output")
    groups = grouped(channels)
    free = {name for group in groups for name in group.producers}
    frozen = channels.frozen_roots()
    reasons = {
        name: f"its channels {next(frozen[root] for root in channels.roots(ids) if root in frozen)}"
        for name, ids in channels.producers.items()
        if name not in free
    }
    return groups, reasons | refused


def grouped(channels: Channels) -> list[ChannelGroup]:
    """Channels that are free, by the axes in which they have entries."""
    frozen = channels.frozen_roots()
    places: dict[int, dict[tuple[str, int], list[int]]] = defaultdict(dict)
    for axis, ids in channels.axes.items():
        for position, root in enumerate(channels.roots(ids)):
            if root not in frozen:
                places[root].setdefault(axis, []).append(position)
    alike: dict[tuple[tuple[tuple[str, int], int], ...], list[int]] = defaultdict(list)
    for root in sorted(places):
        alike[tuple((axis, len(found)) for axis, found in places[root].items())].append(root)
    producers = {name: set(channels.roots(ids)) for name, ids in channels.producers.items()}
    groups = []
    names: Counter[str] = Counter()
    for axes, roots in alike.items():
        makers = tuple(name for name, made in producers.items() if made & set(roots))
        name = "+".join(makers)
        names[name] += 1
        if names[name] > 1:
            name = f"{name}#{names[name]}"
        members = tuple(
            Member(
                path,
                axis,
                np.array([places[root][path, axis] for root in roots], np.int64),
                (path, axis) in channels.reading,
            )
            for (path, axis), _ in axes
        )
        groups.append(ChannelGroup(name, len(roots), members, makers))
    return groups


def data_inputs(node: Call) -> Sequence[keras.KerasTensor]:
    """The tensors that a call reads, without the masks: those say which places count, and have no channels."""
    named = {name: value for name, value in node.arguments.kwargs.items() if not name.endswith("mask")}
    return [value for value in keras.tree.flatten([node.arguments.args, named]) if isinstance(value, keras.KerasTensor)]


def weights_of(operation: keras.Operation) -> Sequence[keras.Variable]:
    """An operation that is no layer, such as the comparison behind `mask_zero`, has none."""
    return operation.weights if isinstance(operation, keras.layers.Layer) else []


def width(tensor: keras.KerasTensor) -> int:
    """Length of the last axis; 0 if that is the batch, or of any length."""
    return (tensor.shape[-1] or 0) if len(tensor.shape) > 1 else 0
