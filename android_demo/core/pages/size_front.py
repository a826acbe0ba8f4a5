"""The sizes of the model that its trainer measured: bytes against quality, as the model file has them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log
from typing import Any

from edge_runtime import Wording

NEXT = 0.05  # of the width, at least, from one point of the chart to the next


@dataclass(frozen=True, slots=True)
class SizePoint:
    """A size, and where it stands in the chart."""

    words: str
    value: str
    along: float  # 0 to 1, by the logarithm of its bytes; 0 is the smallest
    low: float  # 0 to 1, 1 is the top of the chart
    mean: float
    high: float
    is_own: bool
    is_unbeaten: bool


@dataclass(frozen=True, slots=True)
class SizeFront:
    """What is drawn, and said for those who do not see it."""

    about: str
    points: tuple[SizePoint, ...]  # smallest first
    smallest: str  # the ends of the chart
    largest: str


def size_front(front: Mapping[str, Any] | None, tr: Wording) -> SizeFront | None:
    """The front of a bundle.

    Args:
        front: `Reader.info()["front"]`.
        tr: The reader's language.
    """
    if not front or not front["points"]:
        return None
    points = sorted(front["points"], key=lambda point: (point["bytes"], point["mean"]))
    bottom, top = min(point["low"] for point in points), max(point["high"] for point in points)
    names, places = step_names(tr), apart([log(point["bytes"]) for point in points])

    def height(value: float) -> float:
        return (value - bottom) / (top - bottom) if top > bottom else 0.5

    def shown(point: Mapping[str, Any], along: float) -> SizePoint:
        name = names.get(point["name"], point["name"])
        figures = {figure: f"{point[figure]:.3f}" for figure in ("mean", "low", "high")}
        return SizePoint(
            words=tr("{name}: this model", name=name) if point["is_own"] else name,
            value=tr("{bytes} bytes: {mean} ({low} to {high})", bytes=tr.number(point["bytes"]), **figures),
            along=along,
            low=height(point["low"]),
            mean=height(point["mean"]),
            high=height(point["high"]),
            is_own=point["is_own"],
            is_unbeaten=point["is_unbeaten"],
        )

    return SizeFront(
        about=_about(front, points, tr),
        points=tuple(map(shown, points, places)),
        smallest=tr("{number} bytes", number=tr.number(points[0]["bytes"])),
        largest=tr("{number} bytes", number=tr.number(points[-1]["bytes"])),
    )


def apart(values: Sequence[float]) -> list[float]:
    """Places from 0 to 1 for ascending values; those of nearly the same place are moved apart.

    Args:
        values: At least one.
    """
    span = values[-1] - values[0]
    places = [(value - values[0]) / span if span else 0.5 for value in values]
    gap = min(NEXT, 1 / max(1, len(values) - 1))
    for number in range(1, len(places)):
        places[number] = max(places[number], places[number - 1] + gap)
    most = 1.0
    for number in reversed(range(len(places))):
        places[number] = min(places[number], most)
        most = places[number] - gap
    return places


def _about(front: Mapping[str, Any], points: Sequence[Mapping[str, Any]], tr: Wording) -> str:
    own, largest = next(point for point in points if point["is_own"]), points[-1]
    said = []
    if own is points[0] and own is not largest:
        times = largest["bytes"] / own["bytes"]
        said.append(
            tr(
                "Of {number} sizes that were measured this model is the smallest. The largest takes {times} times as "
                "many bytes.",
                number=len(points),
                times=f"{times:.0f}" if times >= 10 else f"{times:.1f}",
            )
        )
    else:
        said.append(tr("{number} sizes were measured.", number=len(points)))
    if max(point["low"] for point in points) <= min(point["high"] for point in points):
        said.append(tr("These lists do not tell which of them ranks best."))
    elif not own["is_unbeaten"]:
        said.append(tr("Another one is no larger and ranks no worse."))
    said.append(
        tr(
            "Measured on {number} lists that none of them learned from, seed {seed}. The bytes are of what ranks; the "
            "description and what tells topics come on top.",
            number=tr.number(front["impressions"]),
            seed=front["seed"],
        )
    )
    return tr.sentences(*said)


def step_names(tr: Wording) -> dict[str, str]:
    """What the steps of a compression do, by their names in a recipe."""
    return {
        "student": tr("As it was trained, 32 bits a number"),
        "imported": tr("As it was imported, 32 bits a number"),
        "compressed": tr("Compressed"),
        "distill": tr("Taught once more"),
        "factorize-kernels": tr("Encoder of lower rank"),
        "factorize-table": tr("Table of words of lower rank"),
        "l0": tr("Weights removed by L0"),
        "prune-dimensions": tr("Fewer numbers a word"),
        "prune-units": tr("Fewer units inside"),
        "prune-vocabulary": tr("Fewer words"),
        "prune-weights": tr("Small weights removed"),
        "quantize": tr("Few bits a number"),
        "quantize-aware": tr("Few bits a number, trained so"),
        "variational": tr("Uncertain weights removed"),
    }
