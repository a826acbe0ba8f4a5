import keras
import numpy as np
import pytest
from keras import layers
from numpy.testing import assert_allclose

from trainer.compression.pace import FEWEST_STEPS, Pace


def model(rate: float) -> keras.Model:
    made = keras.Sequential([keras.Input((1,)), layers.Dense(1)])
    made.compile(keras.optimizers.Adam(rate), "mse")
    return made


def speed_after(steps: int, rounds: int, rate: float = 0.01) -> float:
    pace = Pace(reach=24.0)
    number = pace.number(np.array([4.0], np.float32), "gate")
    between = pace.between(model(rate), rounds)
    between(0)
    for _ in range(steps):
        pace.step()
    assert_allclose(number.value(), [4.0])
    number.variable.assign([2.0])
    assert_allclose(number.value(), [4.0])
    between(1)
    # Set once: later rounds do not change it.
    pace.step()
    between(2)
    speed = float(number.value()[0] - 4) / 2
    assert [v.trainable for v in number.variables] == [True, False, False]
    assert [v.path for v in number.variables] == [v.path for v in (number.variable, number.speed, number.steps)]
    return speed


def test_a_number_can_go_its_way_in_the_rounds_that_are_left():
    # 50 steps a round and 4 rounds left, at 0.01 falling to 0.001, 0.0055 in the mean: 24 / (0.0055 * 200).
    assert speed_after(50, 5) == pytest.approx(24 / 1.1, rel=1e-5)


def test_short_trainings_go_as_if_they_had_a_hundred_steps():
    assert speed_after(3, 2) == pytest.approx(24 / (0.0055 * FEWEST_STEPS), rel=1e-5)


def test_steps_are_counted():
    pace = Pace(1.0)
    assert [float(pace.step()) for _ in range(3)] == [1, 2, 3]


def test_how_much_is_behind():
    told = []
    between = Pace(1.0).between(model(0.1), 4, told.append)
    for done in range(5):
        between(done)
    assert told == [0.0, 0.25, 0.5, 0.75, 1.0]
