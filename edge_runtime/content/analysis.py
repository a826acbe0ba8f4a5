"""What an article is about: its topic with a probability, its keywords, and how rare each word of its title is.

How rare a word is comes from the bundle's `word_counts` for titles in the bundle's languages. For other languages, and
with a bundle that has no such table, the device counts in the titles that it has seen. Each language counts for itself:
a few German titles among many English ones must not make "der" a rare word.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edge_runtime.content.compare_text import fold
from edge_runtime.content.function_words import is_taste
from edge_runtime.content.title_words import LEAST_RARITY
from edge_runtime.content.titles import TitleWords, content_words, language_of_article, title_words
from edge_runtime.content.topic_names import topics_by_name
from edge_runtime.content.topic_shares import OtherTopics, no_others, other_topics
from edge_runtime.model.article_text import text_of
from edge_runtime.model.bundle import Bundle
from edge_runtime.model.token_table import all_pooled
from edge_runtime.model.tokens import SubwordEncoder
from edge_runtime.model.topic_head import LEAST_PROBABILITY
from edge_runtime.types import Article

_TITLE_COUNTS = 2  # words of the abstract that one of the title weighs
_CACHED_WORDS = 20_000
# What many feeds call all that they bring, whatever it is about: folded. The text knows better, if it knows at all.
COARSE = frozenset(("world", "news"))
# Beyond so many counted words of a language, those that came once are forgotten.
_MOST_COUNTED = 20_000


@dataclass(frozen=True, slots=True)
class Topics:
    """What some articles are about."""

    names: list[str]  # of the bundle's topics, "" where none is sure enough
    probabilities: NDArray[np.float32]  # (n,) of these
    others: OtherTopics  # (n, ...) what the text tells beside


class Analyst:
    """Says what articles are about, by a bundle's tables and by what the device has counted."""

    def __init__(self, bundle: Bundle, seen: Iterable[TitleWords] = (), encoder: SubwordEncoder | None = None) -> None:
        """Prepare a bundle's tables.

        Args:
            bundle: From `read_bundle`, with or without the optional members.
            seen: Titles that the device counts words in, such as those of its cache. Gone through when a word's rarity
                in a language asks for it that the bundle does not speak for.
            encoder: Of the bundle's pieces, where there is one already.
        """
        self._bundle = bundle
        self._encoder = encoder or SubwordEncoder(bundle.pieces)
        self._topics = topics_by_name(bundle.manifest.topics[1:])
        table = bundle.word_counts
        self._piece_counts = None if table is None else table.counts()
        self._num_titles = 0 if table is None else table.num_titles
        self._seen: dict[str, Counter[str]] = defaultdict(Counter)
        self._num_seen: Counter[str] = Counter()
        self._bundle_counts: dict[str, float] = {}
        self._uncounted: Iterable[TitleWords] = seen

    def learn(self, titles: Iterable[TitleWords]) -> None:
        """Count the words of more titles, but for languages that the bundle's own counts cover."""
        for title in titles:
            if not self.speaks_for(title.language):
                self._count_seen()
                counts = self._seen[title.language]
                counts.update(title.words)
                self._num_seen[title.language] += 1
                if len(counts) > _MOST_COUNTED:
                    self._seen[title.language] = Counter({word: n for word, n in counts.items() if n > 1})

    def _count_seen(self) -> None:
        seen, self._uncounted = self._uncounted, ()
        if seen:
            self.learn(seen)

    def topics(self, articles: Sequence[Article], texts: NDArray[np.float32] | None = None) -> Topics:
        """The topic of each article: its feed's category if the bundle knows it, else the most likely one.

        A category of `COARSE` gives way to a likely topic. Where no other category says what an article is about, more
        topics of the text may stand beside.

        Args:
            articles: Any number.
            texts: `NewsModel.pooled` of them, where that is known.

        Returns:
            Names of the bundle's topics, "" where none has a probability of at least `LEAST_PROBABILITY` or the text
            is in a language that the bundle does not read; probabilities, 1 for a category, `LEAST_PROBABILITY` for a
            coarse one, 0 for ""; and the others.
        """
        given = [fold(article.category) for article in articles]
        names = [self._topics.get(name, "") for name in given]
        probabilities = np.array([1.0 if name else 0.0 for name in names], np.float32)
        head = self._bundle.topic_head
        is_open = [not name or label in COARSE for name, label in zip(names, given, strict=True)]
        asked = [row for row, ask in enumerate(is_open) if ask and head and self.reads(articles[row])]
        others = no_others(len(articles))
        if head is None or not asked:
            return Topics(names, probabilities, others)
        if texts is None:
            tokens = [self._encoder.encode(text_of(articles[row])) for row in asked]
            texts = all_pooled(self._bundle.token_table, tokens)
        else:
            texts = texts[asked]
        found = head.probabilities(texts)
        best = found.argmax(axis=1)
        for row, topic, text, probability in zip(asked, best, texts, found.max(axis=1), strict=True):
            if probability >= LEAST_PROBABILITY and text.any():
                names[row], probabilities[row] = self._bundle.manifest.topics[topic + 1], probability
            elif names[row]:
                probabilities[row] = LEAST_PROBABILITY
        numbers = {name: number for number, name in enumerate(self._bundle.manifest.topics)}
        mains = np.array([numbers[names[row]] for row in asked], np.int64)
        others[asked] = other_topics(found * texts.any(axis=1, keepdims=True), mains)
        return Topics(names, probabilities, others)

    def reads(self, article: Article) -> bool:
        """Whether the bundle reads the article's language, or may do so: not every title tells its language."""
        language = language_of_article(article)
        return not language or language in self._bundle.manifest.languages

    def keywords(self, article: Article, k: int) -> tuple[str, ...]:
        """Up to `k` words by tf-idf, best first, in the tokenizer's spelling (lower case, without accents)."""
        title = title_words(article)
        return self.keywords_with(article, self.weigh(title), title.language, k)

    def keywords_with(self, article: Article, rarities: Mapping[str, float], language: str, k: int) -> tuple[str, ...]:
        """The same of an article whose title has been weighed."""
        counts = Counter(content_words(article.abstract, language))
        for word in rarities:
            counts[word] += _TITLE_COUNTS
        scores: dict[str, float] = {}
        for word, count in counts.items():
            if len(word) > 1 and is_taste(word, language):
                rarity = rarities.get(word)
                rarity = self.rarity(word, language) if rarity is None else rarity
                if rarity >= LEAST_RARITY:
                    scores[word] = count * rarity
        return tuple(sorted(scores, key=lambda word: (-scores[word], word))[:k])

    def title_weights(self, article: Article) -> dict[str, float]:
        """Each different word of the title with its rarity, above 0."""
        return {word: rarity for word, rarity in self.weigh(title_words(article)).items() if rarity > 0}

    def weigh(self, title: TitleWords) -> dict[str, float]:
        """Each different word of a title with its rarity."""
        return {word: self.rarity(word, title.language) for word in title.words}

    def rarity(self, word: str, language: str) -> float:
        """Inverse document frequency: the natural logarithm of titles to titles with the word, 0 if all have it."""
        count, total = 0.0, 0
        if self.speaks_for(language) or not language:
            count, total = self._count_in_bundle(word), self._num_titles
        if not self.speaks_for(language):
            self._count_seen()
            if language in self._seen:
                count += self._seen[language][word]
                total += self._num_seen[language]
        return max(0.0, math.log((total + 1) / (count + 0.5)))

    def speaks_for(self, language: str) -> bool:
        """Whether the bundle's own counts cover a language."""
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
