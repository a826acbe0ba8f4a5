"""The words of titles that the reader picks or passes over, and those that are to count for nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from edge_runtime import PickedWord, Wording
from edge_runtime.screens.reading import Reading

MOST_WORDS = 30  # of each kind


@dataclass(frozen=True, slots=True)
class WordRow:
    """A word and what lists have taught of it."""

    word: str
    about: str
    bar: float  # -1 to 1, in units of the largest weight


@dataclass(frozen=True, slots=True)
class WordsPage:
    """Words by what the reader does with them."""

    picked: tuple[WordRow, ...]  # most first
    passed: tuple[WordRow, ...]  # likewise
    dropped: tuple[str, ...]


def words_page(session: Reading, now: datetime) -> WordsPage:
    """What lists have taught until now."""
    return page_of(session.reader.words(now), session.reader.dropped_words(), session.tr)


def page_of(words: Sequence[PickedWord], dropped: Sequence[str], tr: Wording) -> WordsPage:
    """The page for words, the one that is picked most first."""
    largest = max((abs(word.weight) for word in words), default=0.0) or 1.0
    rows = [
        WordRow(
            word.word,
            tr("opened {opened} of {shown}", opened=word.opened, shown=word.shown),
            word.weight / largest,
        )
        for word in words
    ]
    picked = [row for row in rows if row.bar > 0][:MOST_WORDS]
    passed = [row for row in reversed(rows) if row.bar < 0][:MOST_WORDS]
    return WordsPage(tuple(picked), tuple(passed), tuple(dropped))
