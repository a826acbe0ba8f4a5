"""A student measured as what it would be on a device: its bundle's bytes, its ranking, its speed."""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from trainer.data.json_facts import FLAT, Json
from trainer.export.bundle import BundleOrigin, export_bundle
from trainer.intervals import Interval
from trainer.measure.evaluation import score_bundle
from trainer.measure.latency import Latency, measure_latency
from trainer.measure.metrics import paired_difference
from trainer.measure.quality import Quality, measure, summary
from trainer.models.overlay import named_weights
from trainer.training.run_data import RunData
from trainer.training.student import Student

TIMED = 256  # titles


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredStudent:
    """What a student is as a bundle."""

    bytes: int  # of the file
    gzip_bytes: int
    parameters: int
    zeros: int  # among them
    weights: Mapping[str, Mapping[str, int]] | None = None  # parameters and zeros of each, by name
    notes: Json  # what the steps found out
    latency: Latency = field(metadata=FLAT)
    quality: Quality = field(metadata=FLAT)
    difference: Mapping[str, Interval] | None = None  # of AUC and nDCG@10 to the dense parent, paired


def count_weights(student: Student) -> dict[str, dict[str, int]]:
    """Numbers and zeros among them of every weight, by name; those of the head aside, which no step changes."""
    return {
        name: {"parameters": int(np.prod(weight.shape)), "zeros": int(np.sum(weight.numpy() == 0))}
        for name, weight in named_weights(student.model).items()
        if not name.startswith("head/")
    }


def measure_student(
    student: Student,
    data: RunData,
    origin: BundleOrigin,
    bundle: Path,
    parent: NDArray[np.float64] | None,
) -> MeasuredStudent:
    """Write a student's bundle and measure it.

    Args:
        student: To be measured.
        data: Of the run; dev is measured, by content alone.
        origin: Of the run's bundles.
        bundle: Where the bundle goes; its scores lie beside it, as `.npy`.
        parent: Scores of the dense parent on dev, to be compared with; None: this is the parent.

    """
    rows, dev = data.text_rows, data.clicks[1]
    export_bundle(student, origin, bundle)
    scores = score_bundle(bundle, data.texts.articles, dev, lambda done: None)
    np.save(bundle.with_suffix(".npy"), scores)
    metrics = measure(scores, dev)
    weights = count_weights(student)
    differences = None if parent is None else paired_difference(metrics, measure(parent, dev))
    return MeasuredStudent(
        bytes=bundle.stat().st_size,
        gzip_bytes=len(gzip.compress(bundle.read_bytes(), 9, mtime=0)),
        parameters=sum(count["parameters"] for count in weights.values()),
        zeros=sum(count["zeros"] for count in weights.values()),
        weights=weights,
        notes=dict(student.notes),
        latency=measure_latency(bundle, [data.texts.articles[row] for row in rows[:TIMED]]),
        quality=summary(metrics),
        difference=differences and {name: differences[name] for name in ("auc", "ndcg10")},
    )
