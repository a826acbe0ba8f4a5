"""Hard concrete gates as the paper has them."""

from math import log

import numpy as np
import pytest
import tensorflow as tf
from pytest import approx

from trainer.compression.hard_concrete import BETA, GAMMA, ZETA, decided_gate, nonzero_probability, sampled_gate

DRAWS = 200_000


@pytest.mark.parametrize("log_alpha", [-3.0, -1.0, 0.0, 2.0])
def test_the_closed_form_is_the_share_of_drawn_gates_that_are_not_zero(log_alpha):
    uniform = np.random.default_rng(0).uniform(1e-6, 1 - 1e-6, DRAWS).astype(np.float32)
    gates = sampled_gate(tf.fill([DRAWS], log_alpha), tf.constant(uniform)).numpy()
    assert gates.min() >= 0 and gates.max() <= 1
    expected = float(nonzero_probability(tf.constant(log_alpha)))
    assert np.mean(gates > 0) == approx(expected, abs=4 * np.sqrt(expected * (1 - expected) / DRAWS))


def test_a_gate_is_open_half_of_the_time_where_its_median_touches_zero():
    # The median draw, noise 0, is sigmoid(log alpha / beta) x 1.2 - 0.1: 0 where the sigmoid is 1 / 12.
    log_alpha = BETA * log(1 / 11)
    assert float(nonzero_probability(tf.constant(log_alpha))) == approx(0.5)
    assert float(sampled_gate(tf.constant(log_alpha), tf.constant(0.5))) == approx(0, abs=1e-6)


def test_gates_without_noise_are_stretched_and_clipped():
    # sigmoid(0) = 1/2, stretched to 1/2 x 1.2 - 0.1; sigmoid(log 3) = 3/4; 1 from log 11 on, 0 from -log 11 down.
    found = decided_gate(tf.constant([-3.0, 0.0, log(3), 3.0])).numpy()
    assert found == approx([0, 0.5, 0.75 * (ZETA - GAMMA) + GAMMA, 1])
