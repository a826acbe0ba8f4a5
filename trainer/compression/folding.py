"""The same function in fewer and plainer layers, as a converter makes them: what is trained is then what is stored.

The grid of a folded kernel is not that of the kernel before it, so folding comes before training on a grid. A softmax
apart from its layer leaves the numbers before it, the logits, to be rounded and compared.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from functools import partial

import keras
import numpy as np
from keras import layers
from numpy.typing import NDArray

from trainer.compression.channel_rules import Call
from trainer.compression.channels import made_along
from trainer.compression.graph import functional, nodes
from trainer.compression.rebuild import copy_of, rebuilt
from trainer.compression.same_outputs import require_same_outputs

Floats = NDArray[np.float32]

DEPTHWISE = (layers.DepthwiseConv1D, layers.DepthwiseConv2D)
LINEAR = (
    layers.Dense,
    layers.Conv1D,
    layers.Conv2D,
    layers.Conv3D,
    layers.Conv1DTranspose,
    layers.Conv2DTranspose,
    layers.Conv3DTranspose,
    layers.SeparableConv1D,
    layers.SeparableConv2D,
    *DEPTHWISE,
)
# Operators of their own in a file, with a grid of their own for what they put out.
APART = (keras.activations.softmax, keras.activations.sigmoid, keras.activations.tanh)


def folded(model: keras.Model) -> keras.Model:
    """The model without batch normalization that can go into the layer before it, and with activations apart.

    A BatchNormalization goes where nothing else reads what it normalizes, and that layer has no activation. It takes
    its moving averages with it. The softmax of layer NAME becomes `NAME_softmax`; sigmoid and tanh likewise.

    Returns:
        A model of the same outputs, compiled like the one given; a plain copy where there is nothing to do.

    Raises:
        CompressionError: The model has no graph of layers, or its outputs moved.
    """
    replaced: dict[str, Sequence[layers.Layer]] = {}
    weights: dict[str, Sequence[Floats]] = {}
    for layer, norm in _folding_pairs(model):
        replaced |= {layer.name: [copy_of(layer, use_bias=True)], norm.name: []}
        weights[layer.name] = _with_norm(layer, norm)
    for layer in functional(model).layers:
        if type(layer) in LINEAR and layer.activation in APART:
            name = f"{layer.name}_{layer.activation.__name__}"
            is_softmax = layer.activation is keras.activations.softmax
            kind = layers.Softmax if is_softmax else partial(layers.Activation, layer.activation)
            apart = kind(name=name, dtype=layer.dtype_policy)
            replaced[layer.name] = [copy_of(layer, activation="linear"), apart]
            weights[layer.name] = layer.get_weights()
    made = rebuilt(model, replaced, weights)
    require_same_outputs(made, model, "folding batch normalization and parting activations")
    return made


def _folding_pairs(model: keras.Model) -> list[tuple[layers.Layer, layers.BatchNormalization]]:
    graph = functional(model)
    calls = Counter(id(node.operation) for node in nodes(graph))
    readers: defaultdict[int, list[Call]] = defaultdict(list)
    for node in nodes(graph):
        for tensor in node.input_tensors:
            readers[id(tensor)].append(node)
    outputs = {id(tensor) for tensor in graph.outputs}
    pairs = []
    for node in nodes(graph):
        layer = node.operation
        if type(layer) not in LINEAR or layer.activation is not keras.activations.linear or calls[id(layer)] > 1:
            continue
        reading = readers[id(node.outputs[0])]
        if id(node.outputs[0]) in outputs or len(reading) != 1:
            continue
        norm = reading[0].operation
        is_last = type(norm) is layers.BatchNormalization and norm.axis in (-1, len(node.outputs[0].shape) - 1)
        # Called with `training=True` it looks at the batch, whatever its averages are.
        is_plain = calls[id(norm)] == 1 and not reading[0].arguments.kwargs.get("training")
        if is_last and is_plain and layer.quantization_mode is None and not getattr(layer, "lora_enabled", False):
            pairs.append((layer, norm))
    return pairs


def _with_norm(layer: layers.Layer, norm: layers.BatchNormalization) -> list[Floats]:
    """The layer's weights, its bias last, after y -> (y - mean) * scale + beta has gone into them."""
    mean = norm.moving_mean.numpy()
    scale = 1 / np.sqrt(norm.moving_variance.numpy() + norm.epsilon)
    if norm.gamma is not None:
        scale = scale * norm.gamma.numpy()
    beta = 0 if norm.beta is None else norm.beta.numpy()
    values = layer.get_weights()
    bias = values.pop() if layer.use_bias else np.zeros_like(mean)
    kernel = values.pop()
    if isinstance(layer, DEPTHWISE):
        kernel = kernel * scale.reshape(kernel.shape[-2:])
    else:
        _, axis = made_along(layer)
        kernel = kernel * (scale[:, None] if axis == -2 else scale)
    return [*values, kernel, (bias - mean) * scale + beta]
