"""The front: what no other bundle beats."""

from __future__ import annotations

import json

import numpy as np

from trainer.search.front import beats, on_front, write_front


def test_of_two_equal_bundles_neither_beats_the_other(make_point):
    one, same = make_point(0, 100, 0.4), make_point(1, 100, 0.4)
    assert not beats(one, same)
    assert beats(make_point(2, 99, 0.4), one)
    assert not beats(make_point(3, 99, 0.39), one)  # smaller, but it ranks worse


def test_a_slow_bundle_stays_on_the_front_unless_time_counts(make_point):
    fast, slow = make_point(0, 100, 0.4, encode_us=5.0), make_point(1, 100, 0.41, encode_us=9.0)
    assert on_front([fast, slow]) == [False, True]
    assert on_front([fast, slow], "encode_us") == [True, True]


def test_no_bundle_of_the_front_is_beaten_and_every_other_one_is_beaten_by_one_of_it(make_point):
    rng = np.random.default_rng(0)
    for _ in range(20):
        # Few values of each, so that there are ties.
        points = [make_point(n, int(rng.integers(1, 12)), float(rng.integers(1, 12)) / 20) for n in range(30)]
        front = [point for point, member in zip(points, on_front(points), strict=True) if member]
        assert front
        assert not any(beats(other, point) for point in front for other in points)
        for point in points:
            assert point in front or any(beats(member, point) for member in front)


def test_the_file_holds_every_bundle_and_says_which_are_on_the_front(make_point, tmp_path):
    points = [make_point(0, 100, 0.40), make_point(1, 90, 0.41)]
    path = tmp_path / "front.json"
    write_front(path, points, None, {"max_bytes": 100}, {"ndcg10": {"mean": 0.42}}, "trial-1", [])
    found = json.loads(path.read_text())
    assert [(point["name"], point["is_front"]) for point in found["points"]] == [("trial-0", False), ("trial-1", True)]
    assert found["budget"] == {"max_bytes": 100}
    assert (found["best"], found["unmet"]) == ("trial-1", [])
    assert list(tmp_path.iterdir()) == [path]
