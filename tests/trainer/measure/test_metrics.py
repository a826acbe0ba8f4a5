from __future__ import annotations

from math import log2

import numpy as np
import pytest
from pytest import approx
from sklearn.metrics import ndcg_score, roc_auc_score

from trainer.intervals import bootstrap
from trainer.measure.metrics import impression_metrics, paired_difference


def metrics_of(scores, clicked):
    found = impression_metrics(np.array(scores, float), np.array(clicked, bool), np.array([0, len(scores)]))
    return {name: float(values[0]) for name, values in found.items()}


def test_one_click_in_second_place_by_hand():
    found = metrics_of([0.9, 0.5, 0.1], [0, 1, 0])
    # one of two others stands below it; 1/2; gain 1/log2(3) over an ideal of 1
    assert found == approx({"auc": 0.5, "mrr": 0.5, "ndcg5": 1 / log2(3), "ndcg10": 1 / log2(3)})


def test_equal_scores_count_as_the_mean_over_all_orders():
    found = metrics_of([1.0, 1.0, 1.0], [1, 0, 0])
    assert found["auc"] == approx(0.5)
    assert found["mrr"] == approx((1 + 1 / 2 + 1 / 3) / 3)
    assert found["ndcg10"] == approx((1 + 1 / log2(3) + 1 / log2(4)) / 3)


def test_random_impressions_agree_with_scikit_learn():
    rng = np.random.default_rng(0)
    for size in rng.integers(3, 40, 50):
        scores, clicked = np.round(rng.normal(size=size), 1), rng.random(size) < 0.3
        if clicked.any() and not clicked.all():
            found = metrics_of(scores, clicked)
            assert found["auc"] == approx(roc_auc_score(clicked, scores))
            assert found["ndcg10"] == approx(ndcg_score([clicked], [scores], k=10))


def test_impressions_without_a_click_or_without_a_non_click_do_not_count():
    found = impression_metrics(np.arange(4.0), np.array([1, 1, 0, 0], bool), np.array([0, 2, 4]))
    assert np.isnan(found["auc"]).all()


def test_a_score_that_is_not_finite_is_refused():
    with pytest.raises(ValueError, match="not finite"):
        metrics_of([np.nan, 1.0], [0, 1])


def test_the_interval_of_a_model_against_itself_is_zero():
    values = {"auc": np.random.default_rng(0).random(200)}
    same = paired_difference(values, values)["auc"]
    assert (same.mean, same.low, same.high) == (0, 0, 0)
    interval = bootstrap(values["auc"], seed=1)
    assert interval.low < interval.mean < interval.high
