"""Which weights read the channels of a group, and how numbers of channels lie along an axis of a weight."""

from __future__ import annotations

from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from trainer.compression.graph import ChannelGroup, Member


def readers(group: ChannelGroup) -> list[Member]:
    """Those weights of a group that read its channels; the others make them, or follow them."""
    return [member for member in group.members if member.reads]


def along(member: Member, values: Any, shape: tuple[int, ...]) -> tf.Tensor:
    """A number for each channel as it lies along the weight's axis, 1 where there are channels of other groups.

    Args:
        member: The weight's axis.
        values: (size,) of the group's channels.
        shape: Of the weight.

    Returns:
        A tensor that spreads over the weight: as long as its axis there, and 1 elsewhere.
    """
    channel = channel_of(member, shape[member.axis])
    spread = tf.where(channel >= 0, tf.gather(tf.convert_to_tensor(values), np.maximum(channel, 0)), 1.0)
    return tf.reshape(spread, [len(channel) if axis == member.axis else 1 for axis in range(len(shape))])


def summed(member: Member, values: tf.Tensor, size: int) -> tf.Tensor:
    """Numbers of a weight's entries, summed for each channel.

    Args:
        member: The weight's axis.
        values: Of the weight's shape.
        size: Channels of the group.

    Returns:
        (size,).
    """
    others = [axis for axis in range(len(values.shape)) if axis != member.axis]
    channel = channel_of(member, values.shape[member.axis])
    sums = tf.math.unsorted_segment_sum(
        tf.reduce_sum(values, axis=others), np.where(channel < 0, size, channel), size + 1
    )
    return sums[:size]


def channel_of(member: Member, length: int) -> NDArray[np.int64]:
    """(length,) the channel of each entry along the weight's axis; -1 where it is of another group."""
    channel = np.full(length, -1)
    channel[member.positions] = np.arange(len(member.positions))[:, None]
    return channel
