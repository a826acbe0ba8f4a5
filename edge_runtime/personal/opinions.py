"""What a reader did with articles, each summed to one opinion, and which of them are read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Set

import numpy as np
from numpy.typing import NDArray

from edge_runtime.model.parts import READ
from edge_runtime.personal.interests import Opinion, updated
from edge_runtime.personal.kept_by_article import KeptByArticle
from edge_runtime.personal.reading_languages import languages_read
from edge_runtime.storage.cached_rows import CachedRows
from edge_runtime.types import Event, ReadMark, Signal


class Opinions:
    """The opinions of one reader.

    Attributes:
        by_article: By article id, latest touched last.
        against: Those of them that are; latest touched last.
        hidden: Ids of the articles that the reader hid.
        opened_of_source: How many articles of each source were opened.
        num_events: How many events were recorded.
        said: Another number after each change of what is read or judged.
    """

    def __init__(self, kept: KeptByArticle) -> None:
        """Know nothing yet.

        Args:
            kept: What is kept of each article.
        """
        self._kept = kept
        self._marks: dict[str, bool] = {}  # article id -> marked as read or as unread
        self._read: set[str] | None = None  # ids, made when it is asked for
        self._languages: tuple[int, frozenset[str]] | None = None  # after so many events
        self.by_article: dict[str, Opinion] = {}
        self.against: dict[str, Opinion] = {}
        self.hidden: set[str] = set()
        self.opened_of_source: Counter[str] = Counter()
        self.num_events = 0
        self.said = 0

    def record(self, event: Event) -> Opinion:
        """Take an event, not before those that were recorded; the opinion after it is returned."""
        name = event.article.article_id
        before = self.by_article.pop(name, None)
        after = self.by_article[name] = updated(before, event)
        self.num_events += 1
        (self.hidden.add if after.is_hidden else self.hidden.discard)(name)
        self.against.pop(name, None)
        if after.is_against:
            self.against[name] = after
        if after.is_opened and not (before and before.is_opened):
            self.opened_of_source[event.article.source] += 1
        if event.signal in (Signal.OPEN, Signal.DWELL) and self._marks.get(name) is False:
            del self._marks[name]
        is_read = after.is_opened and self._marks.get(name, True)
        if is_read and self._read is not None:
            self._read.add(name)
        keys, self.said = (self.said, self.said + 1), self.said + 1
        self._kept.patch("known", keys, name, number=True)
        self._kept.patch(READ, keys, name, number=bool(is_read or name in self.read))
        return after

    def take_marks(self, marks: Iterable[ReadMark]) -> None:
        """Take these marks in the place of all before; nothing is learned from them."""
        self._marks = {mark.article_id: mark.is_read for mark in marks}
        self._read, self.said = None, self.said + 1

    @property
    def read(self) -> Set[str]:
        """Ids of what was opened or marked as read, but for what was marked as unread since."""
        if self._read is None:
            opened = {name for name, opinion in self.by_article.items() if opinion.is_opened}
            self._read = {*opened, *self._marks} - {name for name, is_read in self._marks.items() if not is_read}
        return self._read

    @property
    def disliked(self) -> Set[str]:
        """Ids of the articles that the reader disliked."""
        return {name for name, opinion in self.against.items() if opinion.is_disliked}

    def is_read(self, rows: CachedRows) -> NDArray[np.bool_]:
        """(num_articles,) whether each was opened or marked as read; a mark "unread" says more than an open."""
        return self._kept.of(READ, rows, self.said, lambda r: r.are_among(self.read))

    def is_known(self, rows: CachedRows) -> NDArray[np.bool_]:
        """(num_articles,) whether the reader has read each article or said something of it."""
        return self._kept.of("known", rows, self.said, lambda r: r.are_among(self.read) | r.are_among(self.by_article))

    def languages(self) -> frozenset[str]:
        """The languages of what the reader reads; see `reading_languages`."""
        if self._languages is None or self._languages[0] != self.num_events:
            read = (opinion.article for opinion in reversed(self.by_article.values()) if opinion.weight > 0)
            self._languages = self.num_events, languages_read(read)
        return self._languages[1]
