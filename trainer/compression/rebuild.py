"""Copies of a model, whole or with some layers exchanged.

A Sequential stays one, so that its weights keep their paths; anything else becomes a model of the class that it had, if
that class takes inputs and outputs. The model given is only read.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from trainer.compression.graph import functional, is_graph, nodes
from trainer.errors import CompressionError

Floats = NDArray[np.float32]


def cloned(model: keras.Model) -> keras.Model:
    """A copy with weights of its own, compiled like the one given.

    Raises:
        CompressionError: A model with its own call, or a layer of it, cannot be made from its `get_config`.
    """
    if is_graph(model):
        return rebuilt(model)
    try:
        config = keras.saving.serialize_keras_object(model)
        copy = keras.saving.deserialize_keras_object(
            config, custom_objects={type(model).__name__: type(model)}, safe_mode=False
        )
        copy.set_weights(model.get_weights())
    except Exception as error:
        raise CompressionError(
            f"{model.name}: {type(model).__name__} cannot be copied; give it a get_config that returns the "
            "arguments of its constructor, and call it once on a batch"
        ) from error
    compile_like(copy, model)
    return copy


def rebuilt(
    model: keras.Model,
    replaced: Mapping[str, Sequence[keras.layers.Layer]] | None = None,
    weights: Mapping[str, Sequence[Floats]] | None = None,
) -> keras.Model:
    """The same graph with some layers exchanged, compiled like the one given.

    Args:
        model: Sequential or functional.
        replaced: By name of a layer, those that stand in its place, one after the other; none: it is left out.
        weights: By name of a layer of the new model; what is not named here keeps the weights it had.

    Raises:
        CompressionError: The model has no graph of layers, or a layer cannot be made from its `get_config`.
    """
    graph = functional(model)
    operations = {node.operation.name: node.operation for node in nodes(graph) if not node.is_input}
    chains = {name: [copy_of(operation)] for name, operation in operations.items() if name not in (replaced or {})}
    chains |= {name: list(chain) for name, chain in (replaced or {}).items()}
    copy = _sequential(model, chains) if isinstance(model, keras.Sequential) else _graph(graph, chains)
    for name, operation in operations.items():
        if isinstance(operation, keras.layers.Layer) and name not in (replaced or {}) and name not in (weights or {}):
            take_weights(chains[name][0], operation)
    for name, values in (weights or {}).items():
        copy.get_layer(name).set_weights(values)
    compile_like(copy, model)
    return copy


def take_weights(copy: keras.layers.Layer, layer: keras.layers.Layer) -> None:
    """Give a copy of a layer the layer's weights."""
    copy.set_weights(layer.get_weights())
    # It computes with what it once derived from its weights, here from those before this line.
    if isinstance(layer, keras.layers.Normalization):
        copy.finalize_state()


def copy_of(operation: keras.Operation, **changes: Any) -> keras.Operation:
    """A layer of the same settings but for some, with weights of its own.

    Raises:
        CompressionError: The layer cannot be made from its `get_config`.
    """
    # These have no weights, so both models may call the same one; a lambda cannot be read back besides.
    if not isinstance(operation, keras.layers.Layer) or isinstance(operation, keras.layers.Lambda):
        return operation
    try:
        return type(operation).from_config(_unbuilt(operation.get_config() | changes))
    except Exception as error:
        raise CompressionError(
            f"{operation.name}: {type(operation).__name__} cannot be copied; "
            "give it a get_config that returns the arguments of its constructor"
        ) from error


def _unbuilt(config: Any) -> Any:
    """Settings without those by which a layer inside is built at once: it would not know the path of the outer one."""
    if isinstance(config, dict):
        return {key: _unbuilt(value) for key, value in config.items() if key != "build_config"}
    if isinstance(config, list):
        return [_unbuilt(value) for value in config]
    return config


def _sequential(model: keras.Sequential, chains: Mapping[str, Sequence[keras.layers.Layer]]) -> keras.Sequential:
    (tensor,) = functional(model).inputs
    chain = [layer for old in model.layers for layer in chains[old.name]]
    own = type(model) if type(model).__init__ is keras.Sequential.__init__ else keras.Sequential
    return own([input_like(tensor), *chain], name=model.name)


def _graph(graph: keras.Model, chains: Mapping[str, Sequence[keras.Operation]]) -> keras.Model:
    inputs = keras.tree.map_structure(input_like, graph._inputs_struct)
    known = dict(zip(map(id, keras.tree.flatten(graph._inputs_struct)), keras.tree.flatten(inputs), strict=True))
    for node in nodes(graph):
        if node.is_input:
            continue
        arguments, named = node.arguments.fill_in(known)
        chain = chains[node.operation.name]
        outputs = chain[0](*arguments, **named) if chain else arguments[0]
        for operation in chain[1:]:
            outputs = operation(outputs)
        known |= dict(zip(map(id, node.outputs), keras.tree.flatten(outputs), strict=True))
    outputs = keras.tree.map_structure(lambda tensor: known[id(tensor)], graph._outputs_struct)
    return of_same_class(graph, inputs, outputs)


def of_same_class(graph: keras.Model, inputs: Any, outputs: Any) -> keras.Model:
    """A functional model of the class that another has, if that is made of inputs and outputs."""
    takes_tensors = list(inspect.signature(type(graph).__init__).parameters)[1:3] == ["inputs", "outputs"]
    return (type(graph) if takes_tensors else keras.Model)(inputs, outputs, name=graph.name)


def input_like(tensor: keras.KerasTensor) -> keras.KerasTensor:
    """An input of the same name, shape and type."""
    layer = tensor._keras_history.operation
    return keras.Input(
        batch_shape=tensor.shape, dtype=tensor.dtype, sparse=tensor.sparse, name=layer.name, optional=layer.optional
    )


def compile_like(copy: keras.Model, model: keras.Model) -> None:
    """Compile a copy as the model is: a fresh optimizer of the same settings, the same losses, fresh metrics."""
    if not model.compiled:
        return
    if type(copy).compile is not keras.Model.compile:
        try:
            copy.compile_from_config(model.get_compile_config())
        except (TypeError, ValueError) as error:
            raise CompressionError(
                f"{model.name}: what its own compile was given cannot be copied; register own losses and metrics with "
                "keras.saving.register_keras_serializable"
            ) from error
        return
    settings = dict(model._compile_config.config)
    settings["optimizer"] = type(model.optimizer).from_config(model.optimizer.get_config())
    # Losses may be named by output layers, and the last layer of a copy may have another name.
    renamed = dict(zip(_output_names(model), _output_names(copy), strict=True))
    for name in ("loss", "loss_weights", "metrics", "weighted_metrics"):
        if isinstance(settings[name], dict):
            settings[name] = {renamed.get(key, key): value for key, value in settings[name].items()}
    for name in ("metrics", "weighted_metrics"):
        settings[name] = keras.tree.map_structure(_fresh, settings[name])
    copy.compile(**settings)


def _output_names(model: keras.Model) -> list[str]:
    return list(functional(model).output_names) if is_graph(model) else []


def _fresh(metric: Any) -> Any:
    return type(metric).from_config(metric.get_config()) if isinstance(metric, keras.Metric) else metric


def fresh_like(model: keras.Model) -> keras.Model:
    """The same graph before any training, compiled like the one given; the global seed draws its weights.

    What is not trained, such as an adapted normalization, stays as it is.

    Raises:
        CompressionError: The model has no graph of layers, or a layer cannot be made from its `get_config`.
    """
    trained = [layer for layer in functional(model).layers if layer.trainable_weights]
    return rebuilt(model, {layer.name: [copy_of(layer)] for layer in trained})
