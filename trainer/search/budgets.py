"""What a bundle may cost and how good it has to be; what of that is not met, and by how much."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from trainer.errors import TrainerError
from trainer.search.front import Point


class BudgetError(TrainerError):
    """No bundle meets the budget."""


@dataclass(frozen=True, slots=True)
class Limit:
    """One figure of a bundle against its limit."""

    name: str  # as the option is called
    value: float
    limit: float
    least: bool = False  # the value has to be at least the limit, instead of at most

    @property
    def excess(self) -> float:
        """By which share of the limit it is missed; 0 or less is met."""
        return (self.limit - self.value if self.least else self.value - self.limit) / abs(self.limit)

    def text(self) -> str:
        """`--max-bytes 300,000: 312,004, 4.0% too much`."""
        wrong = "too low" if self.least else "too much"
        return f"{self.name} {_number(self.limit)}: {_number(self.value)}, {self.excess:.1%} {wrong}"


@dataclass(frozen=True, slots=True)
class Budget:
    """Limits of a search; None leaves one out."""

    max_bytes: int | None = None  # of the file
    max_encode_us: float | None = None  # for a title, on this machine
    max_encode_instructions: float | None = None  # for a title, on the Pi that is the target
    max_rank_us: float | None = None  # for 1,000 candidates, on this machine
    min_ndcg: float | None = None  # nDCG@10 on dev
    max_loss: float | None = None  # of the float teacher's nDCG@10 on dev, as a share

    def check(self) -> None:
        """Refuse what no bundle can be.

        Raises:
            BudgetError: A limit out of range, or none at all.
        """
        given = {name: getattr(self, name) for name in self.__slots__ if getattr(self, name) is not None}
        if not given:
            raise BudgetError("a search needs a budget: give --max-bytes, --max-loss, or another limit")
        for name, value in given.items():
            most = " and below 1" if name in ("min_ndcg", "max_loss") else ""
            if not value > 0 or (most and value >= 1):
                raise BudgetError(f"--{name.replace('_', '-')} is {value}; give more than 0{most}")

    def costs(self, point: Point) -> Iterator[Limit]:
        """The figures of a bundle that no further training changes."""
        if self.max_bytes is not None:
            yield Limit("--max-bytes", point.finished_bytes, self.max_bytes)
        if self.max_encode_us is not None:
            yield Limit("--max-encode-us", point.encode_us, self.max_encode_us)
        if self.max_encode_instructions is not None and point.encode_instructions is not None:
            yield Limit("--max-encode-instructions", point.encode_instructions, self.max_encode_instructions)
        if self.max_rank_us is not None:
            yield Limit("--max-rank-us", point.rank_us, self.max_rank_us)

    def qualities(self, ndcg: float, teacher: float) -> Iterator[Limit]:
        """nDCG@10 against what is asked for.

        Args:
            ndcg: Of a bundle.
            teacher: Of the float teacher.
        """
        if self.min_ndcg is not None:
            yield Limit("--min-ndcg", ndcg, self.min_ndcg, least=True)
        if self.max_loss is not None:
            yield Limit("--max-loss", (teacher - ndcg) / teacher, self.max_loss)

    def unmet(self, point: Point, teacher: float) -> list[Limit]:
        """What a bundle misses, the worst first."""
        every = (*self.costs(point), *self.qualities(point.ndcg, teacher))
        return sorted((limit for limit in every if limit.excess > 0), key=lambda limit: -limit.excess)

    @property
    def wants_small(self) -> bool:
        """Whether quality alone is limited, so that the smallest bundle is the best; else the best ranking one is."""
        limits = (self.max_bytes, self.max_encode_us, self.max_encode_instructions, self.max_rank_us)
        return all(limit is None for limit in limits)

    def shortfall(self, points: Sequence[Point], teacher: float) -> str:
        """What keeps bundles from the budget: the nearest one, and the best seen of each figure."""
        if not points:
            return "no candidate was measured"

        def misses(point: Point) -> float:
            return max((limit.excess for limit in self.unmet(point, teacher)), default=0.0)

        nearest = min(points, key=misses)
        missed = "; ".join(limit.text() for limit in self.unmet(nearest, teacher))
        smallest, best = min(point.bytes for point in points), max(point.ndcg for point in points)
        seen = f"smallest seen {smallest:,} bytes, best nDCG@10 seen {best:.4f} (loss {(teacher - best) / teacher:.2%})"
        return f"the nearest is {nearest.name} ({missed}); {seen}"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.4g}"
