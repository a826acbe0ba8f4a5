"""What an article is about: its topic with a probability, its keywords, and how rare each word of its title is.

How rare a word is comes from the bundle's `word_counts` for titles in the bundle's languages. For other languages, and
with a bundle that has no such table, the device counts in the titles that it has seen. Each language counts for itself:
a few German titles among many English ones must not make "der" a rare word.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from edge_runtime.content.compare_text import fold
from edge_runtime.content.languages import STOP_WORDS, language_of
from edge_runtime.content.title_words import LEAST_RARITY
from edge_runtime.content.topic_names import topics_by_name
from edge_runtime.model.article_text import text_of
from edge_runtime.model.bundle import Bundle
from edge_runtime.model.token_table import all_pooled
from edge_runtime.model.tokens import SubwordEncoder, split_words
from edge_runtime.model.topic_head import LEAST_PROBABILITY
from edge_runtime.types import Article

_TITLE_COUNTS = 2  # words of the abstract that one of the title weighs
_CACHED_WORDS = 20_000
# Beyond so many counted words of a language, those that came once are forgotten.
_MOST_COUNTED = 20_000

# Some feeds put one of these and their name behind each title.
_BEFORE_NAMES = (" - ", " | ", " – ", " — ", " · ")
# Thai. The tokenizer parts ideographs, and leaves kana and Thai together.
_UNSPACED = re.compile("[\u0e00-\u0e7f]+")
_EAST_ASIAN = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+")


class Analyst:
    """Says what articles are about, by a bundle's tables and by what the device has counted."""

    def __init__(self, bundle: Bundle, seen: Iterable[Article] = ()) -> None:
        """Prepare a bundle's tables.

        Args:
            bundle: From `read_bundle`, with or without the optional members.
            seen: Articles whose titles the device counts words in, such as its cache. Gone through when a word's rarity
                in a language asks for it that the bundle does not speak for.
        """
        self._bundle = bundle
        self._encoder = SubwordEncoder(bundle.pieces)
        self._topics = topics_by_name(bundle.manifest.topics[1:])
        table = bundle.word_counts
        self._piece_counts = None if table is None else table.counts()
        self._num_titles = 0 if table is None else table.num_titles
        self._seen: dict[str, Counter[str]] = defaultdict(Counter)
        self._num_seen: Counter[str] = Counter()
        self._bundle_counts: dict[str, float] = {}
        self._uncounted: Iterable[Article] = seen

    def learn(self, articles: Iterable[Article]) -> None:
        """Count the words of more titles, but for languages that the bundle's own counts cover."""
        for article in articles:
            language = language_of_article(article)
            if not self._speaks_for(language):
                self._count_seen()
                self._seen[language].update(content_words(article.title, language))
                self._num_seen[language] += 1
                if len(self._seen[language]) > _MOST_COUNTED:
                    self._seen[language] = Counter({word: n for word, n in self._seen[language].items() if n > 1})

    def _count_seen(self) -> None:
        seen, self._uncounted = self._uncounted, ()
        if seen:
            self.learn(seen)

    def topics(self, articles: Sequence[Article]) -> tuple[list[str], NDArray[np.float32]]:
        """The topic of each article: its feed's category if the bundle knows it, else the most likely one.

        Returns:
            Names of the bundle's topics, "" where none has a probability of at least `LEAST_PROBABILITY` or the text
            is in a language that the bundle does not read; and (len(articles),) probabilities, 1 for a category, 0
            for "".
        """
        names = [self._topics.get(fold(article.category), "") for article in articles]
        probabilities = np.array([1.0 if name else 0.0 for name in names], np.float32)
        head = self._bundle.topic_head
        asked = [row for row, name in enumerate(names) if not name and head and self.reads(articles[row])]
        if head is None or not asked:
            return names, probabilities
        texts = all_pooled(self._bundle.token_table, [self._encoder.encode(text_of(articles[row])) for row in asked])
        found = head.probabilities(texts)
        best = found.argmax(axis=1)
        for row, topic, text, probability in zip(asked, best, texts, found.max(axis=1), strict=True):
            if probability >= LEAST_PROBABILITY and text.any():
                names[row], probabilities[row] = self._bundle.manifest.topics[topic + 1], probability
        return names, probabilities

    def reads(self, article: Article) -> bool:
        """Whether the bundle reads the article's language, or may do so: not every title tells its language."""
        language = language_of_article(article)
        return not language or language in self._bundle.manifest.languages

    def keywords(self, article: Article, k: int) -> tuple[str, ...]:
        """Up to `k` words by tf-idf, best first, in the tokenizer's spelling (lower case, without accents)."""
        language = language_of_article(article)
        counts = Counter(content_words(article.abstract, language))
        for word in content_words(own_title(article), language):
            counts[word] += _TITLE_COUNTS
        rarities = {word: self.rarity(word, language) for word in counts}
        kept = [word for word in counts if len(word) > 1 and not word.isdecimal() and rarities[word] >= LEAST_RARITY]
        ranked = sorted(kept, key=lambda word: (-counts[word] * rarities[word], word))
        return tuple(ranked[:k])

    def title_weights(self, article: Article) -> dict[str, float]:
        """Each different word of the title with its rarity, above 0."""
        language = language_of_article(article)
        weights = {word: self.rarity(word, language) for word in content_words(own_title(article), language)}
        return {word: weight for word, weight in weights.items() if weight > 0}

    def rarity(self, word: str, language: str) -> float:
        """Inverse document frequency: the natural logarithm of titles to titles with the word, 0 if all have it."""
        count, total = 0.0, 0
        if self._speaks_for(language) or not language:
            count, total = self._count_in_bundle(word), self._num_titles
        if not self._speaks_for(language):
            self._count_seen()
            if language in self._seen:
                count += self._seen[language][word]
                total += self._num_seen[language]
        return max(0.0, math.log((total + 1) / (count + 0.5)))

    def _speaks_for(self, language: str) -> bool:
        return self._piece_counts is not None and language in self._bundle.manifest.languages

    def _count_in_bundle(self, word: str) -> float:
        """Titles of the training data with the word: the least of its pieces' counts."""
        if self._piece_counts is None:
            return 0.0
        known = self._bundle_counts.get(word)
        if known is None:
            ids = self._encoder.encode(word)
            known = 0.0 if not ids or 0 in ids else float(self._piece_counts[ids].min())
            if len(self._bundle_counts) >= _CACHED_WORDS:
                self._bundle_counts.clear()
            self._bundle_counts[word] = known
        return known


def own_title(article: Article) -> str:
    """The title without the source's name that some feeds put behind it, as in "Rain again | The Gazette"."""
    end = max(article.title.rfind(mark) for mark in _BEFORE_NAMES)
    name, source = fold(article.title[end + 3 :]), fold(article.source)
    return article.title[:end] if end > 0 and name and source and (name in source or source in name) else article.title


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
    found: dict[str, None] = {}
    ignored = STOP_WORDS.get(language, frozenset())
    for chunk in text.split():
        if run := _EAST_ASIAN.findall(chunk) or _UNSPACED.findall(chunk):
            found.update(dict.fromkeys(pair for part in run for pair in _pairs(part)))
            chunk = _UNSPACED.sub(" ", _EAST_ASIAN.sub(" ", chunk))
        for word in split_words(chunk):
            if word not in ignored and any(map(str.isalnum, word)):
                found[word] = None
    return list(found)


def _pairs(run: str) -> list[str]:
    return [run[at : at + 2] for at in range(len(run) - 1)] or [run]
