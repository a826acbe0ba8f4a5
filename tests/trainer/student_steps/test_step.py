"""What all steps share: how fine-tuning is set up, and which shares make sense."""

from __future__ import annotations

import numpy as np
import pytest
from pytest import approx

from tests.trainer.student_steps.tiny import tiny_data, tiny_student
from trainer.errors import CompressionError
from trainer.models.overlay import weight_arrays
from trainer.student_steps.step import check_share, fine_tune, fine_tuning


def test_fine_tuning_has_a_third_of_the_rates_of_distillation_and_half_of_its_least_steps():
    data = tiny_data([0])
    settings = fine_tuning(data, 2.5)
    assert settings.learning_rate == approx(data.distillation.learning_rate / 3)
    assert (settings.epochs, settings.min_steps) == (2.5, data.distillation.min_steps // 2)


def test_no_epochs_leave_a_student_as_it_is():
    student = tiny_student([[1, 0]], [[0]], projection=[[1, 2], [3, 4]])
    before = weight_arrays(student.model)
    fine_tune(student, tiny_data([0], [[0.0, 1.0]]), 0.0, "nothing")
    assert all(np.array_equal(before[name], after) for name, after in weight_arrays(student.model).items())


@pytest.mark.parametrize("value", [0.0, -0.1, 1.0001, float("nan")])
def test_a_share_is_above_0_and_at_most_1(value):
    with pytest.raises(CompressionError, match=f"cut: keep is {value}; give more than 0 and at most 1$"):
        check_share("cut", "keep", value, most_included=True)


def test_whether_1_is_a_share_depends_on_what_it_is_a_share_of():
    check_share("cut", "keep", 1.0, most_included=True)
    with pytest.raises(CompressionError, match=r"cut: sparsity is 1\.0; give more than 0 and at most below 1"):
        check_share("cut", "sparsity", 1.0)
