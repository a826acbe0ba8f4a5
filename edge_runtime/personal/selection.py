"""From scores to a list that a person wants to read: one article a story, no topic or source all over, some variety.

The caps hold within every `WINDOW` places one after another. Nothing is lost: what a cap holds back comes later, and
when nothing else is left the caps give way, the sources' before the topics': a reader may have one source alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.int32]
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
    topics: Codes,
    sources: Codes,
    k: int,
    settings: VarietySettings,
) -> NDArray[np.intp]:
    """Order candidates: maximal marginal relevance (Carbonell and Goldstein, SIGIR 1998) under caps.

    Args:
        scores: (num_candidates,) higher is better; one of minus infinity has no place in the list.
        vectors: (num_candidates, dim), length 1.
        topics: (num_candidates,) a number for each topic; -1 is no topic and has no cap.
        sources: (num_candidates,) likewise.
        k: How many to return; all if there are fewer.
        settings: How mixed.

    Returns:
        (min(k, num_candidates),) places of candidates, best first.
    """
    k = min(k, int(np.count_nonzero(scores > -np.inf)))
    if k > _CHOSEN:
        by_score = best_first(scores)[: np.count_nonzero(scores > -np.inf)]
    else:
        by_score = best_first(scores, _POOL)
        by_score = by_score[scores[by_score] > -np.inf]
    pool = by_score[: max(_POOL, min(k, _CHOSEN))]
    of_pool = vectors[pool]
    caps = [
        (_numbered(codes[pool]), most)
        for codes, most in ((topics, settings.most_of_topic), (sources, settings.most_of_source))
    ]
    own = scores[pool]
    gains, similarity = own.copy(), np.zeros(len(pool), np.float32)
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
        similarity = np.maximum(similarity, of_pool @ of_pool[best])
        gains = own - settings.similarity_loss * similarity
    chosen = pool[picked]
    if k <= len(chosen):
        return chosen[:k]
    rest = by_score[~np.isin(by_score, chosen)]
    return np.concatenate([chosen, rest])[:k]


def best_first(scores: NDArray[np.float64], k: int | None = None) -> NDArray[np.intp]:
    """Places by score, highest first; of equal ones the earlier is first.

    Args:
        scores: (n,)
        k: How many to return; all if not given.
    """
    if not k or k >= len(scores):
        return np.argsort(-scores, kind="stable")[:k]
    # To sort all takes longer than to find the lowest score that is among the first.
    least = np.partition(scores, len(scores) - k)[len(scores) - k]
    near = np.flatnonzero(scores >= least)
    return near[np.argsort(-scores[near], kind="stable")[:k]]


def _numbered(codes: Codes) -> NDArray[np.intp]:
    """The same in few numbers from 1; 0 for -1."""
    different, numbers = np.unique(codes, return_inverse=True)
    return numbers + (0 if len(different) and different[0] < 0 else 1)


@dataclass(frozen=True, slots=True)
class StoryLines:
    """Which candidates stand for their stories."""

    line_of: NDArray[
        np.intp
    ]  # (num_candidates,) the place of the one that has its story's line; its own, where it does
    stays: NDArray[np.bool_]  # (num_candidates,) whether each has a line
    scores: NDArray[np.float64]  # (num_candidates,) where each line stands; elsewhere the candidates' own
    of_read_story: NDArray[np.bool_]  # (num_candidates,) has a line and is not read, though another of its story is


def one_of_each_story(
    scores: NDArray[np.float64],
    stories: Codes,
    is_known: NDArray[np.bool_],
    is_read: NDArray[np.bool_],
    may_stay: NDArray[np.bool_] | None = None,
) -> StoryLines:
    """Leave one article of each story: the one that was judged, else the best by score.

    What was read hides nothing that was not. Where the story's one was read, the best of those that were not takes
    its line, but stands where the read one would: a story that is known does not climb.

    Args:
        scores: (num_candidates,).
        stories: (num_candidates,) a number for each story; one of -1 is a story of its own.
        is_known: (num_candidates,) whether each was read or judged.
        is_read: (num_candidates,) whether each was read.
        may_stay: (num_candidates,) which may have a line; all if not given.
    """
    stays = np.ones(len(scores), bool) if may_stay is None else may_stay.copy()
    line_scores, line_of = scores.copy(), np.arange(len(scores))
    of_read_story = np.zeros(len(scores), bool)
    is_story = stories >= 0
    sizes = np.bincount(stories[is_story], minlength=1)
    members = np.flatnonzero(is_story & (sizes[stories] > 1))
    # Story by story, its one first.
    members = members[np.lexsort((members, -scores[members], ~is_known[members], stories[members]))]
    firsts = np.flatnonzero(np.diff(stories[members], prepend=-1))
    best = members[firsts]
    line_of[members] = np.repeat(best, np.diff(firsts, append=len(members)))
    # Where that one may not have the line, or was read, the stories' lines are chosen again.
    was_best = line_of[members]
    again = members[is_read[was_best] | ~stays[was_best]]
    again = again[np.lexsort((again, -scores[again], is_read[again], ~stays[again], stories[again]))]
    firsts = np.flatnonzero(np.diff(stories[again], prepend=-1))
    lines, best = again[firsts], line_of[again[firsts]]
    line_scores[lines] = np.where(is_read[best], np.minimum(scores[best], scores[lines]), scores[lines])
    line_of[again] = np.repeat(lines, np.diff(firsts, append=len(again)))
    is_other = line_of != np.arange(len(scores))
    stays[is_other] = False
    read_lines = line_of[members[is_read[members]]]
    of_read_story[read_lines[~is_read[read_lines]]] = True
    return StoryLines(line_of, stays, line_scores, of_read_story)
