"""From scores to a list that a person wants to read: one article a story, no topic or source all over, some variety.

The caps hold within every `WINDOW` places one after another. Nothing is lost: what a cap holds back comes later, and
when nothing else is left the caps give way, the sources' before the topics': a reader may have one source alone.
"""

from __future__ import annotations

from collections.abc import Sequence
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


def one_of_each_story(
    scores: NDArray[np.float64], stories: Sequence[str], is_known: NDArray[np.bool_]
) -> tuple[NDArray[np.bool_], dict[int, list[int]]]:
    """Leave one article of each story: the one that was read or judged, else the best by score.

    Args:
        scores: (num_candidates,).
        stories: Of each candidate; "" is a story of its own.
        is_known: (num_candidates,) whether each was read or judged.

    Returns:
        (num_candidates,) whether each stays; and, for those that stay, the others of their story.
    """
    stays = np.ones(len(scores), bool)
    others: dict[int, list[int]] = {}
    members: dict[str, list[int]] = {}
    for place, story in enumerate(stories):
        if story:
            members.setdefault(story, []).append(place)
    for places in members.values():
        if len(places) > 1:
            best = max(places, key=lambda place: (is_known[place], scores[place], -place))
            others[best] = [place for place in places if place != best]
            stays[others[best]] = False
    return stays, others
