"""One graph of a model whose layers are models in their turn, such as a pretrained network with a new last layer.

Neither cuts nor folds look into a layer, so the inner models' layers are laid out among those of the outer.
"""

from __future__ import annotations

from typing import Any

import keras

from trainer.compression.graph import functional, is_graph, nodes
from trainer.compression.rebuild import cloned, compile_like, copy_of, input_like, of_same_class, take_weights
from trainer.compression.same_outputs import require_same_outputs


def inlined(model: keras.Model) -> keras.Model:
    """The model without models in it, compiled like the one given; a plain copy where there are none.

    An inner layer keeps its name, unless another has it: then it is `INNER_NAME`, and a number if that is taken too.

    Raises:
        CompressionError: The model has no graph of layers, a layer cannot be copied, or the outputs moved.
    """
    graph = functional(model)
    if not any(_is_inner(layer) for layer in graph.layers):
        return cloned(model)
    copies = _Copies({layer.name for layer in graph.layers if not _is_inner(layer)})
    inputs = keras.tree.map_structure(input_like, graph._inputs_struct)
    outputs = _laid_out(graph, keras.tree.flatten(inputs), copies, outer=None, training=None)
    made = of_same_class(graph, inputs, outputs)
    for layer, copy in copies.pairs:
        take_weights(copy, layer)
    compile_like(made, model)
    require_same_outputs(made, model, "laying out inner models")
    return made


class _Copies:
    """One copy of each operation, however often it is called."""

    def __init__(self, outer_names: set[str]) -> None:
        self.pairs: list[tuple[keras.layers.Layer, keras.layers.Layer]] = []
        self._taken = set(outer_names)
        self._made: dict[int, keras.Operation] = {}

    def of(self, operation: keras.Operation, outer: str | None) -> keras.Operation:
        if id(operation) not in self._made:
            if outer is None or not isinstance(operation, keras.layers.Layer):
                copy = copy_of(operation)
            else:
                copy = copy_of(operation, name=self._free_name(operation.name, outer))
            self._made[id(operation)] = copy
            if isinstance(operation, keras.layers.Layer):
                self.pairs.append((operation, copy))
        return self._made[id(operation)]

    def _free_name(self, name: str, outer: str) -> str:
        wanted = name if name not in self._taken else f"{outer}_{name}"
        free, number = wanted, 1
        while free in self._taken:
            number += 1
            free = f"{wanted}_{number}"
        self._taken.add(free)
        return free


def _is_inner(layer: keras.layers.Layer) -> bool:
    return isinstance(layer, keras.Model) and is_graph(layer)


def _laid_out(
    graph: keras.Model, inputs: list[keras.KerasTensor], copies: _Copies, outer: str | None, *, training: bool | None
) -> Any:
    """The outputs of copies of a graph's operations.

    Args:
        graph: The whole, or an inner model.
        inputs: What stands for its inputs.
        copies: Those made so far.
        outer: Name of the inner model.
        training: What an inner model was called with: it holds for all its layers.
    """
    known = dict(zip(map(id, graph.inputs), inputs, strict=True))
    for node in nodes(graph):
        if node.is_input:
            continue
        operation = node.operation
        arguments, named = node.arguments.fill_in(known)
        if _is_inner(operation):
            given = named.get("training", training)
            flat = keras.tree.flatten(arguments)
            outputs = _laid_out(functional(operation), flat, copies, operation.name, training=given)
        else:
            if training is not None and getattr(operation, "_call_has_training_arg", False):
                named = named | {"training": training}
            outputs = copies.of(operation, outer)(*arguments, **named)
        known |= dict(zip(map(id, node.outputs), keras.tree.flatten(outputs), strict=True))
    return keras.tree.map_structure(lambda tensor: known[id(tensor)], graph._outputs_struct)
