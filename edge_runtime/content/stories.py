"""Stories: articles about one event, found as they come in, so that a feed shows each event once.

Two articles are of one story if they have nearly one title (`title_fingerprint`), or one address and a word in common:
an address alone may be that of a page of notices. So are they if the titles of their stories are alike. A title is a
tf-idf vector of length 1, and stories are joined by the mean cosine between their members (average link), the most
similar first. Small stories have to be more alike than large ones. A mean, unlike a nearest neighbour, keeps A, B and C
apart when only A and B, and B and C, share a word.

Articles further apart than `WINDOW` are of two stories: a day later the same subject is news again.
The articles' vectors have no say: beside the words they gained nothing (docs/lab/LOG.md).

A word that many titles of one source have is the source's name ("... | The Gazette") or its subject. That is no sign of
a story, so such a word's rarity is counted in that source's titles.

An index leads from words to stories. An article is compared with at most `MOST_COMPARED` stories that share one of its
rarer words, so the cost of a batch grows with the batch and hardly with the cache.
"""

from __future__ import annotations

import heapq
import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b
from itertools import pairwise

import numpy as np

from edge_runtime.types import Article

WINDOW = timedelta(hours=24)
LEAST_SIMILARITY = 0.14  # mean cosine between the titles of two stories to be one
# What two single articles need on top. It falls with the root of the larger story's size.
LONE_SIMILARITY = 0.30
MOST_STORIES = 5_000  # in the index; those that ended the longest ago are forgotten
MOST_COMPARED = 64  # stories that an article is compared with
MOST_DISTANT = 3  # bits between the fingerprints of one title with small changes (Manku et al., WWW 2007)
# A word is common in a source if at least 5 + 0.25 * n of its n titles have it.
_COMMON = 5.0, 0.25
# If at most three of 64 bits differ, at least one of four blocks is the same.
_BLOCK_BITS = 16
_LEAST_WORDS = 4  # of a title that has a fingerprint
# A word of more stories brings none of them together, though it counts once they meet.
_MOST_SHARED = 200
_KEPT_WORDS = 200  # of a story, the heaviest
# Articles that are joined before the next ones come: else the name of a large story would be too common a word.
_BATCH = 500

_Key = str | tuple[int, int]


@dataclass(frozen=True, slots=True)
class StoryMember:
    """An article with the story that it belongs to."""

    article: Article
    story: str  # id of the story's first article
    published: datetime  # UTC-aware


@dataclass(frozen=True, slots=True)
class _Story:
    name: str
    entered: int  # lower is older; of two stories that become one the older gives its name
    members: tuple[str, ...]
    words: Mapping[str, float]  # sum of the members' vectors
    fingerprints: frozenset[int]
    addresses: tuple[str, ...]
    first: datetime
    last: datetime

    def found_by(self) -> Iterator[_Key]:
        """What it is found by: its words, blocks of its titles' fingerprints, addresses."""
        # No word holds a colon: the tokenizer parts words there.
        yield from self.words
        for fingerprint in self.fingerprints:
            yield from _blocks(fingerprint)
        yield from map("address:{}".format, self.addresses)


class StoryIndex:
    """The stories of some articles; new ones are added in batches."""

    def __init__(self, weigh: Callable[[Article], Mapping[str, float]], known: Iterable[StoryMember] = ()) -> None:
        """Index articles whose stories are known.

        Args:
            weigh: The words of an article's title with their rarity, above 0, such as `Analyst.title_weights`.
            known: Articles with their stories, oldest first. Those from before `WINDOW` may be left out.
        """
        self._weigh = weigh
        self._stories: dict[int, _Story] = {}
        self._found_by: dict[_Key, set[int]] = defaultdict(set)
        self._entered = 0
        self._num_titles: Counter[str] = Counter()  # by source
        self._num_with: dict[str, Counter[str]] = defaultdict(Counter)  # by source and word
        known = list(known)
        counted = self._count([member.article for member in known])
        groups: dict[str, _Story] = {}
        for member, words in zip(known, counted, strict=True):
            single = self._single(member.article, words, member.story, member.published)
            groups[member.story] = _joined(groups[member.story], single) if member.story in groups else single
        for story in groups.values():
            self._enter(story)

    def assign(self, articles: Sequence[Article], published: Sequence[datetime]) -> dict[str, str]:
        """Put new articles into stories.

        Args:
            articles: With ids that the index has not had; addresses are compared as they are.
            published: (len(articles),) UTC-aware; the time of arrival for an article without a time.

        Returns:
            Article id -> story, the id of the story's first article: of every new article, and of the older ones whose
            story turned out to be part of another one.
        """
        counted = self._count(articles)
        names: dict[str, str] = {}
        for begin in range(0, len(articles), _BATCH):
            batch = slice(begin, begin + _BATCH)
            names |= self._assign_batch(articles[batch], counted[batch], published[batch])
        for number in heapq.nsmallest(len(self._stories) - MOST_STORIES, self._stories, key=self._ended):
            self._leave(number)
        return names

    def _assign_batch(
        self, articles: Sequence[Article], counted: Sequence[Mapping[str, float]], published: Sequence[datetime]
    ) -> dict[str, str]:
        names = {article.article_id: article.article_id for article in articles}
        fresh = []
        for article, words, when in zip(articles, counted, published, strict=True):
            story = self._single(article, words, article.article_id, when)
            same = self._same(story)
            if len(same) == 1:
                fresh.append(self._absorb(same[0], story, names))
                continue
            for number in same:
                if _within_window(self._stories[number], story):  # as it has grown by now
                    story = self._merge(self._leave(number), story, names)
            fresh.append(self._enter(story))
        neighbours: dict[int, set[int]] = defaultdict(set)
        queue: list[tuple[float, int, int]] = []
        for number in dict.fromkeys(fresh):
            if number in self._stories:
                for other in self._candidates(number):
                    self._meet(number, other, neighbours, queue)
        while queue:
            _, one, other = heapq.heappop(queue)
            if one in self._stories and other in self._stories:
                joined = self._enter(self._merge(self._leave(one), self._leave(other), names))
                for number in sorted(neighbours.pop(one) | neighbours.pop(other)):
                    if number in self._stories:
                        self._meet(joined, number, neighbours, queue)
        return names

    def _meet(self, one: int, other: int, neighbours: dict[int, set[int]], queue: list[tuple[float, int, int]]) -> None:
        """Note two stories as neighbours, and queue them to be joined if they are alike."""
        neighbours[one].add(other)
        neighbours[other].add(one)
        similarity = _similarity(self._stories[one], self._stories[other])
        if similarity >= _least_similarity(self._stories[one], self._stories[other]):
            heapq.heappush(queue, (-similarity, one, other))

    def _same(self, story: _Story) -> list[int]:
        """Stories in the window with nearly the same title, or with the same address and a title that shares a word."""
        found = {
            number
            for address in story.addresses
            for number in self._found_by.get(f"address:{address}", ())
            if _similarity(story, self._stories[number]) > 0
        }
        for fingerprint in story.fingerprints:
            near = {number for block in _blocks(fingerprint) for number in self._found_by.get(block, ())}
            for number in near - found:
                other = self._stories[number]
                distances = ((fingerprint ^ mark).bit_count() for mark in other.fingerprints)
                if _within_window(story, other) and min(distances) <= MOST_DISTANT:
                    found.add(number)
        return sorted(found)

    def _candidates(self, number: int) -> list[int]:
        """The stories in the window that share the most with one, by its rarer words."""
        story = self._stories[number]
        shared: dict[int, float] = defaultdict(float)
        for word, weight in story.words.items():
            others = self._found_by[word]
            if len(others) <= _MOST_SHARED:
                for other in others:
                    shared[other] += weight * self._stories[other].words[word] / len(self._stories[other].members)
        shared.pop(number, None)
        near = [other for other in shared if _within_window(story, self._stories[other])]
        return heapq.nsmallest(MOST_COMPARED, near, key=lambda other: (-shared[other], other))

    def _count(self, articles: Iterable[Article]) -> list[Mapping[str, float]]:
        """Count articles and their titles' words, which are returned with their rarities."""
        counted = []
        for article in articles:
            words = self._weigh(article)
            self._num_titles[article.source] += 1
            of_source = self._num_with[article.source]
            for word in words:
                of_source[word] += 1
            counted.append(words)
        return counted

    def _rarities(self, source: str, words: Mapping[str, float]) -> dict[str, float]:
        """The words of a title with their rarity, or that in the source's titles if they are common there."""
        weights, titles = dict(words), self._num_titles[source]
        few, share = _COMMON
        for word, weight in weights.items():
            found = self._num_with[source][word]
            if found >= few + share * titles:
                weights[word] = min(weight, math.log((titles + 1) / (found + 0.5)))
        return weights

    def _single(self, article: Article, counted: Mapping[str, float], name: str, published: datetime) -> _Story:
        weights = self._rarities(article.source, counted)
        length = sum(weight * weight for weight in weights.values()) ** 0.5
        words = {word: weight / length for word, weight in weights.items()}
        fingerprints = [title_fingerprint(list(weights))] if len(weights) >= _LEAST_WORDS else []
        self._entered += 1
        return _Story(
            name=name,
            entered=self._entered,
            members=(article.article_id,),
            words=words,
            fingerprints=frozenset(fingerprints),
            addresses=(article.url,) if article.url else (),
            first=published,
            last=published,
        )

    def _merge(self, one: _Story, other: _Story, names: dict[str, str]) -> _Story:
        older, younger = sorted((one, other), key=lambda story: story.entered)
        names |= dict.fromkeys(younger.members, older.name)
        return _joined(older, younger)

    def _enter(self, story: _Story) -> int:
        """Put a story into the index under a new number, which is returned."""
        number = self._entered = self._entered + 1
        self._stories[number] = story
        for key in story.found_by():
            self._found_by[key].add(number)
        return number

    def _absorb(self, number: int, story: _Story, names: dict[str, str]) -> int:
        """Join an article to a story that stays in the index; to enter it anew would take a step for each member."""
        before = self._stories[number]
        after = self._stories[number] = self._merge(before, story, names)
        for key in story.found_by():
            self._found_by[key].add(number)
        # Words beyond `_KEPT_WORDS`.
        for word in {*before.words, *story.words} - after.words.keys():
            self._found_by[word].discard(number)
            if not self._found_by[word]:
                del self._found_by[word]
        return number

    def _ended(self, number: int) -> tuple[datetime, int]:
        return self._stories[number].last, number

    def _leave(self, number: int) -> _Story:
        story = self._stories.pop(number)
        for key in story.found_by():
            self._found_by[key].discard(number)
            if not self._found_by[key]:
                del self._found_by[key]
        return story


def title_fingerprint(words: Sequence[str]) -> int:
    """64 bits that differ little where the words and pairs of words do (SimHash; Charikar, STOC 2002).

    Args:
        words: Of a title, in order, at least one.
    """
    shingles = [*words, *map(" ".join, pairwise(words))]
    hashes = b"".join(blake2b(shingle.encode("utf-8", "surrogatepass"), digest_size=8).digest() for shingle in shingles)
    bits = np.unpackbits(np.frombuffer(hashes, np.uint8).reshape(len(shingles), 8), axis=1)
    return int.from_bytes(np.packbits(2 * bits.sum(axis=0, dtype=np.int64) > len(shingles)).tobytes(), "big")


def _blocks(fingerprint: int) -> Iterator[tuple[int, int]]:
    for place in range(0, 64, _BLOCK_BITS):
        yield place, fingerprint >> place & (1 << _BLOCK_BITS) - 1


def _within_window(one: _Story, other: _Story) -> bool:
    return max(one.last, other.last) - min(one.first, other.first) <= WINDOW


def _similarity(one: _Story, other: _Story) -> float:
    """Mean cosine between the members' titles; 0 if they lie too far apart in time."""
    if not _within_window(one, other):
        return 0.0
    few, many = sorted((one.words, other.words), key=len)
    return sum(weight * many.get(word, 0.0) for word, weight in few.items()) / len(one.members) / len(other.members)


def _least_similarity(one: _Story, other: _Story) -> float:
    """One shared word is chance between two articles, but not where most of a large story's titles have it."""
    return LEAST_SIMILARITY + LONE_SIMILARITY / math.sqrt(max(len(one.members), len(other.members)))


def _joined(older: _Story, younger: _Story) -> _Story:
    words = dict(older.words)
    for word, weight in younger.words.items():
        words[word] = words.get(word, 0.0) + weight
    if len(words) > _KEPT_WORDS:
        words = dict(heapq.nlargest(_KEPT_WORDS, words.items(), key=lambda item: (item[1], item[0])))
    return _Story(
        name=older.name,
        entered=older.entered,
        members=older.members + younger.members,
        words=words,
        fingerprints=older.fingerprints | younger.fingerprints,
        addresses=older.addresses + younger.addresses,
        first=min(older.first, younger.first),
        last=max(older.last, younger.last),
    )
