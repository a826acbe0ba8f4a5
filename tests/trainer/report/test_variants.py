from __future__ import annotations

import csv
import dataclasses
import io
import json

import pytest

from trainer.errors import ConfigError
from trainer.intervals import Interval
from trainer.report.variants import Variant, pareto_front, read_front, variants_csv

POINT = {
    "name": "t1",
    "bundle": "trials/1.bundle",
    "bytes": 90_000,
    "encode_us": 11.5,
    "rank_us": 180.0,
    "auc": {"mean": 0.6, "low": 0.5, "high": 0.7},
    "ndcg10": {"mean": 0.4, "low": 0.3, "high": 0.5},
    "recipe": {},
    "seed": 0,
    "trial": 1,
    "is_front": True,
}


def from_csv(text: str) -> list[Variant]:
    found = []
    for line in csv.DictReader(io.StringIO(text)):
        fields = {}
        for field in dataclasses.fields(Variant):
            if field.name in ("auc", "ndcg10", "difference"):
                parts = {part: line[f"{field.name}_{part}"] for part in ("mean", "low", "high")}
                fields[field.name] = Interval(**{k: float(v) for k, v in parts.items()}) if parts["mean"] else None
            elif field.name in ("name", "group"):
                fields[field.name] = line[field.name]
            else:
                kind = float if field.name.endswith("_us") else int
                fields[field.name] = kind(line[field.name]) if line[field.name] else None
        found.append(Variant(**fields))
    return found


def test_variants_come_back_from_csv_as_they_went_in(report, tmp_path):
    path = tmp_path / "front.json"
    path.write_text(json.dumps({"points": [POINT], "best": "t1"}))
    variants = [*report.variants, *read_front(path)]
    assert from_csv(variants_csv(variants)) == variants


def test_the_dense_student_comes_first_and_the_finished_bundle_last(report, finished):
    assert [one.group for one in report.variants] == ["student", "step", "step", "step", "bundle"]
    assert [one.name for one in report.variants][:2] == ["0 student", "1 prune-units"]
    assert report.variants[-1].size_bytes == finished.bundle.stat().st_size == report.size_bytes
    assert report.variants[0].difference is None


def test_points_of_a_search_join_and_the_best_is_named(tmp_path):
    path = tmp_path / "front.json"
    halfway = {**POINT, "name": "t2", "share": 0.3}
    path.write_text(json.dumps({"points": [POINT, halfway], "budget": {}, "teacher": {}, "best": "t1"}))
    (point,) = read_front(path)  # the other one had a part of the training only
    assert (point.name, point.size_bytes, point.ndcg10.low) == ("t1 (best of the search)", 90_000, 0.3)


@pytest.mark.parametrize("text", ["", "[]", '{"points": [{"name": "t1"}]}', '{"points": 3}'])
def test_what_is_no_front_is_refused(tmp_path, text):
    path = tmp_path / "front.json"
    path.write_text(text)
    with pytest.raises(ConfigError, match=r"front\.json: not the front of a search"):
        read_front(path)


def test_the_front_holds_what_none_beats():
    # The third costs more than the second and gains less, the fourth gains as much as the second for more.
    assert pareto_front([10, 20, 30, 25, 40], [0.1, 0.3, 0.2, 0.3, 0.4]) == [0, 1, 4]


def test_of_equal_points_the_first_is_on_the_front():
    assert pareto_front([5, 5, 5], [0.1, 0.2, 0.2]) == [1]
