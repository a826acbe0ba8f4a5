"""The front in a bundle's manifest: it comes back, a damaged one is refused, and none is needed."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from edge_runtime import BundleError, Reader, read_bundle, write_bundle
from edge_runtime.installation import DEFAULT_BUNDLE
from edge_runtime.model.bundle import write_members
from edge_runtime.model.front import Front, FrontPoint, front_facts, front_fields

DOCS = Path(__file__).parents[3] / "docs"
DENSE = FrontPoint("student", 2_985_159, 0.34, 0.33, 0.35)
PRUNED = FrontPoint("prune-units", 2_000_000, 0.33, 0.32, 0.34)
SMALL = FrontPoint("quantize", 139_381, 0.335, 0.325, 0.345)
FRONT = Front("ndcg10", 2250, 7, 2, (DENSE, PRUNED, SMALL))


def manifest_and_members(path) -> tuple[dict, dict[str, bytes]]:
    data = path.read_bytes()
    at = 48 + int.from_bytes(data[12:16], "little")
    manifest, members = json.loads(data[48:at]), {}
    for name, entry in manifest.pop("members").items():
        members[name] = data[at : at + entry["size"]]
        at += entry["size"]
    return manifest, members


def with_front(path, front: Front | None):
    bundle = read_bundle(DEFAULT_BUNDLE)
    write_bundle(path, replace(bundle, manifest=replace(bundle.manifest, front=front)))
    return path


def test_a_front_comes_back_and_changes_nothing_but_the_manifest(tmp_path):
    path = with_front(tmp_path / "b", FRONT)
    assert read_bundle(path).manifest.front == FRONT
    assert manifest_and_members(path)[1] == manifest_and_members(DEFAULT_BUNDLE)[1]
    assert len(json.dumps(front_fields(FRONT))) < 300  # of every device


def test_a_bundle_without_a_front_opens_and_stays_without(tmp_path):
    path = with_front(tmp_path / "b", None)
    assert read_bundle(path).manifest.front is None
    assert "front" not in manifest_and_members(path)[0]


def test_a_field_that_this_release_does_not_know_is_passed_over(tmp_path):
    # So a runtime from before the front opens a bundle that has one.
    manifest, members = manifest_and_members(DEFAULT_BUNDLE)
    write_members(tmp_path / "b", {**manifest, "of_tomorrow": [1]}, members)
    assert read_bundle(tmp_path / "b").manifest == read_bundle(DEFAULT_BUNDLE).manifest


def test_a_point_is_beaten_by_one_that_is_no_larger_and_ranks_no_worse():
    # SMALL has fewer bytes than PRUNED and a higher mean; DENSE ranks best of all.
    assert FRONT.unbeaten() == (True, False, True)
    twins = replace(FRONT, own=0, points=(SMALL, replace(SMALL, name="twin")))
    assert twins.unbeaten() == (True, True)


def test_the_reader_tells_which_point_is_its_own(tmp_path):
    facts = front_facts(FRONT)
    assert [(one["name"], one["is_own"], one["is_unbeaten"]) for one in facts["points"]] == [
        ("student", False, True),
        ("prune-units", False, False),
        ("quantize", True, True),
    ]
    for front, told in ((FRONT, facts), (None, None)):
        path = with_front(tmp_path / "b", front)
        with Reader.open(tmp_path / "data", bundle=path) as reader:
            assert reader.info()["front"] == told


def test_the_default_bundle_carries_the_sizes_that_the_page_of_the_bundle_lists():
    front, page = read_bundle(DEFAULT_BUNDLE).manifest.front, (DOCS / "bundle.md").read_text("utf-8")
    own = front.points[front.own]
    assert own.name == "quantize" and own.bytes == min(point.bytes for point in front.points)
    for one in front.points:
        assert f"| {one.name} | {one.bytes:,} | {one.mean:.4f} [{one.low:.4f}, {one.high:.4f}] |\n" in page


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("metric", 3),
        ("impressions", -1),
        ("seed", True),
        ("own", 3),
        ("own", "quantize"),
        ("points", []),
        ("points", {"student": 3}),
        ("points", [["student", 0, 0.3, 0.2, 0.4]] * 3),
        ("points", [["student", 9, 0.3, 0.2, 1.4]] * 3),
        ("points", [["student", 9, 0.3, 0.2]] * 3),
        ("points", [["student", 9, "0.3", 0.2, 0.4]] * 3),
        ("points", [["student", 9, 0.3, 0.2, 0.4]] * 101),
    ],
)
def test_a_front_that_is_none_is_refused_by_its_field(tmp_path, name, value):
    manifest, members = manifest_and_members(DEFAULT_BUNDLE)
    write_members(tmp_path / "b", {**manifest, "front": {**front_fields(FRONT), name: value}}, members)
    with pytest.raises(BundleError, match="manifest field front"):
        read_bundle(tmp_path / "b")
