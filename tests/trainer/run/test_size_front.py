"""The front of a run is what its steps measured, nothing is trained or measured for it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from edge_runtime import read_bundle
from edge_runtime.model.front import FrontPoint, front_fields
from trainer.intervals import Interval
from trainer.run.facts import CompressFacts
from trainer.run.size_front import MOST_OTHERS, POINT_BYTES, size_front


@pytest.fixture
def steps(finished):
    return finished.facts("compress", CompressFacts).steps


def test_the_bundle_of_a_run_carries_what_its_steps_measured(finished, steps):
    front = read_bundle(finished.bundle).manifest.front
    assert front.seed == finished.settings.seed
    assert [point.name for point in front.points] == [step.method for step in steps]
    assert front.points[front.own].name == steps[-1].method
    for point, step in zip(front.points, steps, strict=True):
        measured = step.left.measured
        assert (
            point.bytes
            == measured.bytes
            == finished.out.joinpath("steps").glob(f"*-{step.method}.bundle").__next__().stat().st_size
        )
        assert point.mean == pytest.approx(measured.quality.ndcg10.mean, abs=5e-5)
        assert front.impressions == measured.quality.impressions


def test_what_was_measured_beside_a_run_stands_before_its_own_and_has_room(steps):
    others = [FrontPoint(f"trial-{number:03}-full-{2**31}", 10**8, 0.1234, 0.1234, 0.1234) for number in range(20)]
    front = size_front(steps, 2**31, others)
    assert front.points[: MOST_OTHERS + 1] == (*others[:MOST_OTHERS], front.points[MOST_OTHERS])
    assert front.points[front.own].name == steps[-1].method
    text = str(front_fields(front)).replace(" ", "")
    assert len(text) <= POINT_BYTES * (len(front.points) + 2)


def test_one_size_or_a_log_without_a_figure_makes_no_front(steps):
    nothing = Interval(float("nan"), float("nan"), float("nan"))
    measured = steps[0].left.measured
    unknown = replace(measured, quality=replace(measured.quality, ndcg10=nothing))
    silent = replace(steps[0], left=replace(steps[0].left, measured=unknown))
    assert size_front(steps[:1], 7) is None
    assert size_front((silent, *steps[1:]), 7) is None
