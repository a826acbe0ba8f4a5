"""The languages that a reader reads, by what they read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import islice

from edge_runtime.content.titles import language_of_article
from edge_runtime.types import Article

NUM_LOOKED_AT = 50  # of the articles read last
FEWEST = 2  # articles; one may have been a mistake
LEAST_SHARE = 0.1  # of those whose language is known


def languages_read(read: Iterable[Article]) -> frozenset[str]:
    """ISO 639-1 codes; none where too little was read to tell.

    Args:
        read: What the reader read, latest first.
    """
    counts = Counter(language for article in islice(read, NUM_LOOKED_AT) if (language := language_of_article(article)))
    fewest = max(FEWEST, LEAST_SHARE * counts.total())
    return frozenset(language for language, count in counts.items() if count >= fewest)
