"""Models with fewer channels, each exactly the model in which the others are zero.

The sizes of the layers change, so it is a smaller model: fewer weights to store and fewer numbers to multiply.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from typing import Any

import keras
import numpy as np
from keras import layers
from numpy.typing import NDArray

from trainer.compression.channel_rules import keeps_last_axis
from trainer.compression.channels import made_along
from trainer.compression.graph import ChannelGroup, channel_groups, functional, nodes
from trainer.compression.rebuild import copy_of, rebuilt
from trainer.compression.same_outputs import require_same_outputs
from trainer.errors import CompressionError

Floats = NDArray[np.float32]
Kept = Mapping[str, NDArray[np.int64]]
Axes = dict[tuple[str, int], NDArray[np.bool_]]

SIZES = ("units", "filters", "output_dim")  # where a layer's settings say how many channels it puts out


def cut_channels(model: keras.Model, kept: Kept) -> keras.Model:
    """A smaller model of the channels that are kept, compiled like the one given.

    Layers keep their names. The moving averages of batch normalization are cut with the rest, but they are those of the
    old model: see `refresh_batch_norm`.

    Args:
        model: Keeps its weights.
        kept: By name of a group of `channel_groups`, numbers of the channels that stay; other groups stay whole.

    Raises:
        CompressionError: A group is unknown, keeps nothing, or numbers are out of range or given twice; or the outputs
            are not those of `zero_channels`.
    """
    axes = _kept_axes(model, kept)
    replaced, weights = {}, {}
    for layer in _touched(model, axes):
        weights[layer.name] = [_cut(weight, axes) for weight in layer.weights]
        size = _kept_of_output(layer, axes)
        if size is not None:
            replaced[layer.name] = [copy_of(layer, **_settings_of_size(layer, size))]
    for node in nodes(functional(model)):
        if keeps_last_axis(node):
            layer = node.operation
            replaced[layer.name] = [copy_of(layer, target_shape=(*layer.target_shape[:-1], -1))]
    cut = rebuilt(model, replaced, weights)
    require_same_outputs(cut, zero_channels(model, kept), f"cutting {', '.join(kept)}")
    return cut


def zero_channels(model: keras.Model, kept: Kept) -> keras.Model:
    """A model of the same size in which what `cut_channels` takes away is zero.

    Raises:
        CompressionError: As for `cut_channels`.
    """
    axes = _kept_axes(model, kept)
    weights = {layer.name: [_zeroed(weight, axes) for weight in layer.weights] for layer in _touched(model, axes)}
    return rebuilt(model, weights=weights)


def _kept_axes(model: keras.Model, kept: Kept) -> Axes:
    """By path of a weight and axis, which entries stay."""
    groups, refused = channel_groups(model)
    by_name = {group.name: group for group in groups}
    for name in kept:
        if name not in by_name:
            reason = f" ({refused[name]})" if name in refused else ""
            raise CompressionError(
                f"{model.name}: no channels {name!r} can be cut{reason}; name some of {', '.join(by_name) or 'none'}"
            )
    chosen = {name: _checked(model, by_name[name], numbers) for name, numbers in kept.items()}
    sizes = {weight.path: weight.shape for layer in functional(model).layers for weight in layer.weights}
    axes: Axes = {}
    for name, stays in chosen.items():
        for member in by_name[name].members:
            key = member.path, member.axis
            axes.setdefault(key, np.ones(sizes[member.path][member.axis], bool))[member.positions[~stays]] = False
    return axes


def _checked(model: keras.Model, group: ChannelGroup, numbers: NDArray[np.int64]) -> NDArray[np.bool_]:
    chosen = np.asarray(numbers)
    if chosen.ndim != 1 or not len(chosen):
        raise CompressionError(f"{model.name}: {group.name} would keep no channel; keep at least one")
    if not np.issubdtype(chosen.dtype, np.integer) or chosen.min() < 0 or chosen.max() >= group.size:
        raise CompressionError(
            f"{model.name}: {group.name} has channels 0 to {group.size - 1}, and {chosen.tolist()[:8]} are to be kept; "
            "give whole numbers in this range"
        )
    stays = np.zeros(group.size, bool)
    stays[chosen] = True
    if stays.sum() != len(chosen):
        raise CompressionError(f"{model.name}: {group.name} names a channel twice; name each once")
    return stays


def _touched(model: keras.Model, axes: Axes) -> list[layers.Layer]:
    paths = {path for path, _ in axes}
    # A model within the model may have weights of the same paths; none of its channels is in a group.
    return [
        layer
        for layer in functional(model).layers
        if not isinstance(layer, keras.Model) and any(weight.path in paths for weight in layer.weights)
    ]


def _kept_of_output(layer: layers.Layer, axes: Axes) -> int | None:
    """How many channels a producer still puts out; None: as many as before, or it only hands on what it is given."""
    if not isinstance(layer, layers.Bidirectional) and not any(setting in layer.get_config() for setting in SIZES):
        return None
    weight, axis = made_along(layer)
    stays = axes.get((weight.path, axis % len(weight.shape)))
    return None if stays is None else int(stays.sum())


def _settings_of_size(layer: layers.Layer, size: int) -> dict[str, Any]:
    config = layer.get_config()
    if isinstance(layer, layers.Bidirectional):
        both = {name: config[name] for name in ("layer", "backward_layer")}
        return {name: inner | {"config": inner["config"] | {"units": size}} for name, inner in both.items()}
    return {next(name for name in SIZES if name in config): size}


def _cut(weight: keras.Variable, axes: Axes) -> Floats:
    of_weight = ((axis, axes[weight.path, axis]) for axis in range(len(weight.shape)) if (weight.path, axis) in axes)
    values: Floats = weight.numpy()
    return reduce(lambda array, cut: np.compress(cut[1], array, axis=cut[0]), of_weight, values)


def _zeroed(weight: keras.Variable, axes: Axes) -> Floats:
    values: Floats = np.array(weight.numpy())
    for axis in range(len(weight.shape)):
        if (weight.path, axis) in axes:
            np.moveaxis(values, axis, 0)[~axes[weight.path, axis]] = 0
    return values
