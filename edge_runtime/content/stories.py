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
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import reduce

from edge_runtime.content.story import (
    LEAST_SIMILARITY,
    WINDOW,
    Key,
    Story,
    address_key,
    blocks,
    fingerprint_of,
    joined,
    least_similarity,
    similarity,
    single,
    title_fingerprint,
    within_window,
)
from edge_runtime.content.story_shelf import StoryShelf
from edge_runtime.content.titles import KeptTitle
from edge_runtime.types import Article

__all__ = ["WINDOW", "StoryIndex", "title_fingerprint"]

MOST_STORIES = 5_000  # in the index; those that ended the longest ago are forgotten
MOST_COMPARED = 64  # stories that an article is compared with
MOST_DISTANT = 3  # bits between the fingerprints of one title with small changes (Manku et al., WWW 2007)
# A word is common in a source if at least 5 + 0.25 * n of its n titles have it.
_COMMON = 5.0, 0.25
# A word of more stories brings none of them together, though it counts once they meet.
_MOST_SHARED = 200
# Articles that are joined before the next ones come: else the name of a large story would be too common a word.
_BATCH = 500
_DIGITS = 9  # of a similarity: sums of weights differ in their last bits

# Likeness, below 0; when the first articles of both entered; numbers of the stories.
Pair = tuple[float, int, int, int, int]


class StoryIndex:
    """The stories of some articles; new ones are added in batches."""

    def __init__(self, weigh: Callable[[Article], Mapping[str, float]], shelf: StoryShelf | None = None) -> None:
        """Begin with stories that are known.

        Args:
            weigh: The words of an article's title with their rarity, above 0, such as `Analyst.title_weights`.
            shelf: Articles whose stories are known. Those from before `WINDOW` may be left out.
        """
        self._weigh = weigh
        self._shelf = shelf or StoryShelf()
        self._stories: dict[int, Story] = {}
        # Numbers of stories; of a word with its weight in each.
        self._found_by: defaultdict[Key, dict[int, float]] = defaultdict(dict)
        self._entered = len(self._shelf)
        # Of the titles that were not on the shelf.
        self._num_titles: Counter[str] = Counter()  # by source
        self._num_with: dict[str, Counter[str]] = defaultdict(Counter)  # by source and word

    def assign(
        self, articles: Sequence[Article], published: Sequence[datetime], titles: Sequence[KeptTitle] | None = None
    ) -> dict[str, str]:
        """Put new articles into stories.

        Args:
            articles: With ids that the index has not had; addresses are compared as they are.
            published: (len(articles),) UTC-aware; the time of arrival for an article without a time.
            titles: (len(articles),) what was found of the articles, their canonical addresses too; found here if not
                given.

        Returns:
            Article id -> story, the id of the story's first article: of every new article, and of the older ones whose
            story turned out to be part of another one.
        """
        found = list(map(self._title, articles)) if titles is None else titles
        for article, title in zip(articles, found, strict=True):
            self._count(article.source, title.rarities)
        names: dict[str, str] = {}
        for begin in range(0, len(articles), _BATCH):
            batch = slice(begin, begin + _BATCH)
            names |= self._assign_batch(articles[batch], found[batch], published[batch])
        for number in heapq.nsmallest(len(self._stories) - MOST_STORIES, self._stories, key=self._ended):
            self._leave(number)
        return names

    def _title(self, article: Article) -> KeptTitle:
        rarities = self._weigh(article)
        return KeptTitle("", rarities, fingerprint_of(rarities), article.url)

    def _assign_batch(
        self, articles: Sequence[Article], titles: Sequence[KeptTitle], published: Sequence[datetime]
    ) -> dict[str, str]:
        names = {article.article_id: article.article_id for article in articles}
        fresh = []
        for article, title, when in zip(articles, titles, published, strict=True):
            self._entered += 1
            weights, marks = self._rarities(article.source, title.rarities), (title.fingerprint, title.address)
            story = single(article.article_id, weights, marks, article.article_id, when, self._entered)
            same = self._same(story)
            if len(same) == 1:
                fresh.append(self._absorb(same[0], story, names))
                continue
            for number in same:
                if within_window(self._stories[number], story):  # as it has grown by now
                    story = self._merge(self._leave(number), story, names)
            fresh.append(self._enter(story))
        neighbours: dict[int, set[int]] = defaultdict(set)
        queue: list[Pair] = []
        for number in dict.fromkeys(fresh):
            if number in self._stories:
                for other, alike in self._candidates(number):
                    self._meet(number, other, alike, neighbours, queue)
        while queue:
            *_, one, other = heapq.heappop(queue)
            if one in self._stories and other in self._stories:
                both = self._enter(self._merge(self._leave(one), self._leave(other), names))
                for number in sorted(neighbours.pop(one) | neighbours.pop(other)):
                    if number in self._stories:
                        alike = similarity(self._stories[both], self._stories[number])
                        self._meet(both, number, alike, neighbours, queue)
        return names

    def _meet(
        self,
        one: int,
        other: int,
        alike: float,
        neighbours: dict[int, set[int]],
        queue: list[Pair],
    ) -> None:
        """Note two stories as neighbours, and queue them to be joined if they are alike."""
        neighbours[one].add(other)
        neighbours[other].add(one)
        if alike >= LEAST_SIMILARITY and alike >= least_similarity(self._stories[one], self._stories[other]):
            # Of pairs that are as much alike the one that came first, by their articles: numbers of stories change.
            older, younger = sorted((self._stories[one].entered, self._stories[other].entered))
            heapq.heappush(queue, (-round(alike, _DIGITS), older, younger, one, other))

    def _same(self, story: Story) -> list[int]:
        """Stories in the window with nearly the same title, or with the same address and a title that shares a word."""
        self._open(story.found_by())
        found = {
            number
            for address in story.addresses
            for number in self._found_by.get(address_key(address), ())
            if similarity(story, self._stories[number]) > 0
        }
        for fingerprint in story.fingerprints:
            near = {number for block in blocks(fingerprint) for number in self._found_by.get(block, ())}
            for number in near - found:
                other = self._stories[number]
                distances = ((fingerprint ^ mark).bit_count() for mark in other.fingerprints)
                if within_window(story, other) and min(distances) <= MOST_DISTANT:
                    found.add(number)
        return sorted(found)

    def _candidates(self, number: int) -> list[tuple[int, float]]:
        """The stories in the window that share the most with one, by its rarer words, and how alike they are."""
        story = self._stories[number]
        self._open(story.words)
        shared: dict[int, float] = {}
        common: list[str] = []
        for word, weight in story.words.items():
            others = self._found_by[word]
            if len(others) > _MOST_SHARED:
                common.append(word)
                continue
            for other, of_other in others.items():
                shared[other] = shared.get(other, 0.0) + weight * of_other
        shared.pop(number, None)
        stories = self._stories
        near = [
            (-product / len(stories[other].members), other)
            for other, product in shared.items()
            if within_window(story, stories[other])
        ]
        found = []
        for mean, other in heapq.nsmallest(MOST_COMPARED, near):
            words, size = stories[other].words, len(stories[other].members)
            rest = sum(story.words[word] * words.get(word, 0.0) for word in common) / size
            found.append((other, (rest - mean) / len(story.members)))
        return found

    def _open(self, keys: Iterable[Key]) -> None:
        """Take the stories that are found by some keys from the shelf."""
        for number, titles in self._shelf.take(keys):
            singles = [
                single(
                    title.article_id,
                    self._rarities(title.source, title.weights()),
                    (title.fingerprint, title.address),
                    title.story,
                    title.published,
                    number,
                )
                for title in titles
            ]
            self._put(number, reduce(joined, singles))

    def _count(self, source: str, words: Mapping[str, float]) -> None:
        """Count a title of a source, and its words."""
        self._num_titles[source] += 1
        self._num_with[source].update(words.keys())

    def _rarities(self, source: str, words: Mapping[str, float]) -> dict[str, float]:
        """The words of a title with their rarity, or that in the source's titles if they are common there."""
        weights = {word: weight for word, weight in words.items() if weight > 0}
        titles, known = self._shelf.counts(source, list(weights))
        titles, of_source = titles + self._num_titles[source], self._num_with[source]
        few, share = _COMMON
        common = few + share * titles
        for word, weight in weights.items():
            found = of_source[word] + known.get(word, 0)
            if found >= common:
                weights[word] = min(weight, math.log((titles + 1) / (found + 0.5)))
        return weights

    def _merge(self, one: Story, other: Story, names: dict[str, str]) -> Story:
        older, younger = sorted((one, other), key=lambda story: story.entered)
        names |= dict.fromkeys(younger.members, older.name)
        return joined(older, younger)

    def _enter(self, story: Story) -> int:
        """Put a story into the index under a new number, which is returned."""
        number = self._entered = self._entered + 1
        self._put(number, story)
        return number

    def _put(self, number: int, story: Story) -> None:
        self._stories[number] = story
        for key in story.found_by():
            self._found_by[key][number] = story.words.get(key, 0.0) if isinstance(key, str) else 0.0

    def _absorb(self, number: int, story: Story, names: dict[str, str]) -> int:
        """Join an article to a story that stays in the index; to enter it anew would take a step for each member."""
        before = self._stories[number]
        after = self._stories[number] = self._merge(before, story, names)
        for key in story.found_by():
            self._found_by[key][number] = after.words.get(key, 0.0) if isinstance(key, str) else 0.0
        # Words beyond `_KEPT_WORDS`.
        for word in {*before.words, *story.words} - after.words.keys():
            self._drop(word, number)
        return number

    def _drop(self, key: Key, number: int) -> None:
        found = self._found_by[key]
        found.pop(number, None)
        if not found:
            del self._found_by[key]

    def _ended(self, number: int) -> tuple[datetime, int]:
        return self._stories[number].last, number

    def _leave(self, number: int) -> Story:
        story = self._stories.pop(number)
        for key in story.found_by():
            self._drop(key, number)
        return story
