from __future__ import annotations

import numpy as np
from pytest import approx

from edge_runtime.personal.worth_reading import (
    FEWEST_READ,
    LEAST_PROBABILITY,
    MOST_ASKED,
    least_probability,
    worth_reading,
)


def test_the_floor_is_the_rate_at_which_the_reader_opens_what_is_shown():
    assert least_probability(FEWEST_READ - 1, 100, 4) == 0
    assert least_probability(30, 90, 30) == approx((30 + 1) / (90 + 10))
    assert least_probability(90, 90, 90) == MOST_ASKED
    assert least_probability(5, 1000, 1) == LEAST_PROBABILITY


def test_what_is_unlikely_near_to_a_dislike_or_of_a_disliked_topic_is_not_named():
    # A dislike counts 2, so a cosine of 0.6 to it costs 1.2.
    likely = np.array([0.1, 0.09, 0.5, 0.5, 0.5])
    disliked = np.array([0, 0, -1.21, -1.1, 0], np.float32)
    is_worth = worth_reading(likely, disliked, np.array([0, 0, 0, 0, 1], bool), 0.1)
    assert is_worth.tolist() == [True, False, False, True, False]
