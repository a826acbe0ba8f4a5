"""Bundles side by side: bytes, speed and ranking of every step, of other runs and of a search; which none beats."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from trainer.errors import ConfigError
from trainer.intervals import Interval, bootstrap
from trainer.measure.compression import MeasuredStudent
from trainer.measure.evaluation import BundleQuality
from trainer.measure.metrics import Floats
from trainer.measure.quality import measure
from trainer.report.run_folder import FinishedRun
from trainer.run.facts import ExportFacts

GROUPS = {
    "student": "the dense float32 student",
    "step": "a step of the recipe",
    "bundle": "the finished bundle of this run",
    "run": "the finished bundle of another run",
    "search": "a trial of the search",
}


@dataclass(frozen=True, slots=True)
class Variant:
    """One bundle of a comparison, with its size and its figures."""

    name: str
    group: str  # one of GROUPS
    size_bytes: int
    gzip_bytes: int | None
    parameters: int | None  # numbers that training set; those of the head aside
    zeros: int | None  # among them
    encode_us: float | None  # a title
    rank_us: float | None  # 1,000 candidates
    auc: Interval
    ndcg10: Interval
    difference: Interval | None  # nDCG@10 minus that of this run's dense student, paired; None: it is that, or unknown


def run_variants(run: FinishedRun, dense: Mapping[str, Floats]) -> list[Variant]:
    """Every step of a run, then its finished bundle.

    Args:
        run: Its folder.
        dense: Metrics of each dev list by its dense student.
    """
    found = []
    for step in run.steps:
        minus = _minus(run.step_scores(step), run, dense) if step.number else None
        found.append(_variant(step.name, "step" if step.number else "student", step.facts, minus))
    return [*found, bundle_variant(run, "finished bundle", "bundle", dense)]


def bundle_variant(run: FinishedRun, name: str, group: str, dense: Mapping[str, Floats]) -> Variant:
    """The finished bundle of a run; its table and encoders, and so its speed, are those of the last step."""
    last, export = run.steps[-1].facts, run.facts("export", ExportFacts)
    quality = run.facts("evaluate", BundleQuality).quality
    facts = replace(last, bytes=export.bytes, gzip_bytes=export.gzip_bytes, quality=quality)
    return _variant(name, group, facts, _minus(run.bundle_scores(), run, dense))


def _minus(scores: Floats, run: FinishedRun, dense: Mapping[str, Floats]) -> Interval:
    return bootstrap(measure(scores, run.dev)["ndcg10"] - dense["ndcg10"], seed=0)


def _variant(name: str, group: str, facts: MeasuredStudent, difference: Interval | None) -> Variant:
    return Variant(
        name=name,
        group=group,
        size_bytes=facts.bytes,
        gzip_bytes=facts.gzip_bytes,
        parameters=facts.parameters,
        zeros=facts.zeros,
        encode_us=facts.latency.encode_us,
        rank_us=facts.latency.rank_us,
        auc=facts.quality.auc,
        ndcg10=facts.quality.ndcg10,
        difference=difference,
    )


def read_front(path: Path) -> list[Variant]:
    """The points of a search's front.json that had the full training; the best one, if there is one, is named so.

    Raises:
        ConfigError: Unreadable, or not what the search writes.
    """
    try:
        found = json.loads(path.read_text("utf-8"))
        best = found.get("best")
        return [_front_point(point, best) for point in found["points"] if point.get("share", 1) == 1]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ConfigError(f"{path}: not the front of a search ({error!r}); give the front.json it wrote") from error


def _front_point(point: Mapping[str, Any], best: str | None) -> Variant:
    return Variant(
        name=f"{point['name']} (best of the search)" if point["name"] == best else point["name"],
        group="search",
        size_bytes=int(point["bytes"]),
        gzip_bytes=None,
        parameters=None,
        zeros=None,
        encode_us=point["encode_us"],
        rank_us=point["rank_us"],
        auc=Interval(**point["auc"]),
        ndcg10=Interval(**point["ndcg10"]),
        difference=None,
    )


def pareto_front(costs: Sequence[float], gains: Sequence[float]) -> list[int]:
    """Numbers of the points that no other beats, the cheapest first.

    A point is beaten by one that costs no more and gains more, or costs less and gains as much; of equal points the
    first stays.
    """
    order = np.lexsort((np.arange(len(costs)), -np.asarray(gains, float), np.asarray(costs, float)))
    front: list[int] = []
    for number in order.tolist():
        if not front or gains[number] > gains[front[-1]]:
            front.append(number)
    return front


def variants_csv(variants: Sequence[Variant]) -> str:
    """A line for each variant, intervals as three columns, an empty cell for what is not known."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    lines = [_flat(variant) for variant in variants]
    writer.writerow(lines[0])
    writer.writerows(line.values() for line in lines)
    return text.getvalue()


def _flat(variant: Variant) -> dict[str, object]:
    flat: dict[str, object] = {}
    for name in Variant.__dataclass_fields__:
        value = getattr(variant, name)
        if name in ("auc", "ndcg10", "difference"):
            for part in ("mean", "low", "high"):
                flat[f"{name}_{part}"] = None if value is None else getattr(value, part)
        else:
            flat[name] = value
    return flat
