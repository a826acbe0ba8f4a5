"""Guessed topics against the truth, worked by hand."""

import numpy as np
from pytest import approx

from benchmarks.topics import judge


def test_guesses_are_right_as_often_as_they_say():
    shares = np.array([[0.95, 0.05], [0.85, 0.15], [0.55, 0.45], [0.4, 0.3]])
    found = judge(shares, ["food", "sports"], ["food", "sports", "food", "food"])
    assert found.articles == 4 and found.accuracy == 0.75
    # Each guess is alone in its bin: |0.95 - 1| + |0.85 - 0| + |0.55 - 1| + |0.4 - 1|, of 4.
    assert found.calibration_error == approx((0.05 + 0.85 + 0.45 + 0.6) / 4)
    assert found.named == 0.75 and found.right_if_named == approx(2 / 3)
