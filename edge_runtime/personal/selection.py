"""From scores to a list that a person wants to read: one article a story, no topic or source all over, some variety.

The caps hold within every `WINDOW` places one after another. Nothing is lost: what a cap holds back comes later, and
when nothing else is left the caps give way, the sources' before the topics': a reader may have one source alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edge_runtime.storage.vectors import Vectors

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
    vectors: NDArray[np.float32] | Vectors,
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
    caps = [(topics[pool], settings.most_of_topic), (sources[pool], settings.most_of_source)]
    own = scores[pool]
    gains, similarity = own.copy(), np.zeros(len(pool), np.float32)
    picked: list[int] = []
    for _ in range(min(k, len(pool), _CHOSEN)):
        best = _best_allowed(gains, picked[-(WINDOW - 1) :], caps)
        picked.append(best)
        # Never below 0: an article opposite to a pick is no newer than an unrelated one.
        np.maximum(similarity, of_pool @ of_pool[best], out=similarity)
        np.subtract(own, settings.similarity_loss * similarity, out=gains)
        gains[picked] = -np.inf
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


def _best_allowed(gains: NDArray[np.float64], latest: Sequence[int], caps: Sequence[tuple[Codes, int]]) -> int:
    """The place of the highest gain under the caps; those that leave nothing give way, the second before the first.

    Args:
        gains: (num_candidates,) minus infinity for what was picked.
        latest: Places of the last picks.
        caps: (num_candidates,) numbers of which at most so many may be among the picks of a window.
    """
    allowed = gains
    for codes, most in caps:
        if len(latest) < most:
            continue
        picked = codes[latest].tolist()
        if full := [code for code in set(picked) if code >= 0 and picked.count(code) >= most]:
            is_full = np.logical_or.reduce([codes == code for code in full])
            under = np.where(is_full, -np.inf, allowed)
            allowed = under if under.max() > -np.inf else allowed
    return int(allowed.argmax())
