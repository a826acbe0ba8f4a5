"""One spelling of a text for comparison: rules, search, topics and sources' names are all compared by it.

The tokenizer has a spelling of its own (`model.tokens`), which belongs to the bundle.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

# Marks that a language can be written without: accents, Hebrew and Arabic vowels, the variants of an emoji. The vowels
# of Thai and Hindi and the voicing of kana are letters in all but name, and stay.
_OPTIONAL_MARK = re.compile(
    "[\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc"
    "\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f"
    "\U000e0100-\U000e01ef]"
)
_SPELLED = {
    **dict.fromkeys("‘’ʼ‛′`´\u1ffd", "'"),
    "−": "-",
    # Letters that Unicode does not take apart, as they are typed without a key for them.
    **{"ı": "i", "ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe"},
    # Else "iPhone™" would hold the word "iphonetm". Arabic's stretched line only fills a row of text.
    **dict.fromkeys("™℠\u0640", ""),
}
# One byte to one: small letters, and a blank for each other space.
_FOLDED_ASCII = bytes(range(256)).lower().translate(bytes.maketrans(b"`\t\n\v\f\r\x1c\x1d\x1e\x1f", b"'" + b" " * 9))
# Scripts without spaces between words, beside the wide letters of East Asia: Thai, Lao, Burmese, Khmer.
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")
# Nearly all characters that there are: texts made to miss a smaller table would take a hundred times as long.
_CACHED_CHARACTERS = 1 << 17
_CACHED_PAIRS = 1 << 12  # of neighbours at the borders of words that were found

# So few characters of a text are replaced one by one, which is faster than to go through it as Python's tables do. Of
# more, as in a text made for it, that would take as long as both numbers multiplied.
_REPLACED = 64

# Many texts fold as one with this between them: it folds to itself and changes no neighbour.
_BETWEEN = "\0"
_AT_ONCE = 256  # texts: a whole cache would take much memory


def fold(text: str) -> str:
    """A text as it is compared: whatever its case, accents, width forms, ligatures, apostrophes, dashes and spaces.

    To fold twice changes nothing, and words fold alike alone and in a text. A text of nothing but optional marks keeps
    them: only a blank one becomes "".
    """
    if text.isascii():
        folded = text.encode().translate(_FOLDED_ASCII).decode()
        return folded if _has_single_spaces(folded) else " ".join(folded.split())
    spelled = {char: as_compared for char in set(text) if (as_compared := _fold_character(char)) != char}
    # Half-width kana and old Korean come in parts.
    folded = _single_spaced(unicodedata.normalize("NFC", _replaced(text, spelled)))
    return folded or " ".join(unicodedata.normalize("NFKC", text).split())


def fold_all(texts: Sequence[str]) -> Iterator[str]:
    """Each text as `fold` gives it, several times as fast where there are many."""
    for at in range(0, len(texts), _AT_ONCE):
        yield from _fold_as_one(texts[at : at + _AT_ONCE])


def has_word(text: str, word: str) -> bool:
    """Whether a text holds a word or phrase as a whole, both folded; an empty word is in none.

    A neighbour belongs to the word if both are letters or digits of a script that puts spaces between words. A mark
    belongs to the letter before it in every script.
    """
    at = text.find(word) if word else -1
    while at >= 0:
        end = at + len(word)
        before = text[at - 1] if at else ""
        if not (_is_joined(before, word[0]) or _is_joined(word[-1], text[end : end + 1])):
            return True
        at = text.find(word, at + 1)
    return False


def _fold_as_one(texts: Sequence[str]) -> list[str]:
    # Alone, ASCII takes less time than among others.
    others = [text for text in texts if not text.isascii()]
    joined = _BETWEEN.join(others)
    if joined.count(_BETWEEN) >= len(others):
        return list(map(fold, texts))
    folded = iter(unicodedata.normalize("NFC", _fold_characters(joined)).split(_BETWEEN))
    return [fold(text) if text.isascii() else _single_spaced(next(folded)) or fold(text) for text in texts]


def _fold_characters(text: str) -> str:
    """A long text with each character folded by itself."""
    import numpy as np  # loaded here: a few texts are folded without it

    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")
    is_there = np.zeros(codes.max() + 1, bool)
    is_there[codes] = True
    folded_codes = np.arange(len(is_there), dtype="<u4")
    # What becomes several characters or none.
    others: dict[str, str] = {}
    for char in map(chr, np.flatnonzero(is_there)):
        as_compared = _fold_character(char)
        if len(as_compared) == 1:
            folded_codes[ord(char)] = ord(as_compared)
        else:
            others[char] = as_compared
    return _replaced(folded_codes[codes].tobytes().decode("utf-32-le", "surrogatepass"), others)


def _replaced(text: str, spelled: Mapping[str, str]) -> str:
    if len(spelled) > _REPLACED:
        return text.translate({ord(char): as_compared for char, as_compared in spelled.items()})
    for char, as_compared in spelled.items():
        text = text.replace(char, as_compared)
    return text


def _single_spaced(text: str) -> str:
    """A text with single spaces between words and none around."""
    # Nearly every text is so already, and to split it takes longer than all else. Other spaces are not printable.
    return text if text.isprintable() and _has_single_spaces(text) else " ".join(text.split())


def _has_single_spaces(text: str) -> bool:
    return "  " not in text and text[:1] != " " and text[-1:] != " "


@lru_cache(_CACHED_PAIRS)
def _is_joined(before: str, after: str) -> bool:
    """Whether two neighbours belong to one word; "" is the border of a text."""
    if not before or not after:
        return False
    if _is_mark(after):
        return before.isalnum() or _is_mark(before)
    return _is_spaced(before) and _is_spaced(after)


def _is_spaced(character: str) -> bool:
    """Whether it is a letter, digit or mark of a script that puts spaces between words."""
    if unicodedata.east_asian_width(character) in ("W", "F") or _UNSPACED.match(character):
        return False
    return character.isalnum() or _is_mark(character)


def _is_mark(character: str) -> bool:
    return unicodedata.category(character).startswith("M")


@lru_cache(_CACHED_CHARACTERS)
def _fold_character(character: str) -> str:
    before = ""
    # A ligature may hold a capital, and a small letter a mark that its capital had not.
    while character != before:
        before = character
        spelled = "".join(_SPELLED.get(part, part) for part in character).casefold()
        character = "".join(map(_fold_part, unicodedata.normalize("NFKD", spelled)))
    return unicodedata.normalize("NFC", character)


def _fold_part(part: str) -> str:
    """What stays of a character that cannot be taken apart."""
    category = unicodedata.category(part)
    # Cf is what cannot be seen: soft hyphens, joiners, directions of writing.
    if category == "Cf" or _OPTIONAL_MARK.match(part):
        return ""
    return "-" if category == "Pd" else part
