import numpy as np
import pytest

from trainer.compression.metric import Quality, difference, quality
from trainer.errors import CompressionError


def test_a_number_has_no_rows():
    found = quality(lambda predict: predict(2), lambda x: x + 1, "test")
    assert (found.mean, found.rows) == (3.0, None)


def test_a_number_for_each_row():
    found = quality(lambda predict: np.array([True, False, True, True]), None, "test")
    assert found.mean == 0.75
    assert found.rows.tolist() == [1, 0, 1, 1]


@pytest.mark.parametrize("given", [float("nan"), np.inf, [0.5, float("nan")], []])
def test_what_is_no_number_is_refused(given):
    with pytest.raises(CompressionError, match=r"metric: gave .* for prune \(int8\); it must give a finite number, or"):
        quality(lambda predict: given, None, "prune (int8)")


def test_a_difference_of_single_numbers_has_no_interval():
    change = difference(Quality(0.7), Quality(0.9, np.array([0.9])), seed=0)
    assert (change.low, change.mean, change.high) == (pytest.approx(-0.2),) * 3


def test_paired_rows_that_differ_by_the_same_have_no_spread():
    rows = np.random.default_rng(0).random(50)
    change = difference(Quality(0, rows + 0.25), Quality(0, rows), seed=0)
    assert (change.low, change.mean, change.high) == (pytest.approx(0.25),) * 3


def test_an_interval_is_narrower_with_less_confidence():
    rng = np.random.default_rng(0)
    one, other = Quality(0, rng.random(200)), Quality(0, rng.random(200))
    wide, narrow = difference(one, other, 0), difference(one, other, 0, 0.68)
    # Of a mean 1.96 standard errors on 95 %, 0.99 on 68 %.
    assert (wide.high - wide.low) / (narrow.high - narrow.low) == pytest.approx(1.96 / 0.99, rel=0.1)
    assert wide.low < narrow.low < narrow.mean < narrow.high < wide.high
    assert difference(one, other, 0) == wide


def test_other_rows_are_refused():
    with pytest.raises(CompressionError, match="gave 3 rows, and 4 of the original; it must ask about the same rows"):
        difference(Quality(0, np.zeros(3)), Quality(0, np.zeros(4)), 0)
