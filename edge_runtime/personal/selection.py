"""From scores to a list that a person wants to read: best first, and what repeats itself a little later.

An article loses a little score for each of its topic and of its source among the places just above it, and for being
like one of them. No loss lifts an article that is much worse than the best one left, and nothing is lost.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from edge_runtime.storage.names import Names
from edge_runtime.storage.vectors import Vectors

WINDOW = 10  # places one after another among which repeats count
USUAL_VARIETY = 0.5
_CHOSEN = 100  # places that are picked with care; behind them the order is the score's
_POOL = 400  # of the best by score, from which they are picked


@dataclass(frozen=True, slots=True)
class VarietySettings:
    """How mixed a feed is for a reader; see docs/ranking.md."""

    amount: float = USUAL_VARIETY  # 0 to 1: none, which is best first alone, to twice the losses below
    similarity_loss: float = 0.2  # score that an article equal to one above it loses
    topic_loss: float = 0.08  # for each of its topic within WINDOW places, to a reader who never reads it
    source_loss: float = 0.05  # likewise of its source
    most_below: float = 1.0  # nothing stands above a better article by more score than that
    topic_shares: Mapping[str, float] = field(default_factory=dict)  # of what the reader reads; the more, the less loss
    source_shares: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not 0 <= self.amount <= 1:
            raise ValueError(f"variety {self.amount}; give 0 to 1")

    @property
    def strength(self) -> float:
        """What losses are multiplied by."""
        return self.amount / USUAL_VARIETY


@dataclass(frozen=True, slots=True)
class Arrangement:
    """An order of candidates."""

    places: NDArray[np.intp]  # of candidates, best first
    lifts: NDArray[np.float64]  # how much better the best one left scored when each was picked; 0 without variety


def arrange(
    scores: NDArray[np.float64],
    vectors: NDArray[np.float32] | Vectors,
    topics: Names,
    sources: Names,
    k: int,
    settings: VarietySettings,
) -> Arrangement:
    """Order candidates: maximal marginal relevance (Carbonell and Goldstein, SIGIR 1998), with losses for repeats.

    Args:
        scores: (num_candidates,) higher is better; one of minus infinity has no place in the list.
        vectors: (num_candidates, dim), length 1.
        topics: (num_candidates,) names; "" is no topic and never repeats.
        sources: (num_candidates,) likewise.
        k: How many to return; all if there are fewer.
        settings: How mixed.

    Returns:
        min(k, num_candidates) places.
    """
    k = min(k, int(np.count_nonzero(scores > -np.inf)))
    if k > _CHOSEN:
        by_score = best_first(scores)[: np.count_nonzero(scores > -np.inf)]
    else:
        by_score = best_first(scores, _POOL)
        by_score = by_score[scores[by_score] > -np.inf]
    if not settings.amount:
        return Arrangement(by_score[:k], np.zeros(k))
    pool = by_score[: max(_POOL, min(k, _CHOSEN))]
    own, of_pool = scores[pool], vectors[pool]
    gains, repeats = own.copy(), _Repeats(topics, sources, pool, settings)
    reach = np.searchsorted(-own, settings.most_below - own, side="right").tolist()
    similarity, likeness = np.zeros(len(pool), np.float32), np.float32(settings.strength * settings.similarity_loss)
    picked: list[int] = []
    lifts: list[float] = []
    first = 0  # the best one left
    for _ in range(min(k, len(pool), _CHOSEN)):
        end = reach[first]
        best = first + int((gains[first:end] - likeness * similarity[first:end]).argmax())
        picked.append(best)
        lifts.append(float(own[first] - own[best]))
        gains[best] = -np.inf
        while first < len(pool) - 1 and gains[first] == -np.inf:
            first += 1
        repeats.take_from(gains, picked)
        # Never below 0: an article opposite to a pick is no newer than an unrelated one.
        np.maximum(similarity, of_pool @ of_pool[best], out=similarity)
    chosen = pool[picked]
    if k > len(chosen):
        rest = by_score[~np.isin(by_score, chosen)]
        chosen = np.concatenate([chosen, rest])[:k]
    return Arrangement(chosen, np.array([*lifts, *[0.0] * (k - len(lifts))]))


class _Repeats:
    """What repeats of topic and source cost, pick by pick."""

    def __init__(self, topics: Names, sources: Names, pool: NDArray[np.intp], settings: VarietySettings) -> None:
        """Know which of the pool share a topic or a source."""
        self._columns = [
            (names.named_codes()[pool], _loss_by_code(names, loss * settings.strength, shares))
            for names, loss, shares in (
                (topics, settings.topic_loss, settings.topic_shares),
                (sources, settings.source_loss, settings.source_shares),
            )
        ]
        self._alike: list[dict[int, NDArray[np.intp]]] = [{}, {}]  # number of a name -> who has it

    def take_from(self, gains: NDArray[np.float64], picked: list[int]) -> None:
        """Let the latest pick cost those like it, and give back what the pick that left the window has cost."""
        for (codes, losses), alike in zip(self._columns, self._alike, strict=True):
            for place, sign in [(picked[-1], -1), *([(picked[-WINDOW], 1)] if len(picked) >= WINDOW else [])]:
                if (code := int(codes[place])) >= 0:
                    if code not in alike:
                        alike[code] = np.flatnonzero(codes == code)
                    gains[alike[code]] += sign * losses.get(code, losses[-1])


def _loss_by_code(names: Names, loss: float, shares: Mapping[str, float]) -> dict[int, float]:
    """Number of a name -> what each repeat of it costs; under -1 that of a name that the reader never reads."""
    return {-1: loss} | {
        code: loss * (1 - share) for name, share in shares.items() if (code := names.code_of(name)) >= 0
    }


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
