"""What each word of a title does to the score."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from edge_runtime.types import Article, WordEffect

_MOST_WORDS = 64  # of a title whose effects are tried; each is a title of its own to encode
# Scripts without spaces between words give up two characters at a time.
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]{1,2}|[^\W\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]+")


def word_effects(
    article: Article, scores_of: Callable[[Sequence[Article]], NDArray[np.float64]]
) -> tuple[WordEffect, ...]:
    """What each word of the title did to the score: the score as it is, less the score without the word.

    Args:
        article: Only its title's first words are tried; without a title there are none.
        scores_of: Gives the scores of the article with other titles.

    Returns:
        One a word, largest effect first, whether up or down.
    """
    words = list(islice(_WORD.finditer(article.title), _MOST_WORDS))
    titles = [article.title[: word.start()] + article.title[word.end() :] for word in words]
    # A blank title stays a title: the abstract must not step in.
    variants = [replace(article, title=title if title.strip() else " ") for title in titles]
    if not variants:
        return ()
    full, *without = scores_of([article, *variants])
    effects = [WordEffect(word.group(), float(full - score)) for word, score in zip(words, without, strict=True)]
    return tuple(sorted(effects, key=lambda word: -abs(word.effect)))
