"""A student measured as what it would be on a device: its bundle's bytes, its ranking, its speed."""

from __future__ import annotations

import gzip
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainer.export.bundle import BundleOrigin, export_bundle
from trainer.measure.evaluation import score_bundle
from trainer.measure.latency import measure_latency
from trainer.measure.metrics import paired_difference
from trainer.measure.quality import measure, summary
from trainer.models.overlay import named_weights
from trainer.training.run_data import RunData
from trainer.training.student import Student

TIMED = 256  # titles


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
) -> dict[str, Any]:
    """Write a student's bundle and measure it.

    Args:
        student: To be measured.
        data: Of the run; dev is measured, by content alone.
        origin: Of the run's bundles.
        bundle: Where the bundle goes; its scores lie beside it, as `.npy`.
        parent: Scores of the dense parent on dev, to be compared with; None: this is the parent.

    Returns:
        Bytes (of the file, gzipped), parameters, zeros, both by weight, what the steps noted, AUC and nDCG@10 with
        intervals and with paired differences to the parent, microseconds.
    """
    rows, dev = data.text_rows, data.clicks[1]
    export_bundle(student, origin, bundle)
    scores = score_bundle(bundle, data.texts.articles, dev, lambda done: None)
    np.save(bundle.with_suffix(".npy"), scores)
    metrics = measure(scores, dev)
    weights = count_weights(student)
    facts: dict[str, Any] = {
        "bytes": bundle.stat().st_size,
        "gzip_bytes": len(gzip.compress(bundle.read_bytes(), 9, mtime=0)),
        "parameters": sum(count["parameters"] for count in weights.values()),
        "zeros": sum(count["zeros"] for count in weights.values()),
        "weights": weights,
        "notes": dict(student.notes),
        **asdict(measure_latency(bundle, [data.texts.articles[row] for row in rows[:TIMED]])),
        **summary(metrics),
    }
    if parent is not None:
        differences = paired_difference(metrics, measure(parent, dev))
        facts["difference"] = {name: asdict(differences[name]) for name in ("auc", "ndcg10")}
    return facts
