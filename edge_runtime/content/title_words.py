"""Which words of a title count for learning, and the numbers that a cached article keeps of them.

Words are hashed into `NUM_SLOTS` slots, so that an article keeps a few numbers, whatever the language. Slot 0 is no
word. Function words and numerals are no tastes, and have no slot.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from edge_runtime.content.function_words import is_taste

NUM_SLOTS = 1 << 14
WORDS_KEPT = 12  # of a title
# A word of more than one title in 20 says little, also as a keyword; natural logarithm.
LEAST_RARITY = 3.0

Words = NDArray[np.int16]


def word_slots(rarities: Mapping[str, float], language: str = "") -> Words:
    """The slots of a title's rarest words.

    Args:
        rarities: Of each word of the title, as `Analyst.title_weights` gives them.
        language: Of the title; "" if unknown.

    Returns:
        (WORDS_KEPT,) rarest first, then 0 where there are fewer words.
    """
    counted = ((-rarity, word) for word, rarity in rarities.items() if rarity >= LEAST_RARITY)
    rarest = sorted(pair for pair in counted if is_taste(pair[1], language))[:WORDS_KEPT]
    slots = np.zeros(WORDS_KEPT, np.int16)
    slots[: len(rarest)] = [slot_of(word) for _, word in rarest]
    return slots


def slot_of(word: str) -> int:
    """The slot of a word in the tokenizer's spelling; a few words share each."""
    return 1 + zlib.crc32(word.encode()) % (NUM_SLOTS - 1)
