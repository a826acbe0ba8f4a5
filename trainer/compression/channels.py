"""Numbers for channels: which are one, which stay, and where their entries stand in the weights."""

from __future__ import annotations

import keras
import numpy as np
from keras import layers
from numpy.typing import NDArray

Ids = NDArray[np.int64]

SEPARABLE = (layers.SeparableConv1D, layers.SeparableConv2D)
TRANSPOSED = (layers.Conv1DTranspose, layers.Conv2DTranspose, layers.Conv3DTranspose)
RECURRENT = (layers.GRU, layers.LSTM, layers.SimpleRNN)


class Refusal(Exception):
    """Channels cannot be followed through an operation; the message completes "an operation which ..."."""


class Channels:
    """Numbers of all channels, which of them are one, and where their entries stand."""

    def __init__(self) -> None:
        self.of: dict[int, Ids] = {}  # by id of a tensor, its last axis
        self.axes: dict[tuple[str, int], Ids] = {}  # by path of a weight and axis, the channel of each entry
        self.reading: set[tuple[str, int]] = set()  # axes along which a kernel takes in what it multiplies
        self.producers: dict[str, Ids] = {}  # by name of a layer, what it puts out
        self._parents: list[int] = []
        self._frozen: list[tuple[int, str]] = []

    def new(self, size: int) -> Ids:
        """(size,) numbers not yet given."""
        first = len(self._parents)
        self._parents.extend(range(first, first + size))
        return np.arange(first, first + size)

    def produced(self, layer: layers.Layer) -> Ids:
        """(size,) new channels that a layer puts out."""
        weight, axis = made_along(layer)
        self.producers[layer.name] = self.new(weight.shape[axis])
        return self.producers[layer.name]

    def own(self, weight: keras.Variable | None, axis: int, ids: Ids, *, reads: bool = False) -> None:
        """Entry i of a weight's axis belongs to channel ids[i]; a bias that is not there owns nothing."""
        if weight is None:
            return
        if weight.shape[axis] != len(ids):
            raise Refusal(f"has {weight.shape[axis]} entries in {weight.path} for {len(ids)} channels")
        self.axes[weight.path, axis % len(weight.shape)] = ids
        if reads:
            self.reading.add((weight.path, axis % len(weight.shape)))

    def join(self, one: Ids, other: Ids) -> None:
        """Channel one[i] is other[i] from now on."""
        for a, b in zip(one, other, strict=True):
            roots = sorted((self._root(int(a)), self._root(int(b))))
            self._parents[roots[1]] = roots[0]

    def freeze(self, ids: Ids, reason: str) -> None:
        """These cannot be cut; the reason completes "its channels ..."."""
        self._frozen += [(int(channel), reason) for channel in ids]

    def roots(self, ids: Ids) -> list[int]:
        """For each channel the one number that stands for all it is joined with."""
        return [self._root(int(channel)) for channel in ids]

    def frozen_roots(self) -> dict[int, str]:
        """The first reason for each."""
        return {self._root(channel): reason for channel, reason in reversed(self._frozen)}

    def _root(self, channel: int) -> int:
        while self._parents[channel] != channel:
            self._parents[channel] = self._parents[self._parents[channel]]
            channel = self._parents[channel]
        return channel


def cells_of(layer: layers.Layer) -> list[layers.Layer]:
    """What holds the weights of a recurrent layer, or of two that run in both directions; none of another."""
    if isinstance(layer, layers.Bidirectional):
        return cells_of(layer.forward_layer) + cells_of(layer.backward_layer)
    return [layer.cell] if isinstance(layer, RECURRENT) else []


def made_along(layer: layers.Layer) -> tuple[keras.Variable, int]:
    """The weight and its axis that have an entry for each channel which a producer puts out."""
    if isinstance(layer, layers.Embedding):
        return layer.embeddings, 1
    if cells := cells_of(layer):
        return cells[0].recurrent_kernel, 0
    if isinstance(layer, SEPARABLE):
        return layer.pointwise_kernel, -1
    return layer.kernel, -2 if isinstance(layer, TRANSPOSED) else -1
