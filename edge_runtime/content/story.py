"""One story: its members' titles as a sum of vectors, what it is found by, and how alike two stories are."""

from __future__ import annotations

import heapq
import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b
from itertools import pairwise

import numpy as np

WINDOW = timedelta(hours=24)
LEAST_SIMILARITY = 0.14  # mean cosine between the titles of two stories to be one
# What two single articles need on top. It falls with the root of the larger story's size.
LONE_SIMILARITY = 0.30
# If at most three of 64 bits differ, at least one of four blocks is the same.
_BLOCK_BITS = 16
_LEAST_WORDS = 4  # of a title that has a fingerprint
_KEPT_WORDS = 200  # of a story, the heaviest

Key = str | tuple[int, int]


@dataclass(frozen=True, slots=True)
class Story:
    """Some articles of one event."""

    name: str
    entered: int  # lower is older; of two stories that become one the older gives its name
    members: tuple[str, ...]
    words: Mapping[str, float]  # sum of the members' vectors
    fingerprints: frozenset[int]
    addresses: tuple[str, ...]
    first: datetime
    last: datetime

    def found_by(self) -> Iterator[Key]:
        """What it is found by: its words, blocks of its titles' fingerprints, addresses."""
        yield from self.words
        for fingerprint in self.fingerprints:
            yield from blocks(fingerprint)
        yield from map(address_key, self.addresses)


def single(
    article_id: str,
    weights: Mapping[str, float],
    marks: tuple[int | None, str],
    name: str,
    published: datetime,
    entered: int,
) -> Story:
    """A story of one article.

    Args:
        article_id: Its id.
        weights: The words of its title with their rarity, above 0.
        marks: The title's fingerprint (`fingerprint_of`), and the article's address, "" for none.
        name: Of the story.
        published: UTC-aware.
        entered: Its number; lower is older.
    """
    length = math.sqrt(sum(weight * weight for weight in weights.values()))
    fingerprint, address = marks
    return Story(
        name=name,
        entered=entered,
        members=(article_id,),
        words={word: weight / length for word, weight in weights.items()},
        fingerprints=frozenset() if fingerprint is None else frozenset((fingerprint,)),
        addresses=(address,) if address else (),
        first=published,
        last=published,
    )


def address_key(address: str) -> str:
    """What a story is found by that has an address. No word holds a colon: the tokenizer parts words there."""
    return f"address:{address}"


def title_fingerprint(words: Sequence[str]) -> int:
    """64 bits that differ little where the words and pairs of words do (SimHash; Charikar, STOC 2002).

    Args:
        words: Of a title, in order, at least one.
    """
    shingles = [*words, *map(" ".join, pairwise(words))]
    hashes = b"".join(blake2b(shingle.encode("utf-8", "surrogatepass"), digest_size=8).digest() for shingle in shingles)
    bits = np.unpackbits(np.frombuffer(hashes, np.uint8).reshape(len(shingles), 8), axis=1)
    return int.from_bytes(np.packbits(2 * bits.sum(axis=0, dtype=np.int64) > len(shingles)).tobytes(), "big")


def fingerprint_of(words: Collection[str]) -> int | None:
    """The fingerprint of a title; None for one that is too short to have one."""
    return title_fingerprint(list(words)) if len(words) >= _LEAST_WORDS else None


def blocks(fingerprint: int) -> Iterator[tuple[int, int]]:
    """The parts of a fingerprint, one of which two near ones share."""
    for place in range(0, 64, _BLOCK_BITS):
        yield place, fingerprint >> place & (1 << _BLOCK_BITS) - 1


def within_window(one: Story, other: Story) -> bool:
    """Whether no two members of two stories lie further apart than `WINDOW`."""
    return max(one.last, other.last) - min(one.first, other.first) <= WINDOW


def similarity(one: Story, other: Story) -> float:
    """Mean cosine between the members' titles; 0 if they lie too far apart in time."""
    if not within_window(one, other):
        return 0.0
    few, many = one.words, other.words
    if len(many) < len(few):
        few, many = many, few
    total = 0.0
    for word in few.keys() & many.keys():
        total += few[word] * many[word]
    return total / len(one.members) / len(other.members)


def least_similarity(one: Story, other: Story) -> float:
    """One shared word is chance between two articles, but not where most of a large story's titles have it."""
    return LEAST_SIMILARITY + LONE_SIMILARITY / math.sqrt(max(len(one.members), len(other.members)))


def joined(older: Story, younger: Story) -> Story:
    """Two stories as one."""
    words = dict(older.words)
    for word, weight in younger.words.items():
        words[word] = words.get(word, 0.0) + weight
    if len(words) > _KEPT_WORDS:
        words = dict(heapq.nlargest(_KEPT_WORDS, words.items(), key=lambda item: (item[1], item[0])))
    return Story(
        name=older.name,
        entered=older.entered,
        members=older.members + younger.members,
        words=words,
        fingerprints=older.fingerprints | younger.fingerprints,
        addresses=older.addresses + younger.addresses,
        first=min(older.first, younger.first),
        last=max(older.last, younger.last),
    )
