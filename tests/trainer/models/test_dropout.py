"""Dropout by bytes: the share of zeros, the mean that stays, and the seed."""

import keras
import pytest
import tensorflow as tf
from pytest import approx

from trainer.models.dropout import dropped

ONES = tf.ones([2000, 30])  # 30 is no multiple of the four bytes of a word


@pytest.mark.parametrize("rate", [0.25, 0.5, 0.9])
def test_a_share_is_zero_and_the_mean_stays(rate):
    found = dropped(ONES, rate).numpy()
    # Of 60,000 numbers; the rate is taken to the nearest 1/256.
    assert (found == 0).mean() == approx(rate, abs=0.01)
    assert found.mean() == approx(1, abs=0.03) and found.std(axis=0).min() > 0
    assert len(set(found.ravel())) == 2


def test_without_a_rate_nothing_is_drawn():
    assert dropped(ONES, 0.0) is ONES


def test_a_seed_gives_the_same_again_and_each_call_other_numbers():
    found = []
    for seed in (1, 1, 2):
        keras.utils.set_random_seed(seed)
        step = tf.function(lambda: dropped(ONES, 0.5))
        found.append([step().numpy(), step().numpy()])
    assert (found[0][0] == found[1][0]).all() and (found[0][1] == found[1][1]).all()
    assert (found[0][0] != found[0][1]).any() and (found[0][0] != found[2][0]).any()
