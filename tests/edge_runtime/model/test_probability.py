from __future__ import annotations

from math import exp

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pytest import approx

from edge_runtime.model.probability import (
    ISOTONIC_PAIRS,
    PlattPrior,
    calibration_error,
    fit,
    isotonic,
    threshold_for,
)

PRIOR = PlattPrior(slope=1.0, intercept=-2.0)


def logistic(logits):
    return 1 / (1 + np.exp(-np.asarray(logits, float)))


def bundles_curve(scores):
    return logistic(np.asarray(scores) - 2)


def reader(pairs: int, slope: float, intercept: float, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    scores = rng.normal(0, 1.5, pairs)
    return scores, rng.random(pairs) < logistic(slope * scores + intercept)


def test_without_pairs_the_curve_is_the_bundles():
    # 1 / (1 + exp(-(1 * 2 - 2))) = 1/2
    assert fit([], [], PRIOR).probability([2.0, 0.0]) == approx([0.5, 1 / (1 + exp(2))])


def test_one_opened_pair_moves_the_curve_by_hand():
    # The only pair lies at the centre c = -2, where the steepness has no say. The bundle says 1 / (1 + e^2) = 0.119, so
    # the target is (1 + 2 * 0.119) / 3 = 0.413, and the shift s solves sigmoid(-2 + s) - 0.413 + s / 1^2 = 0.
    found = fit([0.0], [True], PRIOR)
    target = (1 + 2 / (1 + exp(2))) / 3
    assert found.steepness == approx(1)
    assert float(logistic(-2 + found.shift)) - target + found.shift == approx(0, abs=1e-9)
    assert 0 < found.shift < target


@given(st.floats(-4, 4), st.integers(1, 30))
def test_articles_passed_over_never_raise_the_probability_nor_opened_ones_lower_it(score, count):
    before = fit([], [], PRIOR).probability([score])[0]
    assert fit([score] * count, [False] * count, PRIOR).probability([score])[0] < before
    assert fit([score] * count, [True] * count, PRIOR).probability([score])[0] > before


def test_a_reader_like_all_others_keeps_the_bundles_curve():
    scores, opened = reader(4000, 1.0, -2.0)
    grid = np.linspace(-2, 2, 20)
    assert fit(scores[:400], opened[:400], PRIOR).probability(grid) == approx(bundles_curve(grid), abs=0.07)
    assert fit(scores, opened, PRIOR).probability(grid) == approx(bundles_curve(grid), abs=0.07)


def test_a_reader_who_opens_more_is_learned_and_better_calibrated_on_later_pairs():
    scores, opened = reader(300, 0.6, -0.5)
    later, opened_later = reader(20_000, 0.6, -0.5, seed=1)
    before = calibration_error(fit([], [], PRIOR).probability(later), opened_later)
    after = calibration_error(fit(scores, opened, PRIOR).probability(later), opened_later)
    assert before > 0.15
    assert after < 0.05


def test_the_bundles_curve_counts_less_with_each_pair():
    gaps = []
    for pairs in (5, 50, 490):
        scores, opened = reader(pairs, 1.0, 0.5, seed=3)
        gaps.append(abs(fit(scores, opened, PRIOR).probability([0.0])[0] - logistic(0.5)))
    assert gaps[0] > gaps[1] > gaps[2]


def test_a_step_that_no_line_can_follow_is_learned_from_many_pairs():
    rng = np.random.default_rng(0)
    scores = rng.uniform(-3, 3, 20_000)
    truth = np.where(scores > 1, 0.6, 0.05)
    found = fit(scores, rng.random(len(scores)) < truth, PRIOR)
    few = fit(scores[: ISOTONIC_PAIRS - 1], rng.random(ISOTONIC_PAIRS - 1) < truth[: ISOTONIC_PAIRS - 1], PRIOR)
    assert found.trust == approx(1 - 500 / 20_000)
    assert found.probability([0.9, 1.1]) == approx([0.05, 0.6], abs=0.08)
    assert not len(few.knots)


def test_the_isotonic_curve_starts_to_count_without_a_leap():
    scores, opened = reader(ISOTONIC_PAIRS, 2.0, 0.0)
    assert fit(scores, opened, PRIOR).trust == 0


def test_a_few_unopened_articles_at_the_bottom_prove_no_zero():
    scores = np.linspace(-2, 2, 2000)
    opened = np.arange(2000) % 10 == 9
    opened[:30] = False
    # The lowest group has 7 of 100. Three quarters of that and a quarter of Platt's curve, which is near 10 %; a block
    # of 39 unopened ones alone would give 0 in the place of 7.
    lowest, middle = fit(scores, opened, PRIOR).probability([-5.0, 0.0])
    assert lowest == approx(0.75 * 0.07 + 0.25 * 0.1, abs=0.015)
    assert middle == approx(0.1, abs=0.01)


def test_isotonic_regression_by_hand():
    # 1, then 0 0 after it: pooled to 1/3; 3 stays. Equal inputs 4 share (0 + 1) / 2.
    knots, heights = isotonic(np.array([0.0, 1, 2, 3, 4, 4]), np.array([1.0, 0, 0, 0.4, 0, 1]))
    assert knots == approx([0, 2, 3, 3, 4, 4])
    assert heights == approx([1 / 3, 1 / 3, 0.4, 0.4, 0.5, 0.5])


@pytest.mark.usefixtures("slow")
def test_isotonic_regression_is_scikit_learns():
    peer = pytest.importorskip("sklearn.isotonic", reason="scikit-learn is not installed")
    rng = np.random.default_rng(1)
    inputs, targets = rng.integers(0, 300, 1000).astype(float), rng.random(1000)
    knots, heights = isotonic(inputs, targets)
    theirs = peer.IsotonicRegression(out_of_bounds="clip").fit(inputs, targets)
    grid = np.linspace(-10, 310, 2000)
    assert np.interp(grid, knots, heights) == approx(theirs.predict(grid), abs=1e-9)


floats = st.floats(allow_nan=False, allow_infinity=False)
pairs = st.lists(st.tuples(floats | st.floats(-5, 5), st.booleans()), max_size=40)


@settings(max_examples=150, deadline=None)
@given(pairs, st.integers(1, 40), floats | st.floats(-5, 5), st.floats(0.01, 10), st.floats(-8, 8))
@pytest.mark.usefixtures("slow")
def test_every_curve_is_monotone_finite_and_between_0_and_1(pairs, repeats, probe, slope, intercept):
    scores = np.array([score for score, _ in pairs] * repeats)
    opened = np.array([was for _, was in pairs] * repeats, bool)
    grid = np.sort(np.concatenate([scores, [probe, -1e308, -50, -1, 0, 1, 50, 1e308], np.linspace(-6, 6, 50)]))
    found = fit(scores, opened, PlattPrior(slope, intercept)).probability(grid)
    assert ((found > 0) & (found < 1)).all()
    assert (np.diff(found) >= -1e-12).all()


@pytest.mark.parametrize("was", [True, False])
@pytest.mark.parametrize("count", [1, 30, 2000])
def test_all_or_none_opened_stays_short_of_certain(was, count):
    found = fit(np.linspace(-1, 1, count), np.full(count, was), PRIOR).probability([-100.0, 0.0, 100.0])
    assert ((found > 0) & (found < 1)).all()
    assert (found[1] > bundles_curve(0.0)) == was


def test_a_reader_who_opens_what_scores_low_gets_a_level_curve_not_a_falling_one():
    scores, opened = reader(450, -2.0, -1.0)
    found = fit(scores, opened, PRIOR)
    assert found.steepness == 0
    assert found.probability([0.0]) == approx(opened.mean(), abs=0.02)


@pytest.mark.parametrize(
    ("scores", "opened"),
    [
        ([np.nan], [True]),
        ([np.inf], [True]),
        ([1.0], [np.nan]),
        ([1.0], [2]),
        ([1.0, 2.0], [True]),
        ([[1.0]], [[True]]),
    ],
)
def test_what_is_no_pair_is_refused(scores, opened):
    with pytest.raises(ValueError, match="give"):
        fit(scores, opened, PRIOR)


def test_a_score_that_is_no_number_is_refused():
    with pytest.raises(ValueError, match="finite"):
        fit([], [], PRIOR).probability([np.nan])


@pytest.mark.parametrize(("slope", "intercept"), [(0.0, 0.0), (-1.0, 0.0), (np.nan, 0.0), (1.0, np.inf)])
def test_a_prior_that_would_turn_the_order_is_refused(slope, intercept):
    with pytest.raises(ValueError, match="slope above 0"):
        PlattPrior(slope, intercept)


def test_calibration_error_by_hand():
    # Two bins are filled: 0.1 (five pairs, one opened: sum of gaps 0.5 - 1) and 0.8 (five, three opened: 4 - 3)
    found = calibration_error([0.1] * 5 + [0.8] * 5, [1, 0, 0, 0, 0, 1, 1, 1, 0, 0])
    assert found == approx((0.5 + 1) / 10)


def test_calibration_error_of_nothing_is_refused():
    with pytest.raises(ValueError, match="at least one"):
        calibration_error([], [])


def test_the_threshold_for_a_share_of_clicks_by_hand():
    # Sums of the likeliest: 0.5, 0.9, 0.98, 1.0: 95 % are reached with the third
    assert threshold_for([0.08, 0.5, 0.02, 0.4], keep=0.95) == 0.08
    assert threshold_for([0.08, 0.5, 0.02, 0.4], keep=0.9) == 0.4
    assert threshold_for([0.0, 0.0]) == 0


@given(st.lists(st.floats(0, 1), min_size=1), st.floats(0.01, 1))
def test_the_threshold_keeps_the_share_and_no_higher_one_does(probabilities, keep):
    values = np.array(probabilities)
    found = threshold_for(values, keep)
    assert values[values >= found].sum() >= keep * values.sum() * (1 - 1e-9)
    assert values[values > found].sum() <= keep * values.sum()


@pytest.mark.parametrize(("probabilities", "keep"), [([], 0.9), ([0.5], 0.0), ([0.5], 1.1), ([np.nan], 0.9)])
def test_a_threshold_of_nothing_is_refused(probabilities, keep):
    with pytest.raises(ValueError, match="give"):
        threshold_for(probabilities, keep)
