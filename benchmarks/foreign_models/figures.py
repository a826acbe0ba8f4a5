"""What a study found: every model and method, the mean of its seeds, beside the dense float model of the same seeds."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.foreign_models.methods import FLOAT, METHODS, OWN, SQUEEZE
from benchmarks.foreign_models.models import TITLES
from benchmarks.foreign_models.study import LATENCY_FILE
from trainer.intervals import Interval, bootstrap

SEED_OF_INTERVALS = 0


@dataclass(frozen=True, slots=True)
class Row:
    """A model by a method, the mean of its seeds."""

    title: str
    seeds: int
    kinds: tuple[str, ...]
    size_bytes: float
    gzip_bytes: float
    smaller: float  # than the dense float file, the geometric mean
    than_own: float | None  # how many times smaller than the converter's own quantization
    accuracy: float  # on unseen rows
    change: Interval  # to the dense float model, paired over the rows of all seeds
    by_seed: tuple[float, ...]  # the change of each
    latency_us: float
    time: float  # latency, as a share of the dense float file's in the same run


Figures = dict[str, list[Row]]  # by model


def figures(out: Path, seeds: Sequence[int]) -> Figures:
    """The rows of all models and seeds that are finished, by model; a row is of the seeds that it has."""
    found = {name: [row for key in METHODS if (row := _row(out, name, key, seeds))] for name in TITLES}
    return {name: rows for name, rows in found.items() if rows}


def _row(out: Path, name: str, key: str, seeds: Sequence[int]) -> Row | None:
    # A folder without times was left in the middle.
    done = [folder for seed in seeds if (folder := out / f"{name}-{seed}").joinpath(LATENCY_FILE).exists()]
    folders = [folder for folder in done if folder.joinpath(f"{key}.json").exists()]
    if not folders:
        return None
    facts = [_facts(folder, key) for folder in folders]
    dense = [_facts(folder, FLOAT)["size_bytes"] for folder in folders]
    own = [_facts(folder, OWN)["size_bytes"] for folder in folders if (folder / f"{OWN}.json").exists()]
    sizes = [one["size_bytes"] for one in facts]
    right = [np.load(folder / f"{key}.npy").astype(np.float64) for folder in folders]
    changes = [mine - np.load(folder / f"{FLOAT}.npy") for mine, folder in zip(right, folders, strict=True)]
    times = [json.loads((folder / LATENCY_FILE).read_text("utf-8")) for folder in folders]
    return Row(
        title=METHODS[key].title,
        seeds=len(folders),
        kinds=tuple(sorted({one["kind"] for one in facts})),
        size_bytes=float(np.mean(sizes)),
        gzip_bytes=float(np.mean([one["gzip_bytes"] for one in facts])),
        smaller=_ratio(dense, sizes),
        than_own=_ratio(own, sizes) if key == SQUEEZE and len(own) == len(sizes) else None,
        accuracy=float(np.mean(np.concatenate(right))),
        change=bootstrap(np.concatenate(changes), SEED_OF_INTERVALS),
        by_seed=tuple(float(change.mean()) for change in changes),
        latency_us=float(np.mean([one[key] for one in times])),
        time=float(np.mean([one[key] / one[FLOAT] for one in times])),
    )


def _ratio(before: Sequence[float], after: Sequence[float]) -> float:
    return float(np.exp(np.mean(np.log(np.divide(before, after)))))


def _facts(folder: Path, key: str) -> dict[str, Any]:
    facts: dict[str, Any] = json.loads((folder / f"{key}.json").read_text("utf-8"))
    return facts
