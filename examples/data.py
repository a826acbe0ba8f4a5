"""Rows for the examples: scikit-learn's digits, and the headlines of this repository with their topics."""

from collections import Counter
from dataclasses import dataclass

import keras
import numpy as np
from sklearn.datasets import load_digits

from trainer.data.corpus import load_corpus

WORDS, LENGTH, TOPICS = 6000, 32, 8
UNKNOWN = 1  # 0 is padding


@dataclass(frozen=True)
class Rows:
    """Inputs and their classes."""

    x: np.ndarray
    y: np.ndarray

    def is_right(self, predict):
        """Which rows a file puts into the right class: a metric for `squeeze`, whose mean is the accuracy."""
        return np.argmax(predict(self.x), axis=-1) == self.y


def digits(seed=0):
    """Images (8, 8, 1) in [0, 1] of ten digits: 797 rows to learn from, 500 to decide by, 500 that nobody sees."""
    found = load_digits()
    images = (found.images[..., None] / 16).astype(np.float32)
    return _split(images, found.target, seed, 500)


def headlines(seed=0):
    """Words (32,) of a headline and its abstract, as ids, with one of the eight commonest topics, in three parts."""
    articles = load_corpus()
    topics = [topic for topic, _ in Counter(article.category for article in articles).most_common(TOPICS)]
    articles = [article for article in articles if article.category in topics]
    texts = [f"{article.title} {article.abstract}".lower().split() for article in articles]
    ids = {word: number for number, word in enumerate(_common_words(texts), start=UNKNOWN + 1)}
    rows = [[ids.get(word, UNKNOWN) for word in words] for words in texts]
    x = keras.utils.pad_sequences(rows, LENGTH, truncating="post")
    return _split(x, np.array([topics.index(article.category) for article in articles]), seed, 1000)


def _common_words(texts):
    counts = Counter(word for words in texts for word in words)
    return [word for word, _ in counts.most_common(WORDS - UNKNOWN - 1)]


def _split(x, y, seed, held):
    order = np.random.default_rng(seed).permutation(len(x))
    parts = order[2 * held :], order[:held], order[held : 2 * held]
    return [Rows(x[part], y[part]) for part in parts]
