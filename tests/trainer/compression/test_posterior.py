"""Sparse variational dropout's posterior: the paper's divergence, noise at the start, and enough bits."""

from math import exp, log

import numpy as np
import pytest
import tensorflow as tf
from pytest import approx

from trainer.compression.posterior import LOG_ALPHA_LIMIT, bits_needed, divergence, log_alpha, start_of


def exact_divergence(log_alpha: float) -> float:
    """E log|1 + sqrt(alpha) e| - log(alpha) / 2 for normal e, up to a constant that makes it 0 at infinite alpha.

    There it is E log|e| = -(Euler's constant + log 2) / 2.
    """
    noise, width = np.linspace(-12, 12, 2_000_001, retstep=True)
    density = np.exp(-np.square(noise) / 2) / np.sqrt(2 * np.pi)
    size = np.log(np.abs(1 + exp(log_alpha / 2) * noise) + 1e-12)
    expected = float(np.sum(density * size) * width)
    return expected - log_alpha / 2 + (np.euler_gamma + log(2)) / 2


@pytest.mark.parametrize("log_alpha", [-8.0, -4.0, -1.0, 0.0, 1.0, 3.0, 8.0])
def test_the_divergence_is_that_of_the_log_uniform_prior(log_alpha):
    assert float(divergence(tf.constant(log_alpha))) == approx(exact_divergence(log_alpha), abs=0.01)


def test_alpha_is_variance_over_squared_weight_within_limits():
    # e^-2 / 2^2, and 1 / 0^2, beyond the limit
    found = log_alpha(tf.constant([-2.0, 0.0]), tf.constant([2.0, 0.0])).numpy()
    assert found == approx([-2 - 2 * log(2), LOG_ALPHA_LIMIT])


def test_noise_begins_at_a_twentieth_of_the_weights_that_are_left():
    # The mean square of 1 and 7 is 25; the pruned 100 does not count. e^-3 = 0.0498
    weight, kept = np.array([1, -7, 100], np.float32), np.array([True, True, False])
    assert exp(start_of(weight, kept) / 2) == approx(5 * exp(-3))


@pytest.mark.parametrize(
    ("largest", "sigma", "bits"),
    [
        (1.27, 0.00501, 8),  # 127 steps of 0.01, each wrong by at most 0.005
        (1.28, 0.00499, 9),  # one step more than 8 bits have
        (0.7, 0.0501, 4),  # 7 steps of 0.1
        (0.1, 0.2, 2),  # less than a step: a sign and a zero
    ],
)
def test_bits_are_those_whose_rounding_hides_in_the_noise(largest, sigma, bits):
    weight = np.array([-largest, 0, 0], np.float32)
    assert bits_needed(weight, np.full(3, sigma, np.float32), np.ones(3, bool)) == bits


def test_only_weights_that_are_left_need_bits():
    weight, sigma = np.array([100, 0.7, 0.7], np.float32), np.array([100, 0.0501, 0.0501], np.float32)
    assert bits_needed(weight, sigma, np.array([False, True, True])) == 4
    assert bits_needed(weight, sigma, np.zeros(3, bool)) == 0
