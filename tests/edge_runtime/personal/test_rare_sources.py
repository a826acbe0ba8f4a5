from __future__ import annotations

import numpy as np
from pytest import approx

from edge_runtime.personal.rare_sources import DAY_S, NEW_DAYS, OFTEN, faded, rarity

NOW_S = 1e9


def of_ages(*sources: list[float]) -> list[list[float]]:
    """Rarities of articles of so many days, source by source."""
    ages = np.array([age for source in sources for age in source])
    codes = np.repeat(np.arange(len(sources)), [len(source) for source in sources]).astype(np.int32)
    found = rarity(NOW_S - ages * DAY_S, codes, NOW_S).tolist()
    return [[found.pop(0) for _ in source] for source in sources]


def test_a_source_that_writes_twice_a_month_is_rare_and_one_that_writes_twice_a_week_is_not():
    twice_a_month = [1.0, 16.0, 31.0, 46.0]
    by_the_day = [float(day) for day in range(40)]
    twice_a_week = [day * 3.5 for day in range(12)]
    rare, daily, weekly = of_ages(twice_a_month, by_the_day, twice_a_week)
    # Two of 30 days; what is older than two weeks is not new.
    assert rare == approx([1 - (2 / 30) / OFTEN, 0, 0, 0])
    assert max(daily) == 0 and max(weekly) < 0.05


def test_a_source_that_is_known_for_an_hour_may_write_by_the_hour_and_a_wrong_date_makes_none_rare():
    assert of_ages([0.04]) == [[0]]
    assert of_ages([0.5] * 60 + [9000.0])[0] == [0] * 61
    assert of_ages([NEW_DAYS + 1.0, 400.0]) == [[0, 0]]
    assert rarity(np.array([NOW_S]), np.array([-1], np.int32), NOW_S).tolist() == [0]
    assert len(rarity(np.zeros(0), np.zeros(0, np.int32), NOW_S)) == 0


def test_it_fades_with_each_time_of_being_passed_over():
    times = np.arange(3)
    assert faded(np.full(3, 0.9, np.float32), -np.log2(1.0 + times)).tolist() == approx([0.9, 0.9 / 4, 0.9 / 9])
