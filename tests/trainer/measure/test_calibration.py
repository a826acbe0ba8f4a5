"""Probabilities out of scores: fitted on the past, judged on what came later."""

from __future__ import annotations

from math import log

import numpy as np
import pytest
from pytest import approx
from sklearn.linear_model import LogisticRegression

from trainer.data.dataset import Impressions, Ragged
from trainer.errors import LogError, TrainerError
from trainer.measure.calibration import PlattScaling, Reliability, calibrate, error_difference, fit_platt, mass_bins
from trainer.measure.calibration import plot_reliability as plot


def make_log(clicked: np.ndarray, size: int = 10, second: int | None = None) -> Impressions:
    """Impressions of `size` articles each, one a second."""
    count = len(clicked) // size
    times = np.arange(count) if second is None else np.full(count, second)
    return Impressions(
        ids=[f"i{number}" for number in range(count)],
        users=np.zeros(count, np.int32),
        times=times,
        history=Ragged(np.zeros(0, np.int32), np.zeros(count + 1, np.int64)),
        candidates=Ragged(np.zeros(len(clicked), np.int32), np.arange(count + 1) * size),
        clicked=clicked,
    )


def simulated(seed: int, count: int = 400) -> tuple[np.ndarray, Impressions]:
    """Scores that are the true log odds, less 2."""
    rng = np.random.default_rng(seed)
    scores = rng.normal(size=count * 10)
    return scores, make_log(rng.random(len(scores)) < 1 / (1 + np.exp(2 - scores)))


def calibration(gaps: list[list[float]], sizes: list[int]) -> Reliability:
    return Reliability(PlattScaling(1, 0), (), np.array(gaps, float), np.array(sizes))


def test_platt_scaling_of_two_different_scores_by_hand():
    # One click in four at score 0 and three in four at score 1. Targets: (4 + 1) / (4 + 2) = 5/6 and 1 / (4 + 2) = 1/6,
    # in the mean (5/6 + 3/6) / 4 = 1/3 at 0 and 2/3 at 1; two numbers are enough to meet both.
    scaling = fit_platt(np.repeat([0.0, 1.0], 4), np.array([1, 0, 0, 0, 1, 1, 1, 0], bool))
    assert scaling.probabilities(np.array([0.0, 1.0])) == approx([1 / 3, 2 / 3])
    assert (scaling.slope, scaling.offset) == approx((2 * log(2), -log(2)))


def test_platt_scaling_agrees_with_scikit_learn_on_many_clicks():
    scores, impressions = simulated(0, 2000)
    theirs = LogisticRegression(C=np.inf).fit(scores[:, None], impressions.clicked)
    ours = fit_platt(scores, impressions.clicked)
    assert (ours.slope, ours.offset) == approx((theirs.coef_[0, 0], theirs.intercept_[0]), abs=0.01)


@pytest.mark.parametrize("factor", [1e-6, 1e6])
def test_the_unit_of_the_scores_makes_no_difference(factor):
    scores, impressions = simulated(1)
    one, other = fit_platt(scores, impressions.clicked), fit_platt(factor * scores, impressions.clicked)
    assert one.probabilities(scores) == approx(other.probabilities(factor * scores))


def test_scores_that_are_all_equal_or_without_error_still_have_a_best_scaling():
    clicked = np.array([1, 0, 0, 0, 0, 0, 0, 0], bool)
    equal = fit_platt(np.full(8, 7.0), clicked)
    # mean target: (2/3 + 7 * 1/9) / 8
    assert equal.probabilities(np.array([7.0])) == approx([(2 / 3 + 7 / 9) / 8])
    perfect = fit_platt(np.arange(8.0)[::-1], clicked)
    assert np.isfinite([perfect.slope, perfect.offset]).all() and perfect.slope > 0
    none = fit_platt(np.arange(8.0), np.zeros(8, bool))
    assert none.probabilities(np.arange(8.0)) == approx(np.full(8, 0.1), abs=1e-3)  # targets 1 / (8 + 2)


def test_bins_have_equal_mass_and_equal_probabilities_stay_together():
    assert mass_bins(np.arange(20.0)[::-1]).tolist() == np.repeat(np.arange(9, -1, -1), 2).tolist()
    # Places 0 to 14 are taken by 0.2, whose middle is 7 of 20, bin 3; each of the others has 1/2 of a bin.
    assert mass_bins(np.array([0.2] * 15 + [0.3, 0.4, 0.5, 0.6, 0.7])).tolist() == [3] * 15 + [7, 8, 8, 9, 9]
    assert len(set(mass_bins(np.full(50, 0.3)))) == 1


def test_the_expected_calibration_error_by_hand():
    # Two later lists of four. Bin 0 promised 0.5 clicks too many in one, 0.3 too few in the other; bin 1 one too few.
    assert calibration([[0.5, 0], [-0.3, -1]], [4, 4]).error == approx((0.2 + 1) / 8)


def test_true_log_odds_are_found_and_have_hardly_any_error():
    scores, impressions = simulated(2, 2000)
    found = calibrate(3 * scores + 5, impressions)
    # slope * (3 s + 5) + offset = s - 2
    assert (found.scaling.slope, found.scaling.offset) == approx((1 / 3, -2 - 5 / 3), abs=0.1)
    assert found.error < 0.02
    assert sum(one.count for one in found.bins) == 10_000  # the later half
    assert [one.predicted for one in found.bins] == sorted(one.predicted for one in found.bins)
    assert found.bins[-1].observed == approx(found.bins[-1].predicted, abs=0.05)


def test_the_later_half_has_no_say_in_the_scaling_and_the_earlier_half_none_in_the_bins():
    scores, impressions = simulated(3)
    half = len(scores) // 2
    later = impressions.clicked.copy()
    later[half:] = True
    changed = calibrate(scores, make_log(later))
    assert changed.scaling == calibrate(scores, impressions).scaling
    assert all(one.observed == 1 for one in changed.bins)
    assert changed.error == approx(1 - np.mean(changed.scaling.probabilities(scores[half:])))


def test_impressions_of_one_second_lie_in_one_half():
    scores, impressions = simulated(4, 10)
    times = np.array([0, 1, 1, 1, 1, 1, 1, 1, 1, 1])  # the middle one is of second 1, so all of that second are later
    log_ = Impressions(
        impressions.ids, impressions.users, times, impressions.history, impressions.candidates, impressions.clicked
    )
    assert len(calibrate(scores, log_).sizes) == 9
    with pytest.raises(LogError, match=r"all 10 impressions are of second 5: .*; give a longer log"):
        calibrate(scores, make_log(impressions.clicked, second=5))


def test_a_model_is_as_well_calibrated_as_itself_and_better_than_one_whose_odds_change():
    scores, impressions = simulated(5)
    good = calibrate(scores, impressions)
    shifted = scores.copy()
    shifted[len(scores) // 2 :] += 1  # fitted before, wrong after
    bad = calibrate(shifted, impressions)
    same = error_difference([good], [good])
    assert (same.mean, same.low, same.high) == (0, 0, 0)
    worse = error_difference([bad, bad], [good])
    assert worse.mean == approx(bad.error - good.error)
    assert 0 < worse.low < worse.mean < worse.high


@pytest.mark.usefixtures("slow")
def test_a_plot_is_written_and_a_folder_that_is_missing_is_explained(tmp_path):
    scores, impressions = simulated(6, 50)
    lines = {"A": calibrate(scores, impressions).bins, "B": calibrate(-scores, impressions).bins}
    plot(tmp_path / "reliability.png", lines)
    assert (tmp_path / "reliability.png").read_bytes().startswith(b"\x89PNG")
    with pytest.raises(TrainerError, match=r"cannot be written .*; give a \.png in a folder that is there"):
        plot(tmp_path / "nowhere" / "reliability.png", lines)
