"""Stories that are known from before, looked at when a new article may be of them: a process begins without them."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cached_property
from typing import NamedTuple
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from edge_runtime.content.story import Key, address_key, blocks

_ALL_BITS = (1 << 64) - 1


class ShelvedTitle(NamedTuple):
    """An article whose story is known, with what was found out of its title when it came."""

    article_id: str
    source: str
    story: str  # id of the story's first article
    published_s: float  # seconds UTC
    words: str  # the different ones, with a space between
    rarities: bytes  # float32 of each word
    keys: bytes  # `shelf_keys`
    signed_fingerprint: int | None  # its 64 bits as a signed number, as a database has it
    address: str  # canonical; "" for none

    @property
    def published(self) -> datetime:
        """UTC-aware."""
        return datetime.fromtimestamp(self.published_s, UTC)

    @property
    def fingerprint(self) -> int | None:
        """`story.fingerprint_of` the title."""
        return None if self.signed_fingerprint is None else self.signed_fingerprint & _ALL_BITS

    def weights(self) -> dict[str, float]:
        """The words with their rarities, above 0."""
        rarities = zip(self.words.split(), array("f", self.rarities), strict=True)
        return {word: rarity for word, rarity in rarities if rarity > 0}


def shelf_keys(words: Iterable[str], fingerprint: int | None, address: str) -> bytes:
    """What a title is found by: 4 bytes for each of its words, then for the other keys of `Story.found_by`."""
    keys: list[Key] = list(words)
    if fingerprint is not None:
        keys += blocks(fingerprint)
    if address:
        keys.append(address_key(address))
    return array("I", map(_key_number, keys)).tobytes()


def _key_number(key: Key) -> int:
    # Two keys of one number bring a story out that is not needed, which changes nothing.
    return crc32(key.encode()) if isinstance(key, str) else key[0] << 16 | key[1]


class StoryShelf:
    """Articles by story; a story is given out once."""

    def __init__(self, titles: Sequence[ShelvedTitle] = ()) -> None:
        """Keep these.

        Args:
            titles: Oldest first.
        """
        self._titles = titles
        self._left: dict[str, list[int]] = {}  # story -> places
        for place, title in enumerate(titles):
            self._left.setdefault(title.story, []).append(place)
        self._asked: set[Key] = set()

    def __len__(self) -> int:
        return len(self._titles)

    def counts(self, source: str, words: Sequence[str]) -> tuple[int, Mapping[str, int]]:
        """The number of a source's titles, and how many of them have each of some words."""
        number, titles = self._sources.get(source, (0, 0))
        if not titles:
            return 0, {}
        wanted = np.array([_key_number(word) for word in words], np.uint64) | np.uint64(number << 32)
        found = np.searchsorted(self._of_sources, wanted, "right") - np.searchsorted(self._of_sources, wanted, "left")
        return titles, dict(zip(words, found.tolist(), strict=True))

    def take(self, keys: Iterable[Key]) -> list[tuple[int, list[ShelvedTitle]]]:
        """The stories that are found by one of some keys and are still here; they are not given out again.

        Returns:
            Each with a number below `len`, the lower the older, and its articles, oldest first.
        """
        if not self._left or not (fresh := [key for key in keys if key not in self._asked]):
            return []
        self._asked.update(fresh)
        numbers, owners = self._found_by
        wanted = np.array([_key_number(key) for key in fresh], np.uint32)
        begins, ends = (np.searchsorted(numbers, wanted, side).tolist() for side in ("left", "right"))
        owning = {place for begin, end in zip(begins, ends, strict=True) for place in owners[begin:end].tolist()}
        names = {self._titles[place].story for place in owning} & self._left.keys()
        places = sorted(self._left.pop(name) for name in names)
        return [(of_story[0], [self._titles[place] for place in of_story]) for of_story in places]

    @cached_property
    def _keys(self) -> tuple[NDArray[np.uint32], NDArray[np.intp]]:
        """The keys of all titles one after another, and how many of them each title has."""
        keys = np.frombuffer(b"".join(title.keys for title in self._titles), np.uint32)
        return keys, np.fromiter((len(title.keys) // 4 for title in self._titles), np.intp, len(self._titles))

    @cached_property
    def _found_by(self) -> tuple[NDArray[np.uint32], NDArray[np.intp]]:
        """All keys, rising, and the place of the title that has each."""
        keys, sizes = self._keys
        order = np.argsort(keys, kind="stable")
        return keys[order], np.repeat(np.arange(len(sizes)), sizes)[order]

    @cached_property
    def _sources(self) -> dict[str, tuple[int, int]]:
        """The number of each source, and how many titles it has."""
        sources: dict[str, tuple[int, int]] = {}
        for title in self._titles:
            number, titles = sources.get(title.source, (len(sources), 0))
            sources[title.source] = number, titles + 1
        return sources

    @cached_property
    def _of_sources(self) -> NDArray[np.uint64]:
        """The words of all titles, rising, with their sources' numbers in the upper half."""
        keys, sizes = self._keys
        num_words = np.fromiter((len(title.rarities) // 4 for title in self._titles), np.intp, len(sizes))
        within = np.arange(len(keys)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        sources = np.fromiter((self._sources[title.source][0] for title in self._titles), np.uint64, len(sizes))
        is_word = within < np.repeat(num_words, sizes)
        return np.sort(keys[is_word] | (np.repeat(sources, sizes)[is_word] << np.uint64(32)))
