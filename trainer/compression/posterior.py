"""The posterior of sparse variational dropout: its divergence from the prior, and the bits that it needs.

Molchanov, Ashukha and Vetrov, Variational Dropout Sparsifies Deep Neural Networks, ICML 2017. A weight's posterior is a
normal distribution around it with a standard deviation of its own; its prior, log-uniform, asks for as much noise as
the loss allows. alpha is variance over squared weight. The posterior also tells how exactly a weight has to be stored
(Louizos, Ullrich and Welling, Bayesian Compression for Deep Learning, NIPS 2017).
"""

from __future__ import annotations

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

LOG_ALPHA_LIMIT = 10.0  # beyond, either way, the divergence has no slope any more
K1, K2, K3 = 0.63576, 1.87320, 1.48695  # of the divergence, equation 14 of the paper
START = -6.0  # log of variance over a layer's mean squared weight: noise of a twentieth
REACH = 24.0  # how far the log of a variance can go in a training
WARM_UP = 0.5  # of the training, in which the weight of the divergence rises from 0
TINY = 1e-16  # added to squared weights, whose logarithm is taken

Floats = NDArray[np.float32]


def divergence(log_alpha: tf.Tensor) -> tf.Tensor:
    """Kullback-Leibler divergence of a weight's posterior from the log-uniform prior, in nats (equation 14).

    An approximation, off by less than 0.01 anywhere; 0 is where alpha is infinite.

    Args:
        log_alpha: Of any shape.

    Returns:
        Numbers of the same shape.
    """
    return K1 - K1 * tf.sigmoid(K2 + K3 * log_alpha) + 0.5 * tf.math.softplus(-log_alpha)


def log_alpha(log_variance: tf.Tensor, weight: tf.Tensor) -> tf.Tensor:
    """Log of variance over squared weight, within `LOG_ALPHA_LIMIT`.

    Args:
        log_variance: Of any shape.
        weight: Of the same shape.

    Returns:
        Numbers of the same shape.
    """
    ratio = log_variance - tf.math.log(tf.square(weight) + TINY)
    return tf.clip_by_value(ratio, -LOG_ALPHA_LIMIT, LOG_ALPHA_LIMIT)


def start_of(weight: Floats, kept: NDArray[np.bool_]) -> float:
    """Where the log variance of an array begins: little noise, by the mean square of the weights that are left.

    Args:
        weight: The array.
        kept: Of its shape; False is pruned.
    """
    return float(np.log(np.mean(np.square(weight[kept])) + TINY) + START)


def bits_needed(weight: Floats, sigma: Floats, kept: NDArray[np.bool_]) -> int:
    """Bits in which the posterior would hardly notice that weights are rounded.

    Weights are taken to be stored as signed codes -m ... m, m = 2^(bits - 1) - 1, times one scale for the whole array,
    its largest weight over m. Rounding is off by at most half a scale; that is to be at most the mean standard
    deviation of the weights that are left. A scale for each row, as a token table has, needs no more.

    Args:
        weight: Means of the posterior.
        sigma: Standard deviations, of the same shape.
        kept: Of the same shape; False is pruned.

    Returns:
        0 if no weight is left, else at least 2, the shortest codes that have a sign and a zero.
    """
    if not kept.any():
        return 0
    steps = np.abs(weight[kept]).max() / (2 * sigma[kept].mean())
    return max(2, 1 + int(np.ceil(np.log2(1 + steps))))
