"""Shares of topics beside the main one: hand-worked values."""

from __future__ import annotations

import numpy as np
from pytest import approx

from edge_runtime.content.topic_shares import (
    LEAST_SHARE,
    no_others,
    numbers_in,
    other_topics,
    packed,
    shares_by_name,
    shares_in,
    unpacked,
)

NAMES = ("", "health", "science", "sports", "food")


def test_the_main_topic_and_small_shares_are_not_beside_it():
    probabilities = np.array(
        [
            [0.5, 0.35, 0.1, 0.05],  # health, and science beside
            [0.45, 0.4, 0.1, 0.05],  # none is sure enough
            [0.32, 0.31, 0.31, 0.06],  # three, of which two are kept
            [0.97, 0.01, 0.01, 0.01],
        ],
        np.float32,
    )
    found = other_topics(probabilities, np.array([1, 0, 0, 1]))
    assert numbers_in(found).tolist() == [[2, 0], [1, 2], [1, 2], [0, 0]]
    assert shares_in(found) == approx(np.array([[0.35, 0], [0.45, 0.4], [0.32, 0.31], [0, 0]]), abs=1e-5)
    assert shares_by_name(found[1], NAMES) == approx({"health": 0.45, "science": 0.4}, abs=1e-5)
    assert shares_by_name(found[3], NAMES) == {}


def test_what_is_kept_of_a_share_is_right_to_a_65535th_and_the_bound_itself_counts():
    for share in (LEAST_SHARE, 0.333333, 0.499999):
        found = other_topics(np.array([[share, 0, 0, 0]], np.float32), np.array([0]))
        assert abs(float(shares_in(found)[0, 0]) - share) <= 0.5 / 65_535 + 1e-7
    assert not other_topics(np.array([[LEAST_SHARE - 1e-4, 0, 0, 0]], np.float32), np.array([0])).any()


def test_what_the_cache_keeps_is_one_number_and_nothing_is_0():
    others = np.array([[3, 999, 65_535, 40_000], [0, 0, 0, 0], [1, 0, 20_000, 0]], np.uint16)
    assert packed(others)[1:] == [0, 1 + (20_000 << 32)]
    assert unpacked(packed(others)).tolist() == others.tolist() and unpacked(()).shape == (0, 4)


def test_a_bundle_of_one_topic_has_no_more_to_tell():
    assert other_topics(np.ones((2, 1), np.float32), np.array([1, 1])).tolist() == no_others(2).tolist()
