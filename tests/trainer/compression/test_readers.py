import numpy as np
import tensorflow as tf
from numpy.testing import assert_array_equal

from tests.trainer.compression.graph_models import cnn
from trainer.compression.graph import ChannelGroup, Member, channel_groups
from trainer.compression.readers import along, channel_of, readers, summed

# Channels 0 and 1 of a group lie twice each along the second axis of a (2, 5) weight, whose entry 2 is another group's.
MEMBER = Member("w", 1, np.array([[0, 3], [1, 4]]), True)


def test_entries_of_channels():
    assert channel_of(MEMBER, 5).tolist() == [0, 1, -1, 0, 1]


def test_numbers_along_an_axis():
    assert_array_equal(along(MEMBER, np.array([0.5, 2.0], np.float32), (2, 5)), [[0.5, 2, 1, 0.5, 2]])
    flipped = Member("w", 0, MEMBER.positions, True)
    assert along(flipped, np.ones(2, np.float32), (5, 2)).shape == (5, 1)


def test_entries_summed_for_each_channel():
    values = tf.constant([[1.0, 2, 4, 8, 16], [32, 64, 128, 256, 512]])
    assert_array_equal(summed(MEMBER, values, 2), [1 + 8 + 32 + 256, 2 + 16 + 64 + 512])


def test_a_channel_that_is_not_read_here_sums_to_nothing():
    part = Member("w", 0, np.array([[1], [0]]), True)
    assert_array_equal(summed(part, tf.constant([3.0, 5.0, 7.0]), 3), [5, 3, 0])


def test_who_reads():
    groups, _ = channel_groups(cnn())
    group = next(group for group in groups if "one" in group.producers)
    assert isinstance(group, ChannelGroup)
    # The residual sum is read by the convolution behind it, and by the last layer.
    assert {member.path for member in readers(group)} == {"two/kernel", "classes/kernel"}
