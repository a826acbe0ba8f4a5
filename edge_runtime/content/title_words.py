"""Which words of a title count for learning, and the numbers that a cached article keeps of them.

Words are hashed into `NUM_WORDS` places, so that an article keeps a few numbers, whatever the language; place 0 is no
word.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

NUM_WORDS = 1 << 14
MOST_WORDS = 12  # of a title: its rarest
LEAST_RARITY = 3.0  # natural logarithm: a word of more than one title in 20 says little

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
