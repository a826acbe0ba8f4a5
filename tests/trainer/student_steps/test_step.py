"""What all steps share: how fine-tuning is set up."""

from __future__ import annotations

import numpy as np
from pytest import approx

from tests.trainer.student_steps.tiny import tiny_data, tiny_student
from trainer.models.overlay import weight_arrays
from trainer.student_steps.step import fine_tune, fine_tuning


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
