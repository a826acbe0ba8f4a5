"""Which words the reader picks: those that lists gave a weight, and that stand in titles which the reader opened."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from edge_runtime.content.function_words import is_taste
from edge_runtime.content.title_words import Words, slot_of
from edge_runtime.content.titles import content_words, is_pair, title_words, words_of_title
from edge_runtime.personal.interests import Opinion
from edge_runtime.personal.shown_lists import ShownLists
from edge_runtime.storage.cached_rows import CachedRows
from edge_runtime.types import Article, PickedWord

OFTEN_WITH = 2  # articles that were opened


def picked_words(
    article: Article, slots: Words, most: int, lists: ShownLists, opinions: Mapping[str, Opinion]
) -> list[str]:
    """See `ReaderModel.picked_words`."""
    counted = {slot for slot in slots.tolist() if lists.word_head.weight(slot) > 0}
    if not counted:
        return []
    title = title_words(article)
    weights = {
        word: lists.word_head.weight(slot)
        for word in title.words
        if (slot := slot_of(word)) in counted and not is_pair(word) and is_taste(word, title.language)
    }
    found: list[str] = []
    for word in sorted(weights, key=lambda word: -weights[word]):
        if len(found) == most:
            break
        if _is_opened_with(word, lists, opinions):
            found.append(word)
    return found


def learned_words(lists: ShownLists, rows: CachedRows, opinions: Mapping[str, Opinion]) -> list[PickedWord]:
    """Every word of the titles of lists that has a weight, the one that is picked most first.

    Args:
        lists: What they have taught.
        rows: The cache.
        opinions: By article id.
    """
    slots = dict(lists.told())
    picked: Counter[str] = Counter()
    shown: Counter[str] = Counter()
    for (name, counted), place in zip(slots.items(), rows.places_of(slots).tolist(), strict=True):
        title = words_of_title(rows.titles[place], rows.sources[place], rows.languages[place])
        words = [word for word in title.words if slot_of(word) in counted and is_taste(word, title.language)]
        shown.update(words)
        if (opinion := opinions.get(name)) and opinion.weight > 0:
            picked.update(words)
    found = [
        PickedWord(word, weight, picked[word], times)
        for word, times in shown.items()
        if (weight := lists.word_head.weight(slot_of(word)))
    ]
    return sorted(found, key=lambda one: (-one.weight, one.word))


def one_word(text: str) -> str:
    """A word in the tokenizer's spelling.

    Raises:
        ValueError: It is none, or several.
    """
    found = content_words(text, "")
    if len(found) != 1:
        raise ValueError(f"{text!r}: give one word")
    return found[0]


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
