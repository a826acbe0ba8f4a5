"""What each kind of layer does to the channels, the last axis of its tensors.

A rule says three things: which channels come out, which axes of the layer's weights belong to them and to those that
came in, and which channels become one. It must hold for a model whose channels are zero in all these weights: the rest
of the model may not notice. So a layer that looks at all channels at once (softmax, layer normalization) has no rule.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product
from typing import Any

import keras
import numpy as np
from keras import activations, layers

from trainer.compression.channels import RECURRENT, SEPARABLE, TRANSPOSED, Channels, Ids, Refusal, cells_of

Call = Any  # one use of an operation in a model; Keras has no public name for these nodes of its graph


def follow(node: Call, inputs: Sequence[Ids], channels: Channels) -> Ids:
    """The channels that one call puts out.

    Raises:
        Refusal: There is no rule for this operation, or not for the way in which it is used.
    """
    operation = node.operation
    if not isinstance(operation, layers.Layer):
        return _bare_operation(node, inputs, channels)
    if isinstance(operation, keras.Model):
        raise Refusal("is a model of its own; cut what `inlined` makes of the whole")
    if type(operation) not in RULES:
        raise Refusal(
            REFUSED.get(type(operation), f"is of type {type(operation).__name__}, for which cuts have no rule")
        )
    if getattr(operation, "data_format", "channels_last") != "channels_last":
        raise Refusal("has its channels first")
    if operation.quantization_mode is not None or getattr(operation, "lora_enabled", False):
        raise Refusal("is quantised or has low-rank adapters")
    if len(node.outputs) > 1:
        raise Refusal("has several outputs")
    ids = RULES[type(operation)](node, inputs, channels)
    unknown = [weight.path for weight in operation.weights if not any(path == weight.path for path, _ in channels.axes)]
    if unknown:
        raise Refusal(f"has weights for which cuts have no rule ({', '.join(unknown)})")
    # What comes in may be cut all the same, where a kernel reads it.
    for part, name in product([operation, *cells_of(operation)], ("activation", "recurrent_activation")):
        activation = getattr(part, name, None)
        if not _acts_on_each_alone(activation):
            called = getattr(activation, "__name__", type(activation).__name__)
            channels.freeze(ids, f"pass the activation {called} of {operation.name}, which may look at several at once")
    return ids


# Functions of each number alone.
EACH_ALONE = (
    activations.linear,
    activations.relu,
    activations.relu6,
    activations.leaky_relu,
    activations.elu,
    activations.selu,
    activations.celu,
    activations.gelu,
    activations.silu,
    activations.hard_silu,
    activations.mish,
    activations.sigmoid,
    activations.hard_sigmoid,
    activations.log_sigmoid,
    activations.tanh,
    activations.hard_tanh,
    activations.softplus,
    activations.softsign,
    activations.exponential,
    activations.squareplus,
    activations.hard_shrink,
    activations.soft_shrink,
    activations.tanh_shrink,
)


def _acts_on_each_alone(activation: Callable[..., Any] | None) -> bool:
    # ReLU and its like may stand there as layers.
    return activation is None or activation in EACH_ALONE or type(activation) in ELEMENTWISE


def _only(inputs: Sequence[Ids]) -> Ids:
    if len(inputs) != 1:
        raise Refusal(f"reads {len(inputs)} tensors")
    return inputs[0]


def _dense(node: Call, inputs: Sequence[Ids], channels: Channels) -> Ids:
    layer = node.operation
    made = channels.produced(layer)
    channels.own(layer.kernel, -2, _only(inputs), reads=True)
    channels.own(layer.kernel, -1, made)
    channels.own(layer.bias, 0, made)
    return made


def _convolution(node: Call, inputs: Sequence[Ids], channels: Channels) -> Ids:
    if node.operation.groups > 1:
        raise Refusal("is a grouped convolution")
    return _dense(node, inputs, channels)


def _transposed(node: Call, inputs: Sequence[Ids], channels: Channels) -> Ids:
    layer = node.operation
    made = channels.produced(layer)
    channels.own(layer.kernel, -1, _only(inputs), reads=True)
    channels.own(layer.kernel, -2, made)
    channels.own(layer.bias, 0, made)
    return made


def _depthwise(node: Call, inputs: Sequence[Ids], channels: Channels) -> Ids:
    layer = node.operation
    # Channel i comes out as i * multiplier to (i + 1) * multiplier - 1.
    repeated = np.repeat(_only(inputs), layer.depth_multiplier)
    channels.own(layer.kernel, -2, _only(inputs))
    channels.own(layer.bias, 0, repeated)
    return repeated


def _separable(node: Call, inputs: Sequence[Ids], channels: Channels) -> Ids:
    layer = node.operation
    made = channels.produced(layer)
    channels.own(layer.depthwise_kernel, -2, _only(inputs))
    channels.own(layer.pointwise_kernel, -2, np.repeat(_only(inputs), layer.depth_multiplier), reads=True)
    channels.own(layer.pointwise_kernel, -1, made)
    channels.own(layer.bias, 0, made)
    return made


def _embedding(node: Call, inputs: Sequence[Ids], channels: Channels) -> Ids:
    made = channels.produced(node.operation)
    channels.own(node.operation.embeddings, 1, made)
    return made


def _recurrent(node: Call, inputs: Sequence[Ids], channels: Channels) -> Ids:
    """A unit owns a column in each gate, and a row of the recurrent kernel."""
    made = channels.produced(node.operation)
    for cell in cells_of(node.operation):
        gates = np.tile(made, cell.kernel.shape[-1] // len(made))
        channels.own(cell.kernel, 0, _only(inputs), reads=True)
        channels.own(cell.kernel, 1, gates)
        channels.own(cell.recurrent_kernel, 0, made, reads=True)
        channels.own(cell.recurrent_kernel, 1, gates)
        channels.own(cell.bias, -1, gates)
    return made


def _bidirectional(node: Call, inputs: Sequence[Ids], channels: Channels) -> Ids:
    """Unit i of one direction goes with unit i of the other: both are made from one setting."""
    layer = node.operation
    kinds = {type(layer.forward_layer), type(layer.backward_layer)}
    if len(kinds) > 1 or not kinds <= set(RECURRENT) or layer.forward_layer.units != layer.backward_layer.units:
        both = " and ".join(type(inner).__name__ for inner in (layer.forward_layer, layer.backward_layer))
        raise Refusal(f"has two directions, of {both}, which differ")
    made = _recurrent(node, inputs, channels)
    return np.concatenate([made, made]) if layer.merge_mode == "concat" else made


def _batch_normalization(node: Call, inputs: Sequence[Ids], channels: Channels) -> Ids:
    if node.operation.axis not in (-1, len(node.outputs[0].shape) - 1):
        raise Refusal("normalizes another axis than the last")
    for weight in node.operation.weights:
        channels.own(weight, 0, _only(inputs))
    return _only(inputs)


def _prelu(node: Call, inputs: Sequence[Ids], channels: Channels) -> Ids:
    channels.own(node.operation.alpha, -1, _only(inputs))
    return _only(inputs)


def _unchanged(node: Call, inputs: Sequence[Ids], channels: Channels) -> Ids:
    return _only(inputs)


def _joined(node: Call, inputs: Sequence[Ids], channels: Channels) -> Ids:
    if len({len(ids) for ids in inputs}) > 1:
        raise Refusal(f"joins tensors of {' and '.join(str(len(ids)) for ids in inputs)} channels")
    for ids in inputs[1:]:
        channels.join(inputs[0], ids)
    return inputs[0]


def _concatenate(node: Call, inputs: Sequence[Ids], channels: Channels) -> Ids:
    if node.operation.axis in (-1, len(node.outputs[0].shape) - 1):
        return np.concatenate(inputs)
    return _joined(node, inputs, channels)


def _flatten(node: Call, inputs: Sequence[Ids], channels: Channels) -> Ids:
    length = node.outputs[0].shape[-1]
    if not length or not len(_only(inputs)):
        raise Refusal("flattens an axis of any length")
    return np.tile(_only(inputs), length // len(_only(inputs)))


def _reshape(node: Call, inputs: Sequence[Ids], channels: Channels) -> Ids:
    if not keeps_last_axis(node):
        raise Refusal("reshapes the last axis")
    return _only(inputs)


def keeps_last_axis(node: Call) -> bool:
    """Whether it is a Reshape that lays out only the places anew, so that the last axis may have any length."""
    if type(node.operation) is not layers.Reshape:
        return False
    before, after = node.input_tensors[0].shape[1:], node.outputs[0].shape[1:]
    return None not in (*before, *after) and before[-1] == after[-1] and -1 not in node.operation.target_shape[:-1]


def _bare_operation(node: Call, inputs: Sequence[Ids], channels: Channels) -> Ids:
    """An operation written into the model by hand, such as `x + y`."""
    kind = type(node.operation)
    constants = [
        value
        for value in keras.tree.flatten([node.arguments.args, node.arguments.kwargs])
        if not isinstance(value, keras.KerasTensor | int | float | str | None)
    ]
    if kind.__module__.startswith("keras.src.ops.") and not constants:
        if kind.__name__ in JOINING_OPERATIONS:
            return _joined(node, inputs, channels)
        if kind.__name__ in ELEMENTWISE_OPERATIONS:
            return _only(inputs)
    raise Refusal(f"is the operation {kind.__name__}, for which cuts have no rule")


JOINING_OPERATIONS = ("Add", "Subtract", "Multiply", "Maximum", "Minimum")
ELEMENTWISE_OPERATIONS = ("Relu", "Relu6", "LeakyRelu", "Elu", "Selu", "Gelu", "Silu", "Sigmoid", "Tanh", "Negative")

Rule = Callable[[Call, Sequence[Ids], Channels], Ids]


def _of_each_rank(name: str) -> tuple[type[layers.Layer], ...]:
    """The layer classes of a name for sequences, images and volumes, as far as Keras has them."""
    return tuple(getattr(layers, f"{name}{rank}D") for rank in (1, 2, 3) if hasattr(layers, f"{name}{rank}D"))


ELEMENTWISE = (layers.ReLU, layers.LeakyReLU, layers.ELU)
UNCHANGED = (
    *ELEMENTWISE,
    layers.Activation,
    layers.ActivityRegularization,
    layers.AlphaDropout,
    layers.Dropout,
    layers.GaussianDropout,
    layers.GaussianNoise,
    layers.Identity,
    layers.RepeatVector,
    *_of_each_rank("SpatialDropout"),
    *_of_each_rank("AveragePooling"),
    *_of_each_rank("MaxPooling"),
    *_of_each_rank("GlobalAveragePooling"),
    *_of_each_rank("GlobalMaxPooling"),
    *_of_each_rank("Cropping"),
    *_of_each_rank("UpSampling"),
    *_of_each_rank("ZeroPadding"),
)
JOINED = (layers.Add, layers.Average, layers.Maximum, layers.Minimum, layers.Multiply, layers.Subtract)
# Own subclasses are left out on purpose: they may do anything in their `call`.
RULES: dict[type[layers.Layer], Rule] = {
    layers.Dense: _dense,
    layers.Embedding: _embedding,
    layers.BatchNormalization: _batch_normalization,
    layers.PReLU: _prelu,
    layers.Concatenate: _concatenate,
    layers.Flatten: _flatten,
    layers.Reshape: _reshape,
    **dict.fromkeys(UNCHANGED, _unchanged),
    **dict.fromkeys(JOINED, _joined),
    **dict.fromkeys(_of_each_rank("Conv"), _convolution),
    **dict.fromkeys(TRANSPOSED, _transposed),
    **dict.fromkeys(_of_each_rank("DepthwiseConv"), _depthwise),
    **dict.fromkeys(SEPARABLE, _separable),
    **dict.fromkeys(RECURRENT, _recurrent),
    layers.Bidirectional: _bidirectional,
}
REFUSED: dict[type[layers.Layer], str] = {
    layers.LayerNormalization: "takes its mean over all channels",
    layers.Softmax: "needs all channels of its softmax",
    layers.Masking: "masks by all channels",
}
