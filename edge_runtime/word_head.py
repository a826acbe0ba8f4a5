"""Which words of a title this reader picks and passes over, learnt from the lists that were shown.

Every word has a Gaussian weight of its own, in log-odds; an example moves the words of its title, the less known ones
most (online Bayesian regression with a factorised posterior, as adPredictor: Graepel et al., ICML 2010, here with a
logistic link). Words are hashed into `NUM_WORDS` places, so that a cached article keeps a few numbers and a feed is one
look-up; place 0 is no word.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

NUM_WORDS = 1 << 14
MOST_WORDS = 12  # of a title: its rarest
LEAST_RARITY = 3.0  # natural logarithm: a word of more than one title in 20 says little
PRIOR_VARIANCE = 0.5
_LARGEST_LOG_ODDS = 6.0

Words = NDArray[np.int16]


def word_places(rarities: Mapping[str, float]) -> Words:
    """(MOST_WORDS,) places of a title's rarest words, 0 where there are fewer.

    Args:
        rarities: Of its words, such as `Analyst.title_weights` gives them.
    """
    rarest = sorted((-rarity, word) for word, rarity in rarities.items() if rarity >= LEAST_RARITY)[:MOST_WORDS]
    places = np.zeros(MOST_WORDS, np.int16)
    places[: len(rarest)] = [1 + zlib.crc32(word.encode()) % (NUM_WORDS - 1) for _, word in rarest]
    return places


class WordHead:
    """The weights of all words."""

    def __init__(self) -> None:
        """Every word is as good as any other."""
        self._means = np.zeros(NUM_WORDS)
        self._variances = np.full(NUM_WORDS, PRIOR_VARIANCE)

    def scores(self, words: Words) -> NDArray[np.float32]:
        """(n,) sums of the words' expected weights, of (n, MOST_WORDS) words."""
        sums: NDArray[np.float32] = self._means[words].sum(axis=1).astype(np.float32)
        return sums

    def learn(self, words: Words, log_odds: float, opened: bool) -> None:
        """Take an example.

        Args:
            words: (MOST_WORDS,) of its title.
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
