"""The front: what models of other sizes were worth on the same lists, as the trainer measured it for one bundle.

It stands in the manifest, where a runtime that does not know it passes over it. A point is its name, the bytes of its
bundle, and the mean of the metric with the ends of its 95 % interval:

    {"metric": "ndcg10", "impressions": 2250, "seed": 7, "own": 1, "points": [
        ["student", 2985159, 0.3426, 0.3312, 0.3536], ["quantize", 139381, 0.3438, 0.3322, 0.3544]]}

The bytes are those of a bundle that ranks and holds nothing besides: neither card nor topics nor word counts.
"""

from __future__ import annotations

from dataclasses import asdict, astuple, dataclass
from typing import Any

MOST_POINTS = 100


@dataclass(frozen=True, slots=True)
class FrontPoint:
    """One size of the model."""

    name: str  # the step of the recipe that left it, "student" before the first; or of a search, its trial
    bytes: int  # of its bundle, > 0
    mean: float  # of the front's metric, in [0, 1]
    low: float  # of the 95 % interval over lists
    high: float


@dataclass(frozen=True, slots=True)
class Front:
    """All sizes that were measured, and which of them the bundle holds."""

    metric: str  # "ndcg10"
    impressions: int  # lists of the log's dev part that count, the same for every point
    seed: int  # of every point's training
    own: int  # number of the bundle's own point
    points: tuple[FrontPoint, ...]

    def unbeaten(self) -> tuple[bool, ...]:
        """Of each point whether no other is at least as good in bytes and mean, and better in one of them."""
        return tuple(not any(_beats(other, one) for other in self.points) for one in self.points)


def front_fields(front: Front) -> dict[str, Any]:
    """What the manifest says, as JSON has it."""
    return {**asdict(front), "points": [astuple(point) for point in front.points]}


def front_from(fields: Any) -> Front:
    """Read what `front_fields` gave.

    Raises:
        ValueError: A field is missing, of another kind or out of range.
    """
    if not isinstance(fields, dict):
        raise ValueError(f"{fields!r} is no object")
    metric, points = fields.get("metric"), fields.get("points")
    counts: list[Any] = [fields.get(name) for name in ("impressions", "seed", "own")]
    if not isinstance(metric, str) or not all(map(_is_count, counts)):
        raise ValueError(f"metric {metric!r}, or one of impressions, seed and own, which are {counts}, is of no use")
    impressions, seed, own = counts
    if not isinstance(points, list) or not own < len(points) <= MOST_POINTS:
        raise ValueError(f"points are no list of {own + 1} to {MOST_POINTS}")
    return Front(metric, impressions, seed, own, tuple(map(_point, points)))


def front_facts(front: Front) -> dict[str, object]:
    """The front as plain data, with what follows from it: `is_own` and `is_unbeaten` of each point."""
    flags = enumerate(zip(front.points, front.unbeaten(), strict=True))
    points = [{**asdict(one), "is_own": number == front.own, "is_unbeaten": so} for number, (one, so) in flags]
    return {"metric": front.metric, "impressions": front.impressions, "seed": front.seed, "points": points}


def _point(row: Any) -> FrontPoint:
    is_row = isinstance(row, list) and len(row) == 5 and isinstance(row[0], str) and _is_count(row[1])
    if not is_row or not row[1] or not all(map(_is_share, row[2:])):
        raise ValueError(f"{row!r} is no point: name, bytes, mean, low and high in [0, 1]")
    return FrontPoint(row[0], row[1], *map(float, row[2:]))


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_share(value: Any) -> bool:
    # JSON has one kind of number: 1 is as good as 1.0.
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= 1


def _beats(one: FrontPoint, other: FrontPoint) -> bool:
    no_worse = one.bytes <= other.bytes and one.mean >= other.mean
    return no_worse and (one.bytes < other.bytes or one.mean > other.mean)
