"""Which weights stay: exact numbers of zeros, one threshold or several, and how their share rises."""

import tensorflow as tf
from pytest import approx

from trainer.compression.thresholds import keep_highest, risen


def kept(scores, sparsity, scope) -> dict[str, list[float]]:
    found = keep_highest({name: tf.constant(part, tf.float32) for name, part in scores.items()}, sparsity, scope)
    return {name: part.numpy().tolist() for name, part in found.items()}


def test_one_threshold_for_all_layers_takes_from_the_lower_one():
    # Half of six is three: 1, 1 and 3 are the lowest.
    assert kept({"a": [3, 1, 4], "b": [[1, 5, 9]]}, 0.5, "global") == {"a": [0, 0, 1], "b": [[0, 1, 1]]}


def test_a_threshold_for_each_layer_takes_from_each():
    # A third of three is one.
    assert kept({"a": [3, 1, 4], "b": [[7, 5, 9]]}, 1 / 3, "layer") == {"a": [1, 0, 1], "b": [[1, 0, 1]]}


def test_the_number_of_zeros_is_rounded_to_the_nearest():
    # 0.6 x 4 = 2.4 and 0.7 x 4 = 2.8
    assert kept({"a": [4, 3, 2, 1]}, 0.6, "global") == {"a": [1, 1, 0, 0]}
    assert kept({"a": [4, 3, 2, 1]}, 0.7, "layer") == {"a": [1, 0, 0, 0]}


def test_of_equal_scores_the_first_go_so_that_the_number_is_exact():
    assert kept({"a": [2, 2, 2, 2]}, 0.5, "global") == {"a": [0, 0, 1, 1]}


def test_the_share_rises_fast_at_first_and_ends_at_the_sparsity():
    # 0.8 x (1 - (1/2)^3) = 0.7 half way
    assert [risen(0.8, done) for done in (0.0, 0.5, 1.0)] == approx([0, 0.7, 0.8])
