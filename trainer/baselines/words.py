"""Titles as word numbers, and where their word vectors start.

NRMS and NAML start from GloVe (Pennington et al., EMNLP 2014), which no package carries, so that it cannot be had
offline. A word's mean WordLlama token vector stands in for it where that package is installed, chance elsewhere.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec

import numpy as np
from numpy.typing import NDArray

from edge_runtime import Article
from edge_runtime.model.tokens import split_words

MIN_COUNT = 2  # in the titles of the training days; rarer words are left out
CHANCE_DIM = 256
SPREAD = 0.4  # standard deviation of a number of the table at the start, about that of GloVe


@dataclass(frozen=True, slots=True)
class TitleWords:
    """Word 0 is none: it fills titles up, and its vector is never read."""

    ids: NDArray[np.int32]  # (num_articles, title_length)
    table: NDArray[np.float32]  # (1 + num_words, dim)

    def lengths(self) -> NDArray[np.int32]:
        """(num_articles,) words of each title."""
        lengths: NDArray[np.int32] = np.count_nonzero(self.ids, axis=1).astype(np.int32)
        return lengths


def title_words(articles: Sequence[Article], rows: NDArray[np.int32], length: int, seed: int) -> TitleWords:
    """Number the words of all titles by a vocabulary of some.

    Args:
        articles: Their titles are cut after `length` known words; words outside the vocabulary leave no trace.
        rows: The articles of the training days, whose words are the vocabulary.
        length: Words of a title that count.
        seed: Of word vectors by chance.
    """
    titles = [split_words(article.title) for article in articles]
    counts = Counter(word for row in rows for word in titles[row])
    words = sorted(word for word, count in counts.items() if count >= MIN_COUNT)
    numbers = {word: number for number, word in enumerate(words, start=1)}
    known = [[numbers[word] for word in title if word in numbers][:length] for title in titles]
    ids = np.zeros((len(articles), max(1, max(map(len, known), default=1))), np.int32)
    for row, title in zip(ids, known, strict=True):
        row[: len(title)] = title
    vectors = start_vectors(["", *words], seed)
    return TitleWords(ids, vectors)


def start_vectors(words: Sequence[str], seed: int) -> NDArray[np.float32]:
    """(len(words), dim) float32, centred, numbers of standard deviation `SPREAD`."""
    if find_spec("wordllama") is None:
        vectors = np.random.default_rng(seed).normal(size=(len(words), CHANCE_DIM)).astype(np.float32)
    else:
        from trainer.text_vectors import wordllama

        vectors = wordllama.encode_texts(words, lambda count: None)
        vectors -= vectors.mean(axis=0)
    return vectors * (SPREAD / max(float(vectors.std()), 1e-9))
