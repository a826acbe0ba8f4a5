"""Which words of a title this reader picks and passes over, learned from the lists that were shown.

Every word has a Gaussian weight of its own, in log-odds. An example moves the words of its title, the less known ones
most. This is online Bayesian regression with a factorised posterior, as in adPredictor (Graepel et al., ICML 2010),
here with a logistic link. A word is a slot of `content.title_words`, so that a feed is one look-up.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from math import exp

import numpy as np
from numpy.typing import NDArray

from edge_runtime.content.title_words import NUM_SLOTS, Words

PRIOR_VARIANCE = 0.5
MOST = 1.5  # what all words of a title together can add or take
_LARGEST_LOG_ODDS = 6.0


class WordHead:
    """What a word of a title adds to its score: a weight for each, learned from the lists that were shown."""

    def __init__(self) -> None:
        """Every word is as good as any other."""
        # Not numpy's: an example has a handful of words, and Python's own numbers are five times faster there. Nor an
        # array's, which makes a number anew each time that it is asked for.
        self._means = [0.0] * NUM_SLOTS
        self._variances = [PRIOR_VARIANCE] * NUM_SLOTS

    @classmethod
    def of(cls, slots: NDArray[np.integer], means: NDArray[np.float64], variances: NDArray[np.float64]) -> WordHead:
        """A head that knows what `learned` told."""
        head = cls()
        for slot, mean, variance in zip(slots.tolist(), means.tolist(), variances.tolist(), strict=True):
            head._means[slot], head._variances[slot] = mean, variance
        return head

    def learned(self) -> tuple[NDArray[np.intp], NDArray[np.float64], NDArray[np.float64]]:
        """The slots of which something is known, with their means and variances."""
        means, variances = np.array(self._means), np.array(self._variances)
        slots = np.flatnonzero(variances != PRIOR_VARIANCE)
        return slots, means[slots], variances[slots]

    def copy(self) -> WordHead:
        """A head that knows the same and learns apart from this one."""
        copy = WordHead.__new__(WordHead)
        copy._means, copy._variances = self._means[:], self._variances[:]
        return copy

    def scores(self, words: Words) -> NDArray[np.float32]:
        """What the words of articles add to their scores.

        Args:
            words: (n, WORDS_KEPT) slots of each title's words.

        Returns:
            (n,) float32, sums of the words' expected weights, none beyond `MOST` up or down.
        """
        sums: NDArray[np.float32] = np.array(self._means)[words].sum(axis=1).astype(np.float32)
        return sums.clip(-MOST, MOST, out=sums)

    def weight(self, slot: int) -> float:
        """The expected weight of a word's slot."""
        return self._means[slot]

    def learn(self, examples: Iterable[tuple[Collection[int], float, bool]]) -> None:
        """Take some examples, in this order.

        Args:
            examples: Of each, the different words of its title, from `different_words`; its log-odds of being opened,
                as everything but the words had it; and whether the reader opened it.
        """
        means, variances = self._means, self._variances
        for words, logit, is_opened in examples:
            for word in words:
                logit += means[word]
            if logit > _LARGEST_LOG_ODDS:
                logit = _LARGEST_LOG_ODDS
            elif logit < -_LARGEST_LOG_ODDS:
                logit = -_LARGEST_LOG_ODDS
            probability = 1 / (1 + exp(-logit))
            certainty, surprise = probability * (1 - probability), is_opened - probability
            for word in words:
                variance = variances[word]
                variances[word] = variance = variance / (1 + certainty * variance)
                means[word] += variance * surprise


def different_words(words: Words) -> list[tuple[int, ...]]:
    """The words of each title, each once.

    Args:
        words: (n, WORDS_KEPT) slots; 0 holds no word.

    Returns:
        For each title, its slots in rising order.
    """
    return [tuple(sorted({word for word in row if word > 0})) for row in words.tolist()]
