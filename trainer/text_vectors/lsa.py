"""Text vectors from the given articles and nothing else: latent semantic analysis (Deerwester et al., JASIS 1990)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.utils.extmath import randomized_svd

from edge_runtime.model.tokens import split_words

DIM = 256
MAX_TERMS = 60_000
SMALL_CORPUS = 20  # articles; below, hardly a term comes in two of them

# Scripts without spaces, a character being a word: Thai and Lao, Myanmar, Khmer, kana. Ideographs are split already.
_UNSPACED = re.compile(r"([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u31f0-\u31ff])")


def encode_texts(texts: Sequence[str], seed: int) -> NDArray[np.float32]:
    """Main directions of the tf-idf of words and pairs of neighbours; of characters where a script has no spaces.

    Args:
        texts: Titles with abstracts.
        seed: Of the randomised SVD.

    Returns:
        (len(texts), 256) float32; zeros for a text that shares no word with another, and in the last columns where
        the articles span fewer directions.
    """
    vectors = np.zeros((len(texts), DIM), np.float32)
    min_df = 1 if len(texts) < SMALL_CORPUS else 2
    vectorizer = TfidfVectorizer(
        analyzer=_terms, min_df=min_df, max_features=MAX_TERMS, sublinear_tf=True, dtype=np.float32
    )
    try:
        weights = vectorizer.fit_transform(texts)  # (texts, terms), sparse
    except ValueError:  # "empty vocabulary", which no argument allows
        return vectors
    rank = min(DIM, *weights.shape)
    # What TruncatedSVD does, which refuses a corpus of one single term.
    directions, strengths, _ = randomized_svd(weights, rank, n_iter=5, random_state=seed)
    vectors[:, :rank] = directions * strengths
    return vectors


def _terms(text: str) -> list[str]:
    words = [word for word in _UNSPACED.sub(r" \1 ", " ".join(split_words(text))).split() if word[0].isalnum()]
    return words + [f"{first} {second}" for first, second in pairwise(words)]
