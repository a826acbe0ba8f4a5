"""A Bayesian linear head: what this reader's own lists say beyond the bundle's model.

Each article that was shown is an example, opened or passed over; the bundle's model gives its log-odds beforehand.
One Newton step of logistic regression from there, with a Gaussian prior, is a sum over examples:

    precision += p (1 - p) x x'        information += (y - p) x

So an update is a product, the order of examples does not matter, and the kept ones give the same head again. Thompson
sampling draws a head from the posterior (Chapelle and Li, NIPS 2011; for news, Li et al., WWW 2010 with its
upper-bound cousin LinUCB).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edge_runtime.model.products import blocks

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
        self._mean: Doubles | None = None  # made when it is asked for

    def learn(self, features: Doubles, probabilities: Doubles, opened: NDArray[np.bool_]) -> None:
        """Take some examples.

        Args:
            features: (n, num_features) of the articles.
            probabilities: (n,) of being opened, as the bundle's model had them; in (0, 1).
            opened: (n,) what the reader did.
        """
        self._mean = None
        weighed = features * (probabilities * (1 - probabilities))[:, None]
        for block in blocks(len(features), self._precision.size):
            self._precision += weighed[block].T @ features[block]
        self._information += (opened - probabilities) @ features

    def reconsider(self, features: Doubles, opened: NDArray[np.bool_]) -> None:
        """Some examples turned out otherwise than they were learned.

        Args:
            features: (n, num_features) of the articles.
            opened: (n,) True for what was opened after all, False for what was not to the reader's liking after all.
        """
        self._mean = None
        self._information += np.where(opened, 1.0, -1.0) @ features

    def mean(self) -> Doubles:
        """The weights that are expected after all examples.

        Returns:
            (num_features,) float64.
        """
        if self._mean is None:
            self._mean = np.linalg.solve(self._precision, self._information).astype(np.float64)
        return self._mean

    def draw(self, rng: np.random.Generator) -> Doubles:
        """Draw a deviation from the mean: the difference of a drawn head from the expected one.

        Returns:
            (num_features,) float64.
        """
        # precision = L L', so a solution of L' d = z has the covariance of the posterior.
        factor = np.linalg.cholesky(self._precision)
        deviation: Doubles = np.linalg.solve(factor.T, rng.standard_normal(len(factor))).astype(np.float64)
        return deviation
