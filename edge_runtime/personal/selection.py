"""From scores to a list that a person wants to read: one article a story, no topic or source all over, some variety.

The caps hold within every `WINDOW` places one after another. Nothing is lost: what a cap holds back comes later, and
when nothing else is left the caps give way, the sources' before the topics': a reader may have one source alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

WINDOW = 10
_CHOSEN = 100  # places that are picked with care; behind them the order is the score's
_POOL = 400  # of the best by score, from which they are picked


@dataclass(frozen=True, slots=True)
class VarietySettings:
    """How mixed a feed is; chosen on simulated readers, see docs/ranking.md."""

    similarity_loss: float = 0.2  # score that an article equal to one above it loses; 0: no such loss
    most_of_topic: int = 5  # within WINDOW places
    most_of_source: int = 4


def arrange(
    scores: NDArray[np.float64],
    vectors: NDArray[np.float32],
    topics: Sequence[str],
    sources: Sequence[str],
    k: int,
    settings: VarietySettings,
) -> NDArray[np.int64]:
    """Order candidates: maximal marginal relevance (Carbonell and Goldstein, SIGIR 1998) under caps.

    Args:
        scores: (num_candidates,) higher is better.
        vectors: (num_candidates, dim), length 1.
        topics: Of each candidate; "" is no topic and has no cap.
        sources: Likewise.
        k: How many to return; all if there are fewer.
        settings: How mixed.

    Returns:
        (min(k, num_candidates),) places of candidates, best first.
    """
    by_score = np.argsort(-scores, kind="stable")
    pool = by_score[: max(_POOL, min(k, _CHOSEN))]
    caps = [
        (_numbered([names[place] for place in pool]), most)
        for names, most in ((topics, settings.most_of_topic), (sources, settings.most_of_source))
    ]
    gains, similarity = scores[pool].copy(), np.zeros(len(pool), np.float32)
    available = np.ones(len(pool), bool)
    picked: list[int] = []
    for _ in range(min(k, len(pool), _CHOSEN)):
        allowed = available
        for numbers, most in caps:  # the first is kept before the second
            counts = np.bincount(numbers[picked[-(WINDOW - 1) :]], minlength=len(numbers) + 1)
            counts[0] = 0
            under = allowed & (counts[numbers] < most)
            allowed = under if under.any() else allowed
        best = int(np.argmax(np.where(allowed, gains, -np.inf)))
        available[best] = False
        picked.append(best)
        # Never below 0: an article opposite to a pick is no newer than an unrelated one.
        similarity = np.maximum(similarity, vectors[pool] @ vectors[pool[best]])
        gains = scores[pool] - settings.similarity_loss * similarity
    chosen = pool[picked]
    rest = by_score[~np.isin(by_score, chosen)]
    return np.concatenate([chosen, rest])[:k]


def _numbered(names: Sequence[str]) -> NDArray[np.intp]:
    """Names as numbers from 1; 0 for no name."""
    numbers: dict[str, int] = {"": 0}
    return np.array([numbers.setdefault(name, len(numbers)) for name in names], np.intp)


@dataclass(frozen=True, slots=True)
class StoryLines:
    """Which candidates stand for their stories."""

    stays: NDArray[np.bool_]  # (num_candidates,) whether each has a line
    scores: NDArray[np.float64]  # (num_candidates,) where each line stands; elsewhere the candidates' own
    others: Mapping[int, list[int]]  # of those that stay: the others of their story
    of_read_story: frozenset[int]  # stay and are not read, though another one of their story is


def one_of_each_story(
    scores: NDArray[np.float64],
    stories: Sequence[str],
    is_known: NDArray[np.bool_],
    is_read: NDArray[np.bool_],
    may_stay: NDArray[np.bool_] | None = None,
) -> StoryLines:
    """Leave one article of each story: the one that was judged, else the best by score.

    What was read hides nothing that was not. Where the story's one was read, the best of those that were not takes
    its line, but stands where the read one would: a story that is known does not climb.

    Args:
        scores: (num_candidates,).
        stories: Of each candidate; "" is a story of its own.
        is_known: (num_candidates,) whether each was read or judged.
        is_read: (num_candidates,) whether each was read.
        may_stay: (num_candidates,) which may have a line; all if not given.
    """
    stays = np.ones(len(scores), bool) if may_stay is None else may_stay.copy()
    line_scores = scores.copy()
    others: dict[int, list[int]] = {}
    of_read_story: set[int] = set()
    members: dict[str, list[int]] = {}
    for place, story in enumerate(stories):
        if story:
            members.setdefault(story, []).append(place)
    read = set(np.flatnonzero(is_read).tolist())
    for places in members.values():
        if len(places) == 1:
            continue
        best = line = max(places, key=lambda place: (is_known[place], scores[place], -place))
        if best in read or not stays[best]:
            kept = [place for place in places if stays[place]]
            line = max(kept or places, key=lambda place: (place not in read, scores[place], -place))
        if best in read:
            line_scores[line] = min(scores[best], scores[line])
        others[line] = [place for place in places if place != line]
        stays[others[line]] = False
        if line not in read and not read.isdisjoint(places):
            of_read_story.add(line)
    return StoryLines(stays, line_scores, others, frozenset(of_read_story))
