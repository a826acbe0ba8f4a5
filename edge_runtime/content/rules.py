"""Follows and mutes: which articles each of a reader's rules is about.

Mute, follow, the count of a rule and the reason "You follow ..." all take their articles from here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np

from edge_runtime.content.compare_text import fold, has_word
from edge_runtime.content.own_words import Nearness, near_by_vector, near_by_words, words_of
from edge_runtime.types import Rule, RuleKind

Places = Sequence[int]  # row numbers in the cache, ascending
PlacedText = tuple[int, str]  # place; title and abstract folded, a line each


class RuleMatcher:
    """Finds the articles of rules: each rule once, and the texts are read once for all rules that are new.

    It keeps what it found, so it serves for as long as the articles stay the same.
    """

    def __init__(
        self,
        sources: Sequence[str],
        topics: Iterable[tuple[str, ...]],
        read_texts: Callable[[], Iterable[PlacedText]],
        cosines: Callable[[str], Nearness | None],
    ) -> None:
        """Know the articles; nothing is read before a rule asks for it.

        Args:
            sources: (num_articles,) as the feeds name them; gone through once, if a rule asks for it.
            topics: (num_articles,) the article's own category and the one that analysis gave it; likewise.
            read_texts: Gives the texts in ascending order of places.
            cosines: Gives (num_articles,) of the articles to a text; None for one that the bundle cannot read.
        """
        self._sources = sources
        self._topics = topics
        self._read_texts = read_texts
        self._cosines = cosines
        self._near: dict[str, Nearness] = {}  # by text
        self._by_name: dict[RuleKind, Mapping[str, Places]] = {}
        self._by_word: dict[str, Places] = {}

    def places(self, rules: Sequence[Rule]) -> dict[Rule, Places]:
        """Of each rule, the places of the articles that it is about.

        A source or a topic has to be the rule's value as a whole. A word or phrase has to stand in the title or in the
        abstract with borders of words around it (`has_word`).
        """
        words = [fold(rule.value) for rule in rules if rule.kind is RuleKind.WORD]
        texts = [rule.value for rule in rules if rule.kind is RuleKind.TEXT]
        if new := {*words, *(word for text in texts for word in words_of(text))} - self._by_word.keys():
            self._by_word |= _places_of_words(new, self._read_texts())
        near = self.nearness(texts)
        return {
            rule: np.flatnonzero(near[rule.value]).tolist()
            if rule.kind is RuleKind.TEXT
            else self._index(rule.kind).get(fold(rule.value), ())
            for rule in rules
        }

    def nearness(self, texts: Iterable[str]) -> dict[str, Nearness]:
        """How near each article is to each of some texts, 0 to 1; see `own_words`. `places` was asked for them before.

        Returns:
            Text -> (num_articles,) float32.
        """
        for text in texts:
            if text not in self._near:
                cosines, words = self._cosines(text), words_of(text)
                by_words = near_by_words(words, self._by_word, len(self._sources))
                self._near[text] = by_words if cosines is None else np.maximum(by_words, near_by_vector(cosines))
        return {text: self._near[text] for text in texts}

    def _index(self, kind: RuleKind) -> Mapping[str, Places]:
        if kind is RuleKind.WORD:
            return self._by_word
        if kind not in self._by_name:
            names = ((source,) for source in self._sources) if kind is RuleKind.SOURCE else self._topics
            self._by_name[kind] = _places_by_name(names)
        return self._by_name[kind]


def _places_by_name(names: Iterable[tuple[str, ...]]) -> Mapping[str, Places]:
    """Folded name -> places that have it, each place once."""
    # Few names are different.
    folded: dict[str, str] = {}
    found: dict[str, list[int]] = defaultdict(list)
    for place, own in enumerate(names):
        for name in dict.fromkeys(folded.get(name) or folded.setdefault(name, fold(name)) for name in own):
            found[name].append(place)
    return dict(found)


def _places_of_words(words: Iterable[str], texts: Iterable[PlacedText]) -> dict[str, Places]:
    """Folded word -> places whose text has it."""
    found: dict[str, list[int]] = {word: [] for word in words}
    for place, text in texts:
        for word, of_word in found.items():
            # Most words are not even within longer ones, and that is faster to tell.
            if word in text and has_word(text, word):
                of_word.append(place)
    return dict(found)
