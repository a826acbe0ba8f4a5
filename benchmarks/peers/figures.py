"""Figures of the study: accuracy on unseen rows, against the base that all began with, and against our default."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.peers.adapters.rows import weights_path
from benchmarks.peers.methods import METHODS, OURS, Method
from benchmarks.peers.study import read_row
from trainer.intervals import Interval, bootstrap


@dataclass(frozen=True, slots=True)
class Base:
    """The weights that all begin with, as a float file."""

    size_bytes: float
    gzip_bytes: float
    accuracy: float


@dataclass(frozen=True, slots=True)
class Figure:
    """What a method gave on one model, over its seeds."""

    method: Method
    model: str
    seeds: int
    size_bytes: float  # mean over the seeds
    gzip_bytes: float
    form: str
    accuracy: float
    change: Interval  # of the accuracy, to the base
    # Less that of our default method in the setting, on the seeds that both have. None for that method itself, or where
    # it was not measured.
    to_ours: Interval | None = None

    @property
    def is_default(self) -> bool:
        """Whether it is what the others of the setting are compared with."""
        return self.method.peer == OURS and self.to_ours is None

    @property
    def is_better(self) -> bool:
        """Whether another library is better beyond its interval."""
        return self.to_ours is not None and self.method.peer != OURS and self.to_ours.low > 0


@dataclass(frozen=True, slots=True)
class Figures:
    """All that the page shows."""

    bases: dict[str, Base]  # by model
    figures: list[Figure]
    # By library, setting with method, and model: of how many seeds, and the first one's message.
    errors: dict[tuple[str, str, str], tuple[int, str]]
    versions: dict[str, str] = field(default_factory=dict)


def figures(out: Path, seeds: Sequence[int], models: Sequence[str]) -> Figures:
    """Read what was measured."""
    bases = {model: [_base_row(out, model, seed) for seed in seeds] for model in models}
    rows = {(method, model): _rows(out, method, model, seeds) for method in METHODS for model in models}
    errors: dict[tuple[str, str, str], tuple[int, str]] = {}
    versions: dict[str, str] = {}
    for (method, model), found in rows.items():
        versions |= {name: text for row in found.values() for name, text in row.get("versions", {}).items()}
        if reasons := [row["error"] for row in found.values() if "error" in row]:
            errors[method.peer, f"{method.setting}, {method.name}", model] = (len(reasons), reasons[0])
    made = []
    for setting in dict.fromkeys(method.setting for method in METHODS):
        for model in models:
            chosen = [method for method in METHODS if method.setting == setting]
            every = {method: right for method in chosen if (right := _right(rows[method, model]))}
            ours = default_of_ours(every)
            for method, right in every.items():
                base = {seed: _bits(bases[model][seed]["right"]) for seed in right}
                theirs = {} if ours is None or ours == method else every[ours]
                to_ours = None if set(right).isdisjoint(theirs) else paired(right, theirs)
                made.append(_figure(method, model, rows[method, model], right, paired(right, base), to_ours))
    return Figures({model: _base(found) for model, found in bases.items()}, made, errors, versions)


def default_of_ours(methods: Iterable[Method]) -> Method | None:
    """Our method that others are compared with: the first listed, chosen before anything is measured; None: no row."""
    return next((method for method in methods if method.peer == OURS), None)


def paired(one: dict[int, NDArray[np.float64]], other: dict[int, NDArray[np.float64]]) -> Interval:
    """One less the other on the same rows of the same seeds, pooled.

    A row is drawn with all its seeds: what several models make of one row is no independent evidence.

    Args:
        one: By seed, (num_rows,) 1 where the answer is right.
        other: The same; seeds that only one has are left out.
    """
    both = [seed for seed in one if seed in other]
    return bootstrap(np.mean([one[seed] - other[seed] for seed in both], axis=0), seed=0)


def _rows(out: Path, method: Method, model: str, seeds: Sequence[int]) -> dict[int, dict]:
    found = {seed: read_row(out, method, model, seed) for seed in seeds}
    return {seed: row for seed, row in found.items() if row.get("error") != "not measured"}


def _right(rows: dict[int, dict]) -> dict[int, NDArray[np.float64]]:
    return {seed: _bits(row["right"]) for seed, row in rows.items() if "right" in row}


def _bits(text: str) -> NDArray[np.float64]:
    return np.array([letter == "1" for letter in text], np.float64)


def _base_row(out: Path, model: str, seed: int) -> dict:
    return json.loads(weights_path(out, model, seed).with_suffix(".json").read_text("utf-8"))


def _base(rows: Sequence[dict]) -> Base:
    right = [_bits(row["right"]).mean() for row in rows]
    return Base(_mean(rows, "size_bytes"), _mean(rows, "gzip_bytes"), float(np.mean(right)))


def _mean(rows: Sequence[dict], name: str) -> float:
    return float(np.mean([row[name] for row in rows]))


def _figure(
    method: Method,
    model: str,
    rows: dict[int, dict],
    right: dict[int, NDArray[np.float64]],
    change: Interval,
    to_ours: Interval | None,
) -> Figure:
    whole = [rows[seed] for seed in right]
    return Figure(
        method=method,
        model=model,
        seeds=len(right),
        size_bytes=_mean(whole, "size_bytes"),
        gzip_bytes=_mean(whole, "gzip_bytes"),
        form=whole[0]["form"],
        accuracy=float(np.mean([part.mean() for part in right.values()])),
        change=change,
        to_ours=to_ours,
    )
