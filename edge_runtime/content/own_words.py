"""How near articles are to an interest that a reader put into own words: by the text's vector, and by its words.

A bundle's vectors of short texts are coarse, so only close ones count. What holds most of the words counts too: all
that is left of a text that the bundle cannot read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from edge_runtime.content.compare_text import fold
from edge_runtime.content.languages import language_of
from edge_runtime.content.titles import content_words

LEAST_COSINE = 0.6  # below it an article is no nearer to a text than others may be by chance
LEAST_WORDS = 0.5  # of the text's words; an article counts that holds more of them

Nearness = NDArray[np.float32]


def words_of(text: str) -> tuple[str, ...]:
    """The different words of a text as they are compared, without stop words; all of them if there are no others."""
    folded = fold(text)
    return tuple(content_words(folded, language_of(text)[0]) or content_words(folded, ""))


def near_by_vector(cosines: NDArray[np.floating]) -> Nearness:
    """0 at `LEAST_COSINE` and below, 1 for an article with the text's own vector.

    Args:
        cosines: (num_articles,) of articles to the text.
    """
    near: Nearness = np.clip((cosines - LEAST_COSINE) / (1 - LEAST_COSINE), 0, 1).astype(np.float32)
    return near


def near_by_words(words: Sequence[str], places: Mapping[str, Sequence[int]], num_articles: int) -> Nearness:
    """The share of a text's words that each article holds; 0 where that is no more than `LEAST_WORDS`.

    Args:
        words: Of the text.
        places: Of each word, the places of the articles that hold it.
        num_articles: All that there are.

    Returns:
        (num_articles,) 0 to 1.
    """
    held = np.zeros(num_articles, np.float32)
    for word in words:
        held[list(places[word])] += 1
    share = held / np.float32(max(len(words), 1))
    return np.where(share > LEAST_WORDS, share, np.float32(0))
