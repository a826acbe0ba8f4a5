"""Which words the reader picks: those that lists gave a weight, and that stand in titles which the reader opened."""

from __future__ import annotations

from collections.abc import Mapping

from edge_runtime.content.function_words import is_taste
from edge_runtime.content.title_words import Words, slot_of
from edge_runtime.content.titles import title_words
from edge_runtime.personal.interests import Opinion
from edge_runtime.personal.shown_lists import ShownLists
from edge_runtime.types import Article

OFTEN_WITH = 2  # articles that were opened


def picked_words(
    article: Article, slots: Words, most: int, lists: ShownLists, opinions: Mapping[str, Opinion]
) -> list[str]:
    """See `ReaderModel.picked_words`."""
    title, counted = title_words(article), set(slots.tolist())
    weights = {
        word: weight
        for word in title.words
        if is_taste(word, title.language)
        and (slot := slot_of(word)) in counted
        and (weight := lists.word_head.weight(slot)) > 0
    }
    found: list[str] = []
    for word in sorted(weights, key=lambda word: -weights[word]):
        if len(found) == most:
            break
        if _is_opened_with(word, lists, opinions):
            found.append(word)
    return found


def _is_opened_with(word: str, lists: ShownLists, opinions: Mapping[str, Opinion]) -> bool:
    """Whether the reader opened enough articles with a word; a slot alone does not say so, as words share slots."""
    times = 0
    for name in lists.opened_with(slot_of(word)):
        opinion = opinions.get(name)
        if opinion and opinion.is_opened and word in title_words(opinion.article).words:
            times += 1
            if times == OFTEN_WITH:
                return True
    return False
