"""Hard concrete gates: exactly 0 and exactly 1 with some probability, and a gradient in between.

Louizos, Welling and Kingma, Learning Sparse Neural Networks through L0 Regularization, ICLR 2018. A gate is a sigmoid
of its log alpha and noise, stretched beyond [0, 1] and clipped to it. The probability that it is not 0 has a closed
form, so that a loss can ask for few open gates.
"""

from __future__ import annotations

import numpy as np
import tensorflow as tf

BETA, GAMMA, ZETA = 2 / 3, -0.1, 1.1  # temperature and limits of the stretched gates, those of the paper
START = 4.0  # log alpha: 99.6 % are not 0, the median gate is 1
# How far log alpha can go in a training. A gate is as good as shut at -4; with less way, many were still undecided.
REACH = 24.0


def sampled_gate(log_alpha: tf.Tensor, uniform: tf.Tensor) -> tf.Tensor:
    """A gate with noise (equations 10 and 11 of the paper).

    Args:
        log_alpha: Of any shape; where it is infinite the gate is always 0 or 1.
        uniform: Noise in (0, 1), of the same shape.

    Returns:
        Numbers in [0, 1], of the same shape.
    """
    noise = tf.math.log(uniform) - tf.math.log1p(-uniform)
    return tf.clip_by_value(tf.sigmoid((noise + log_alpha) / BETA) * (ZETA - GAMMA) + GAMMA, 0.0, 1.0)


def nonzero_probability(log_alpha: tf.Tensor) -> tf.Tensor:
    """The probability that a gate is not 0 (equation 12).

    Args:
        log_alpha: Of any shape.

    Returns:
        Numbers in [0, 1], of the same shape.
    """
    return tf.sigmoid(log_alpha - BETA * float(np.log(-GAMMA / ZETA)))


def decided_gate(log_alpha: tf.Tensor) -> tf.Tensor:
    """The gate without noise (equation 13).

    Args:
        log_alpha: Of any shape.

    Returns:
        Numbers in [0, 1], of the same shape.
    """
    return tf.clip_by_value(tf.sigmoid(log_alpha) * (ZETA - GAMMA) + GAMMA, 0.0, 1.0)
