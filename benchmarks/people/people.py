"""The people of the study: what each of them likes, and how they read a list.

Chance does not depend on the order that they are shown: what a reader would do with an article in a session is drawn
beforehand. So two rankers can be compared reader by reader.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.people.headlines import World
from edge_runtime import Article

K = 20  # articles that a reader looks at
OPENS_LIKED, OPENS_OTHER = 0.9, 0.02  # chance that it is opened
LIKES = 0.15  # chance that what is liked and opened gets a like too
DWELL_S = 70.0
FEWEST = 15  # headlines of a category that somebody likes
LEAST_SHARE, MOST_SHARE = 0.03, 0.15  # of the news that somebody likes

# Finer than a category: words of titles, of which one is enough.
_FINER = {
    "politics: the Russia inquiry": ("politics", "russia|mueller|fbi|putin|collusion|comey|cohen|manafort|giuliani"),
    "politics: immigration": ("politics", "immigra|border|migrant|asylum|deport|daca|separat|dreamer|refugee"),
    "politics: elections": ("politics", "primar|midterm|senate|governor|voter|election|candidate|ballot|race"),
    "politics: guns": ("politics", "gun|nra|shoot|parkland|santa fe"),
    "world: Korea": ("world news", "korea|kim jong"),
    "world: the Middle East": ("world news", "israel|gaza|iran|syria|saudi|yemen|palestin|turk|iraq"),
    "world: Europe": ("world news", "brexit|u\\.?k\\.?|brit|france|french|german|eu|italy|europe|royal|ireland|irish"),
    "film": ("entertainment", "film|movie|trailer|marvel|star wars|oscar|box office|avengers|solo|deadpool"),
    "music": ("entertainment", "album|song|singer|kanye|beyonc|drake|cardi|concert|rap|music|taylor swift|ariana"),
    "series": ("entertainment", "series|season|episode|netflix|hbo|thrones|bachelor|roseanne|show|tv"),
    "late-night shows": ("comedy", "colbert|kimmel|fallon|meyers|noah|snl|oliver|conan|maher|late night"),
}
KINDS = ("three", "many", "changing", "finer", "none")


@dataclass(frozen=True, slots=True)
class Person:
    """One reader."""

    name: str  # readable, such as "three 04: crime, sports, women"
    kind: str  # of KINDS
    seed: int
    tastes: tuple[str, ...]  # real categories, or names of `_FINER`
    later: tuple[str, ...]  # from the middle of the days on
    dislikes: str  # a real category, of which one article gets a dislike


def people_of(kind: str, count: int, world: World, seed: int) -> list[Person]:
    """Draw some people of a kind; the same arguments give the same people."""
    found = []
    for number in range(count):
        own = seed * 1000 + number
        rng = np.random.default_rng([own, KINDS.index(kind)])
        tastes, later = _tastes(kind, world.articles, rng)
        shares = _shares(world.articles)
        liked = {_FINER[taste][0] if taste in _FINER else taste for taste in (*tastes, *later)}
        others = [name for name, share in shares.items() if name not in liked and share > LEAST_SHARE]
        dislikes = str(rng.choice(others)) if others else ""
        told = ", ".join(tastes) + (f"; later {', '.join(later)}" if later != tastes else "")
        found.append(Person(f"{kind} {number:02}: {told or 'no taste'}", kind, own, tastes, later, dislikes))
    return found


def _shares(articles: Sequence[Article]) -> dict[str, float]:
    counts = Counter(article.category for article in articles)
    return {name: n / len(articles) for name, n in sorted(counts.items()) if n >= FEWEST}


def _tastes(
    kind: str, articles: Sequence[Article], rng: np.random.Generator
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    if kind == "none":
        return (), ()
    if kind == "finer":
        fitting = [name for name in _FINER if sum(_fits(name, article) for article in articles) >= FEWEST]
        drawn = tuple(map(str, rng.choice(fitting, min(3, len(fitting)), replace=False)))
        return drawn, drawn
    shares = _shares(articles)
    # Who likes half of the news needs no ranking. The largest category alone may be more than that.
    names = [name for name, share in shares.items() if share < MOST_SHARE]
    size, most = (6, 2 * MOST_SHARE) if kind == "many" else (3, MOST_SHARE)

    def draw(without: Sequence[str] = ()) -> tuple[str, ...]:
        rest = [name for name in names if name not in without]
        size_now = min(size, len(rest))
        for _ in range(100):
            drawn = tuple(sorted(map(str, rng.choice(rest, size_now, replace=False))))
            if LEAST_SHARE <= sum(shares[name] for name in drawn) <= most:
                break
        return drawn

    first = draw()
    return first, draw(first) if kind == "changing" else first


def _fits(taste: str, article: Article) -> bool:
    category, words = _FINER[taste]
    return article.category == category and bool(re.search(rf"\b(?:{words})", article.title, re.IGNORECASE))


class Audience:
    """People with their articles: what each of them likes on each day, and what chance makes of it."""

    def __init__(self, people: Sequence[Person], world: World) -> None:
        """Look at every article with the eyes of every reader."""
        self.people, self.world = tuple(people), world
        self._liked = [(self._likes(one.tastes), self._likes(one.later)) for one in people]
        self.disliked = [self._of(one.dislikes) for one in people]

    def liked(self, reader: int, session: int) -> np.ndarray:
        """(num_articles,) what is to the reader's taste on that day."""
        first, later = self._liked[reader]
        return later if 2 * session >= len(self.world.sessions_s) else first

    def read(self, reader: int, session: int, shown: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """What the reader does with a list of unread articles.

        Args:
            reader, session: Who and when.
            shown: (k,) rows of the articles.

        Returns:
            (k,) whether each is opened, and whether each gets a like.
        """
        person = self.people[reader]
        dice = np.random.default_rng([person.seed, KINDS.index(person.kind), session]).random(
            (2, len(self.world.articles))
        )
        liked = self.liked(reader, session)[shown]
        if person.kind == "none":
            opened = dice[0, shown] < 0.1
        else:
            opened = dice[0, shown] < np.where(liked, OPENS_LIKED, OPENS_OTHER)
        return opened, opened & liked & (dice[1, shown] < LIKES)

    def _likes(self, tastes: Sequence[str]) -> np.ndarray:
        likes = np.zeros(len(self.world.articles), bool)
        for taste in tastes:
            if taste in _FINER:
                likes |= np.array([_fits(taste, article) for article in self.world.articles])
            else:
                likes |= self._of(taste)
        return likes

    def _of(self, category: str) -> np.ndarray:
        return np.array([article.category == category for article in self.world.articles], bool)
