"""How far outputs are apart, on numbers worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from trainer.compression.agreement import Tolerance, compare
from trainer.errors import ExportError


def test_agreement_worked_out():
    # Columns less their means are (-1, 1), (0, 0) and for the output (-1, 1), (1, 1): cosine 2 / sqrt(2 * 4).
    reference = np.array([[1.0, 4.0], [3.0, 4.0]])
    output = np.array([[1.0, 5.0], [3.0, 5.0]])
    found = compare([output], [reference], Tolerance(cosine=0.7, largest=0.25))
    assert found.cosine == pytest.approx(2 / np.sqrt(8))
    # One of 4 at most, and half of the numbers are off.
    assert (found.largest, found.mean) == (0.25, 0.125)


def test_a_constant_output_does_not_pass_for_one_that_hardly_changes():
    reference = 100 + np.random.default_rng(0).normal(size=(20, 3))
    constant = np.tile(reference.mean(axis=0), (20, 1))
    with pytest.raises(ExportError, match=r"cosine 0\.0000"):
        compare([constant], [reference], Tolerance(cosine=0.9, largest=1))


@pytest.mark.parametrize(
    ("outputs", "message"),
    [([np.zeros((2, 3))], "has shape"), ([np.full((2, 2), np.nan)], "not finite"), ([], "has 0 outputs")],
)
def test_what_cannot_be_compared_is_an_error(outputs, message):
    with pytest.raises(ExportError, match=message):
        compare(outputs, [np.ones((2, 2))], Tolerance(cosine=-1, largest=9))


def test_of_several_outputs_the_worst_counts():
    good, bad = np.array([[1.0], [2.0]]), np.array([[1.0], [1.5]])
    found = compare([good, bad], [good, good], Tolerance(cosine=0, largest=1))
    # Half of 2 at the most, and only in the second; from -0.5 and 0 to -0.5 and 0.5: cosine 1 / sqrt(2).
    assert found.largest == 0.25
    assert found.cosine == pytest.approx(np.sqrt(0.5))


def test_a_single_row_is_compared_as_it_is():
    assert compare([np.array([[3.0, 4.0]])], [np.array([[3.0, 4.0]])], Tolerance(cosine=1, largest=0)).mean == 0
