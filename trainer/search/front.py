"""Measured bundles and the front among them: those that no other one beats in bytes, nDCG@10 and time at once."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

FRONT_FILE = "front.json"


@dataclass(frozen=True, slots=True)
class Point:
    """One bundle, measured through the runtime on dev."""

    name: str
    bundle: str  # its file, in the search's folder
    bytes: int
    finished_bytes: int  # at most, with the card and the figures that a bundle gets when it is exported
    encode_us: float
    rank_us: float
    encode_instructions: float | None  # of a Pi, if one is the target
    auc: Mapping[str, float]  # mean, low, high
    ndcg10: Mapping[str, float]
    recipe: Mapping[str, Any]
    seed: int
    trial: int
    share: float  # of the full training; 1 is all of it

    @property
    def ndcg(self) -> float:
        """The mean of nDCG@10, without its interval."""
        return self.ndcg10["mean"]


def beats(one: Point, other: Point, encode: str | None = None) -> bool:
    """Whether a bundle is at least as good in everything and better in something.

    Args:
        one: This one.
        other: Than that one.
        encode: The field of the time or instructions of encoding, if they count.
    """
    pairs = [(one.bytes, other.bytes), (-one.ndcg, -other.ndcg)]
    if encode:
        pairs.append((getattr(one, encode), getattr(other, encode)))
    return all(mine <= theirs for mine, theirs in pairs) and any(mine < theirs for mine, theirs in pairs)


def on_front(points: Sequence[Point], encode: str | None = None) -> list[bool]:
    """Whether each point is beaten by no other one."""
    return [not any(beats(other, point, encode) for other in points) for point in points]


def write_front(
    path: Path,
    points: Sequence[Point],
    encode: str | None,
    budget: Mapping[str, Any],
    teacher: Mapping[str, Any],
    best: str | None,
    unmet: Sequence[str],
) -> None:
    """Write front.json; a reader sees the old file or the whole new one.

    Args:
        path: The file.
        points: All that was measured.
        encode: See `beats`.
        budget: Limits by name.
        teacher: nDCG@10 and AUC of the float teacher.
        best: Name of the point that was exported; None if none was.
        unmet: Why none was.
    """
    fronts = on_front(points, encode)
    listed = [{**asdict(point), "is_front": front} for point, front in zip(points, fronts, strict=True)]
    facts = {"points": listed, "budget": budget, "teacher": teacher, "best": best, "unmet": list(unmet)}
    partial = path.with_name(path.name + ".partial")
    partial.write_text(json.dumps(facts, indent=1) + "\n", "utf-8")
    os.replace(partial, path)
