"""Budgets: what is missed is said, with numbers."""

from __future__ import annotations

import pytest
from pytest import approx

from trainer.search.budgets import Budget, BudgetError

TEACHER = 0.40


def test_a_loss_is_a_share_of_the_teachers_ndcg(make_point):
    # 1 % of 0.40 is 0.004: 0.396 is just enough, 0.395 loses 1.25 %, a quarter more than it may
    budget = Budget(max_loss=0.01)
    assert not budget.unmet(make_point(0, 100, 0.3961), TEACHER)
    (missed,) = budget.unmet(make_point(0, 100, 0.395), TEACHER)
    assert missed.value == approx(0.0125)
    assert missed.excess == approx(0.25)
    assert missed.text() == "--max-loss 0.01: 0.0125, 25.0% too much"


def test_the_worst_miss_comes_first(make_point):
    # 150 bytes are 50 % above 100; 0.36 is 10 % below 0.40
    budget = Budget(max_bytes=100, min_ndcg=0.40, max_encode_us=10.0)
    texts = [limit.text() for limit in budget.unmet(make_point(0, 150, 0.36), TEACHER)]
    assert texts == ["--max-bytes 100: 150, 50.0% too much", "--min-ndcg 0.4: 0.36, 10.0% too low"]


def test_the_shortfall_names_the_nearest_bundle_and_the_best_of_each_figure(make_point):
    budget = Budget(max_bytes=100, max_loss=0.01)
    points = [make_point(0, 104, 0.398), make_point(1, 90, 0.36), make_point(2, 300, 0.41)]
    assert budget.shortfall(points, TEACHER) == (
        "the nearest is trial-0 (--max-bytes 100: 104, 4.0% too much); "
        "smallest seen 90 bytes, best nDCG@10 seen 0.4100 (loss -2.50%)"
    )


def test_the_smallest_bundle_is_wanted_where_quality_alone_is_limited():
    assert Budget(max_loss=0.01).wants_small
    assert not Budget(max_loss=0.01, max_bytes=1000).wants_small
    assert not Budget(max_encode_us=10.0).wants_small


@pytest.mark.parametrize(
    ("budget", "message"),
    [
        (Budget(), "needs a budget: give --max-bytes"),
        (Budget(max_bytes=0), "--max-bytes is 0; give more than 0$"),
        (Budget(max_loss=1.0), "--max-loss is 1.0; give more than 0 and below 1"),
        (Budget(min_ndcg=-0.1), "--min-ndcg is -0.1"),
        (Budget(max_encode_us=float("nan")), "--max-encode-us is nan"),
    ],
)
def test_a_budget_that_no_bundle_can_meet_is_refused(budget, message):
    with pytest.raises(BudgetError, match=message):
        budget.check()
