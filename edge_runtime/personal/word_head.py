"""Which words of a title this reader picks and passes over, learnt from the lists that were shown.

Every word has a Gaussian weight of its own, in log-odds; an example moves the words of its title, the less known ones
most (online Bayesian regression with a factorised posterior, as adPredictor: Graepel et al., ICML 2010, here with a
logistic link). A word is a slot of `content.title_words`, so that a feed is one look-up.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edge_runtime.content.title_words import NUM_SLOTS, Words

PRIOR_VARIANCE = 0.5
_LARGEST_LOG_ODDS = 6.0


class WordHead:
    """The weights of all words."""

    def __init__(self) -> None:
        """Every word is as good as any other."""
        self._means = np.zeros(NUM_SLOTS)
        self._variances = np.full(NUM_SLOTS, PRIOR_VARIANCE)

    def scores(self, words: Words) -> NDArray[np.float32]:
        """(n,) sums of the words' expected weights, of (n, WORDS_KEPT) words."""
        sums: NDArray[np.float32] = self._means[words].sum(axis=1).astype(np.float32)
        return sums

    def learn(self, words: Words, log_odds: float, opened: bool) -> None:
        """Take an example.

        Args:
            words: (WORDS_KEPT,) of its title.
            log_odds: Of being opened, as everything but the words had it.
            opened: What the reader did.
        """
        known = np.unique(words[words > 0])
        logit = np.clip(log_odds + self._means[known].sum(), -_LARGEST_LOG_ODDS, _LARGEST_LOG_ODDS)
        probability = 1 / (1 + np.exp(-logit))
        self._variances[known] = 1 / (1 / self._variances[known] + probability * (1 - probability))
        self._means[known] += self._variances[known] * (float(opened) - probability)

    def reconsider(self, words: Words) -> None:
        """An example that was learnt as passed over has been opened after all."""
        known = np.unique(words[words > 0])
        self._means[known] += self._variances[known]
