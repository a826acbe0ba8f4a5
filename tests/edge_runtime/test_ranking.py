from __future__ import annotations

from math import exp, log

import numpy as np
from pytest import approx

from edge_runtime.ranking import log_mean_exp


def test_log_mean_exp_of_two_clicks_by_hand():
    # similarities 1 and 0, equal weights, sharpness 2: (1/2) log((e^2 + e^0) / 2)
    found = log_mean_exp(np.array([[1.0, 0.0]], np.float32), np.zeros(2, np.float32), 2.0)
    assert found[0] == approx(log((exp(2) + 1) / 2) / 2, abs=1e-6)


def test_log_mean_exp_lies_between_mean_and_maximum():
    similarity = np.random.default_rng(0).uniform(-1, 1, (50, 8)).astype(np.float32)
    found = log_mean_exp(similarity, np.zeros(8, np.float32), 5.0)
    assert (found >= similarity.mean(axis=1) - 1e-6).all()
    assert (found <= similarity.max(axis=1) + 1e-6).all()
