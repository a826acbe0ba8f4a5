"""Which candidates of short training are trained in full, and which of those is exported."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import mean

from trainer.search.budgets import Budget
from trainer.search.front import Point

FINALISTS = 3  # trained in full before any of them gets another seed
SEEDS = 3  # for each of them, before further candidates get their first


@dataclass(frozen=True, slots=True)
class Final:
    """Candidates and what a bundle has to be."""

    budget: Budget
    teacher: float  # nDCG@10
    seed: int  # of the run, with which a candidate is trained first and exported
    brief: Sequence[Point]
    full: Sequence[Point]

    def next_training(self) -> tuple[Point, int] | None:
        """The candidate, as its short training left it, and the seed of its next full training; None: all are done."""
        ranked = self.ranked()
        begun = {point.trial for point in self.full}
        fresh = [point for point in ranked if point.trial not in begun]
        if fresh and len(begun) < FINALISTS:
            return fresh[0], self.seed
        finalists = sorted(begun, key=lambda trial: -self._mean(trial))[:FINALISTS]
        done = {(point.trial, point.seed) for point in self.full}
        for seed in range(self.seed + 1, self.seed + SEEDS):
            for point in ranked:
                if point.trial in finalists and (point.trial, seed) not in done:
                    return point, seed
        return (fresh[0], self.seed) if fresh else None

    def winners(self) -> list[Point]:
        """Full trainings with the run's seed that meet the budget, the one to be exported first.

        Candidates are compared by the mean of all their seeds: the best of several seeds of one would be luck.
        """
        meeting = [
            point for point in self.full if point.seed == self.seed and not self.budget.unmet(point, self.teacher)
        ]
        if self.budget.wants_small:
            return sorted(meeting, key=lambda point: (point.bytes, -self._mean(point.trial)))
        return sorted(meeting, key=lambda point: (-self._mean(point.trial), point.bytes))

    def ranked(self) -> list[Point]:
        """Candidates that cost no more than they may, the most promising first.

        What full training will add is taken to be what it added to those that had it.
        """
        by_trial = {point.trial: point for point in self.brief}
        gains = [point.ndcg - by_trial[point.trial].ndcg for point in self.full]
        gain = mean(gains) if gains else 0.0
        affordable = [point for point in self.brief if all(limit.excess <= 0 for limit in self.budget.costs(point))]

        def order(point: Point) -> tuple[bool, float]:
            expected = point.ndcg + gain
            falls_short = any(limit.excess > 0 for limit in self.budget.qualities(expected, self.teacher))
            small = self.budget.wants_small and not falls_short
            return falls_short, float(point.bytes) if small else -expected

        return sorted(affordable, key=order)

    def _mean(self, trial: int) -> float:
        return mean(point.ndcg for point in self.full if point.trial == trial)
