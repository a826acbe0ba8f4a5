from __future__ import annotations

from math import exp, log

import numpy as np
from pytest import approx

from edge_runtime.model.scoring import log_mean_exp


def test_log_mean_exp_of_two_clicks_by_hand():
    # similarities 1 and 0, equal weights, sharpness 2: (1/2) log((e^2 + e^0) / 2)
    found = log_mean_exp(np.array([[1.0, 0.0]], np.float32), np.eye(2, dtype=np.float32), np.zeros(2, np.float32), 2.0)
    assert found[0] == approx(log((exp(2) + 1) / 2) / 2, abs=1e-6)


def test_log_mean_exp_lies_between_mean_and_maximum():
    rng = np.random.default_rng(0)
    vectors, interests = (rng.normal(size=(rows, 6)).astype(np.float32) for rows in (50, 8))
    similarity = vectors @ interests.T
    found = log_mean_exp(vectors, interests, np.zeros(8, np.float32), 5.0)
    assert (found >= similarity.mean(axis=1) - 1e-6).all()
    assert (found <= similarity.max(axis=1) + 1e-6).all()
