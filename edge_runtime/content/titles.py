"""The words of a title, found once: what rarities, stories and learning go by.

A cached article keeps them (`TitleWords`), so that no process has to read the titles of the cache again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from edge_runtime.content.compare_text import fold
from edge_runtime.content.languages import STOP_WORDS, language_of
from edge_runtime.model.tokens import split_words
from edge_runtime.types import Article

# Some feeds put one of these and their name behind each title.
_BEFORE_NAMES = (" - ", " | ", " – ", " — ", " · ")
# Thai. The tokenizer parts ideographs, and leaves kana and Thai together.
_UNSPACED = re.compile("[\u0e00-\u0e7f]+")
_EAST_ASIAN = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+")


@dataclass(frozen=True, slots=True)
class TitleWords:
    """The different words of a title, in order, with its language."""

    language: str  # ISO 639-1; "" if unknown
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KeptTitle:
    """What the cache keeps of a title."""

    language: str
    rarities: Mapping[str, float]  # of each different word, in order
    fingerprint: int | None  # `story.fingerprint_of` the words of a rarity above 0
    address: str  # canonical, of the article


def title_words(article: Article) -> TitleWords:
    """The words of an article's title, without the source's name that some feeds put behind it."""
    return words_of_title(article.title, article.source, article.language)


# An article on its way in is asked about several times.
@lru_cache(maxsize=1024)
def words_of_title(title: str, source: str, language: str) -> TitleWords:
    """The same, of an article's own title, source and language."""
    known = spoken(language, title)
    return TitleWords(known, tuple(content_words(_own_title(title, source), known)))


def _own_title(title: str, source: str) -> str:
    """The title without the name, as in "Rain again | The Gazette"."""
    end = max(title.rfind(mark) for mark in _BEFORE_NAMES)
    if end <= 0:
        return title
    name, of_source = fold(title[end + 3 :]), fold(source)
    return title[:end] if name and of_source and (name in of_source or of_source in name) else title


def language_of_article(article: Article) -> str:
    """The language that its feed names, without region, else `language_of` its title; "" if unknown."""
    return spoken(article.language, article.title)


def spoken(language: str, title: str) -> str:
    """The same, of an article's own language and title."""
    return language.strip().casefold().replace("_", "-").partition("-")[0] or language_of(title)[0]


def content_words(text: str, language: str) -> list[str]:
    """The different words of a text in order, without punctuation and the language's stop words.

    Runs of ideographs, kana or Thai letters are cut into pairs of characters: they have no spaces.
    """
    ignored = STOP_WORDS.get(language, frozenset())
    if text.isascii():
        return [word for word in dict.fromkeys(split_words(text)) if word not in ignored and _has_sign(word)]
    found: dict[str, None] = {}
    for chunk in text.split():
        if run := _EAST_ASIAN.findall(chunk) or _UNSPACED.findall(chunk):
            found.update(dict.fromkeys(pair for part in run for pair in _pairs(part)))
            chunk = _UNSPACED.sub(" ", _EAST_ASIAN.sub(" ", chunk))
        for word in split_words(chunk):
            if word not in ignored and _has_sign(word):
                found[word] = None
    return list(found)


def is_pair(word: str) -> bool:
    """Whether a word of `content_words` is two characters of a script without spaces, which need not be a word."""
    return not word.isascii() and bool(_EAST_ASIAN.match(word) or _UNSPACED.match(word))


def _has_sign(word: str) -> bool:
    """Whether there is a letter or a digit in a word."""
    return word.isalnum() or any(map(str.isalnum, word))


def _pairs(run: str) -> Sequence[str]:
    return [run[at : at + 2] for at in range(len(run) - 1)] or [run]
