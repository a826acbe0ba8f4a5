"""The pace of what training itself decides: how far a number can go."""

from __future__ import annotations

import dataclasses

import pytest
from pytest import approx

from tests.trainer.student_steps.tiny import tiny_data
from trainer.student_steps.learned_sparsity import pace_of


def data_of(min_steps):
    data = tiny_data([0])
    return dataclasses.replace(data, distillation=dataclasses.replace(data.distillation, min_steps=min_steps))


def test_a_pull_in_one_direction_moves_a_number_by_the_reach():
    # 400 steps at a mean of half of the rate of fine-tuning, a third of 0.01, move by 400 / 600 at pace 1.
    assert pace_of(24.0, data_of(800), 1.0) == approx(24 * 600 / 400)


@pytest.mark.parametrize("min_steps", [2, 198])
def test_a_short_training_goes_less_far_instead_of_faster(min_steps):
    assert pace_of(24.0, data_of(min_steps), 1.0) == approx(24 * 600 / 100)
