"""Text vectors from the log's own articles and nothing else: latent semantic analysis (Deerwester et al., JASIS 1990)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer

from edge_runtime.text import split_words

DIM = 256
_MAX_TERMS = 60_000


def encode_texts(texts: Sequence[str], seed: int) -> NDArray[np.float32]:
    """Main directions of the tf-idf of words and pairs of words; Chinese is split into characters.

    Args:
        texts: Titles with abstracts, where there are any.
        seed: Of the randomised SVD.

    Returns:
        (len(texts), 256) float32, padded with zeros where a small corpus has fewer directions.
    """
    vectors = np.zeros((len(texts), DIM), np.float32)
    shared = 2 if len(texts) > 20 else 1  # a term of one text alone says nothing of likeness
    vectorizer = TfidfVectorizer(
        tokenizer=split_words, lowercase=False, token_pattern=None, ngram_range=(1, 2), min_df=shared,
        max_features=_MAX_TERMS, sublinear_tf=True, dtype=np.float32,
    )  # fmt: skip
    try:
        terms = vectorizer.fit_transform(texts)
    except ValueError:  # no term is left
        return vectors
    rank = min(DIM, min(terms.shape) - 1)
    if rank < 1:
        vectors[:, 0] = np.asarray(terms.sum(axis=1)).ravel()
        return vectors
    vectors[:, :rank] = TruncatedSVD(rank, random_state=seed).fit_transform(terms)
    return np.nan_to_num(vectors)
