"""Bets, against the tables that they were chosen by."""

from __future__ import annotations

import math

import pytest

from edge_runtime.worth.bets import share_interval, wealth_against_help, wealth_for

BAR = math.log(40)


def test_wealth_by_hand():
    # Two wins: the mean of 1.2 ** 2, 1.4 ** 2 and 1.6 ** 2.
    assert math.exp(wealth_for(2, 0)) == pytest.approx((1.44 + 1.96 + 2.56) / 3)
    # A win and a loss against 0.6: the means of (p / 0.6) * ((1 - p) / 0.4).
    assert math.exp(wealth_against_help(1, 1)) == pytest.approx((0.25 + 0.2475 + 0.2275) / 3 / 0.24)
    assert wealth_for(0, 0) == wealth_against_help(0, 0) == 0


@pytest.mark.parametrize("wealth", [wealth_for, wealth_against_help])
def test_a_fair_vote_changes_no_wealth_on_average(wealth):
    share = 0.5 if wealth is wealth_for else 0.6
    for wins, losses in ((0, 0), (7, 3), (20, 40)):
        after = share * math.exp(wealth(wins + 1, losses)) + (1 - share) * math.exp(wealth(wins, losses + 1))
        assert after == pytest.approx(math.exp(wealth(wins, losses)))


@pytest.mark.parametrize(
    ("votes", "least_wins", "most_wins"),
    [(12, 12, None), (20, 17, 5), (30, 23, 10), (40, 30, 15), (60, 42, 25), (100, 66, 46), (200, 122, 100)],
)
def test_how_many_wins_prove_an_order_and_how_few_say_that_it_does_not_help(votes, least_wins, most_wins):
    assert next(wins for wins in range(votes + 1) if wealth_for(wins, votes - wins) >= BAR) == least_wins
    if most_wins is not None:
        too_few = [w for w in range(votes + 1) if wealth_against_help(w, votes - w) >= math.log(20)]
        assert max(too_few) == most_wins


@pytest.mark.parametrize(
    ("votes", "wins", "interval"),
    [(40, 20, (0.28, 0.72)), (40, 28, (0.47, 0.87)), (80, 64, (0.65, 0.91)), (150, 105, (0.58, 0.81))],
)
def test_the_interval_of_the_share(votes, wins, interval):
    assert share_interval(wins, votes - wins, BAR) == pytest.approx(interval, abs=0.005)
    low, high = share_interval(votes - wins, wins, BAR)
    assert (1 - high, 1 - low) == pytest.approx(interval, abs=0.005)


def test_the_interval_leaves_one_half_out_exactly_when_the_order_is_proven():
    for votes in (1, 9, 10, 23, 60):
        for wins in range(votes + 1):
            low, high = share_interval(wins, votes - wins, BAR)
            assert (low > 0.5) == (wealth_for(wins, votes - wins) >= BAR)
            assert (high < 0.5) == (wealth_for(votes - wins, wins) >= BAR)
            assert 0 <= low <= wins / votes <= high <= 1
