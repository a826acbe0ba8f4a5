"""Log-mean-exps of the similarities to what was read, kept up: a click is one pass over the articles.

Of each article a sum over the interests is kept (`scoring.interest_powers`, weighed). When time passes all weights fall
alike, which only scales the sums. A new interest is added, one that is gone is subtracted, and a new article costs one
pass over the interests.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edge_runtime.model.scoring import Floats, interest_powers
from edge_runtime.personal.kept_by_article import Run, runs_since
from edge_runtime.storage.cached_rows import CachedRows

Doubles = NDArray[np.float64]
_MOST_UPDATES = 64  # rounding adds up; after so many everything is computed anew
_LOST = 0.05  # of what a sum has been; where less is left after subtractions, their rounding would show
_SAME = 1e-7, 1e-15  # weights that differ by less, of themselves or of all together, are the same
_UNDERFLOW = np.float32(1e-35)


@dataclass(slots=True)
class _Sums:
    rows: CachedRows
    sharpness: float
    interests: Floats  # (num_interests, dim)
    weights: Doubles  # (num_interests,) that the sums are made with
    sums: Doubles  # (num_articles,)
    largest: Doubles  # (num_articles,) that each sum has been since it was computed anew, scaled as it is
    updates: int = 0
    means: Floats | None = None  # made of these sums


class InterestSums:
    """Weighed means of powers, by name of the weighing."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self._kept: dict[str, _Sums] = {}

    def log_means(
        self, rows: CachedRows, interests: Floats, log_weights: Mapping[str, Floats], sharpness: float
    ) -> dict[str, Floats]:
        """`scoring.log_mean_exp` of each weighing.

        Args:
            rows: The cache; of rows that are not its own nothing is kept.
            interests: (num_interests, dim), at least one.
            log_weights: (num_interests,) each.
            sharpness: As of `scoring.log_mean_exp`.

        Returns:
            (num_articles,) float32 each, not to be written to.
        """
        lengths = np.sqrt(np.square(interests).sum(axis=1)).astype(np.float64) * sharpness
        peak = float(lengths.max())
        wanted = {name: _softmax(given) * np.exp(lengths - peak) for name, given in log_weights.items()}
        if rows.versions is None:
            sums = _sums_of(rows, np.stack(list(wanted.values())), interests, sharpness)
            return {name: _log_mean(of_name, peak, sharpness) for name, of_name in zip(wanted, sums, strict=True)}
        self._follow(rows)
        self._update(rows, interests, wanted, sharpness)
        found = {}
        for name, weights in wanted.items():
            kept = self._kept[name]
            # By now all weights may be smaller or larger alike.
            scale = weights.sum() / kept.weights.sum()
            if kept.means is None or abs(scale - 1) > _SAME[0]:
                kept.weights, kept.sums = kept.weights * scale, kept.sums * scale
                kept.largest = kept.largest * scale
                kept.means = _log_mean(kept.sums, peak, sharpness)
            found[name] = kept.means
        return found

    def _follow(self, rows: CachedRows) -> None:
        """Bring the sums to the rows as they are now."""
        powers: tuple[Floats, Floats] | None = None  # of the fresh rows and the interests before
        for name, kept in list(self._kept.items()):
            if kept.rows is rows:
                continue
            runs, fresh = runs_since(kept.rows, rows)
            if 2 * len(fresh) > len(rows):
                del self._kept[name]
                continue
            kept.sums = _moved(kept.sums, runs, len(rows))
            kept.largest = _moved(kept.largest, runs, len(rows))
            if len(fresh):
                if powers is None or powers[0] is not kept.interests:
                    of_fresh = interest_powers(rows.vectors[fresh], kept.interests, kept.sharpness)
                    powers = kept.interests, of_fresh
                kept.sums[fresh] = kept.largest[fresh] = kept.weights @ powers[1]
            kept.rows, kept.means = rows, None

    def _update(self, rows: CachedRows, interests: Floats, wanted: Mapping[str, Doubles], sharpness: float) -> None:
        """Bring the sums to the interests and weights as they are now, but for one factor of all weights."""
        plans: dict[str, _Plan] = {}
        anew: list[str] = []
        for name, weights in wanted.items():
            kept = self._kept.get(name)
            plan = _plan(kept, interests, weights) if kept and kept.sharpness == sharpness else None
            if plan is None or (len(plan.deltas) and plan.kept.updates >= _MOST_UPDATES):
                anew.append(name)
            elif len(plan.deltas):
                plans[name] = plan
        if anew:
            together = np.stack([wanted[name] for name in anew])
            sums = _sums_of(rows, together, interests, sharpness)
            for name, of_name in zip(anew, sums, strict=True):
                self._kept[name] = _Sums(rows, sharpness, interests, wanted[name], of_name, of_name)
        if plans:
            self._follow_plans(rows, interests, wanted, plans, sharpness)

    def _follow_plans(
        self,
        rows: CachedRows,
        interests: Floats,
        wanted: Mapping[str, Doubles],
        plans: Mapping[str, _Plan],
        sharpness: float,
    ) -> None:
        """Add and subtract what the plans say, in one pass over the articles."""
        different = {
            key: row for plan in plans.values() for key, row in zip(_keys(plan.interests), plan.interests, strict=True)
        }
        places = {key: place for place, key in enumerate(different)}
        factors = np.zeros((len(plans), len(different)))
        for of_plan, plan in zip(factors, plans.values(), strict=True):
            np.add.at(of_plan, [places[key] for key in _keys(plan.interests)], plan.deltas)
        more = _sums_of(rows, factors, np.stack(list(different.values())), sharpness)
        for (name, plan), added in zip(plans.items(), more, strict=True):
            kept = plan.kept
            kept.sums = kept.sums * plan.scale + added
            kept.largest = np.maximum(kept.largest * plan.scale, kept.sums)
            kept.interests, kept.weights = interests, wanted[name]
            if (lost := np.flatnonzero(kept.sums < _LOST * kept.largest)).size:
                anew = wanted[name] @ interest_powers(rows.vectors[lost], interests, sharpness)
                kept.sums[lost] = kept.largest[lost] = anew
            kept.updates, kept.means = kept.updates + 1, None


@dataclass(frozen=True, slots=True)
class _Plan:
    """How sums become those of other interests or weights."""

    kept: _Sums
    scale: float  # of what is there
    interests: Floats  # (num_changed, dim) that weigh something else in the sums
    deltas: Doubles  # (num_changed,) how much more


def _sums_of(rows: CachedRows, weights: Doubles, interests: Floats, sharpness: float) -> Doubles:
    """(n, num_articles) for (n, num_interests) weights."""
    sums: Doubles = rows.vectors.by_block(
        lambda block: weights @ interest_powers(block, interests, sharpness), np.float64
    )
    return sums


def _softmax(log_weights: Floats) -> Doubles:
    weights: Doubles = np.exp(log_weights.astype(np.float64) - float(log_weights.max()))
    softmax: Doubles = weights / weights.sum()
    return softmax


def _log_mean(sums: Doubles, peak: float, sharpness: float) -> Floats:
    means: Floats = (np.log(sums.astype(np.float32) + _UNDERFLOW) + np.float32(peak)) / np.float32(sharpness)
    return means


def _plan(kept: _Sums, interests: Floats, weights: Doubles) -> _Plan | None:
    """The way from sums to those of other interests and weights; None if it is better to begin anew."""
    if kept.interests is interests or np.array_equal(kept.interests, interests):
        before, gone = kept.weights, np.zeros(0, np.intp)
    else:
        of_row: dict[bytes, float] = {}
        keys = _keys(kept.interests)
        for key, weight in zip(keys, kept.weights.tolist(), strict=True):
            of_row[key] = of_row.get(key, 0.0) + weight
        # Of two that are equal the first has the weight of both.
        before = np.array([of_row.pop(key, 0.0) for key in _keys(interests)])
        gone = np.array([n for n, key in enumerate(keys) if key in of_row], np.intp)
    largest = int(before.argmax())
    if before[largest] <= 0:
        return None
    scale = float(weights[largest] / before[largest])
    deltas = weights - scale * before
    alike, of_all = _SAME
    changed = np.flatnonzero((np.abs(deltas) > alike * weights) & (np.abs(deltas) > of_all * weights.sum()))
    if 2 * (len(changed) + len(gone)) > len(interests):
        return None
    rows = np.concatenate([interests[changed], kept.interests[gone]])
    return _Plan(kept, scale, rows, np.concatenate([deltas[changed], -scale * kept.weights[gone]]))


def _keys(rows: Floats) -> list[bytes]:
    """Each row's bytes."""
    whole, size = rows.tobytes(), rows.shape[1] * rows.itemsize
    return [whole[begin : begin + size] for begin in range(0, len(whole), size)]


def _moved(sums: Doubles, runs: list[Run], size: int) -> Doubles:
    moved = np.empty(size)
    for was, now in runs:
        moved[now] = sums[was]
    return moved
