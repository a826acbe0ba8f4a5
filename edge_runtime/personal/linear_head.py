"""A Bayesian linear head: what this reader's own lists say beyond the bundle's model.

Each article that was shown is an example, opened or passed over; the bundle's model gives its log-odds beforehand.
One Newton step of logistic regression from there, with a Gaussian prior, is a sum over examples:

    precision += p (1 - p) x x'        information += (y - p) x

So an update is a rank-one step, their order does not matter, and the kept examples give the same head again. Thompson
sampling draws a head from the posterior (Chapelle and Li, NIPS 2011; for news, Li et al., WWW 2010 with its
upper-bound cousin LinUCB).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Doubles = NDArray[np.float64]


class LinearHead:
    """The posterior over weights of features, in log-odds."""

    def __init__(self, prior_precision: Doubles) -> None:
        """Know nothing yet.

        Args:
            prior_precision: (num_features,) above 0: one over the variance that a weight has beforehand.
        """
        self._precision = np.diag(prior_precision.astype(np.float64))
        self._information = np.zeros(len(prior_precision))

    def learn(self, features: Doubles, probability: float, opened: bool) -> None:
        """Take one example.

        Args:
            features: (num_features,) of the article.
            probability: Of being opened, as the bundle's model had it; in (0, 1).
            opened: What the reader did.
        """
        self._precision += np.outer(probability * (1 - probability) * features, features)
        self._information += (float(opened) - probability) * features

    def reconsider(self, features: Doubles) -> None:
        """An example that was learnt as passed over has been opened after all."""
        self._information += features

    def mean(self) -> Doubles:
        """(num_features,) the expected weights."""
        weights: Doubles = np.linalg.solve(self._precision, self._information).astype(np.float64)
        return weights

    def draw(self, rng: np.random.Generator) -> Doubles:
        """(num_features,) a deviation from the mean: the difference of a drawn head from the expected one."""
        # precision = L L', so a solution of L' d = z has the covariance of the posterior.
        factor = np.linalg.cholesky(self._precision)
        deviation: Doubles = np.linalg.solve(factor.T, rng.standard_normal(len(factor))).astype(np.float64)
        return deviation
