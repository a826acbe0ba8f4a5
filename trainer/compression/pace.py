"""Numbers that training decides, gates and variances, at a speed that lets them get somewhere.

The optimizer is the caller's, and made for weights: a gate that moved as slowly as a weight would never shut. So the
number is its start plus speed x variable. The speed is set from the learning rate, and from the steps that a round
turned out to have. Adam moves a variable by about its rate in a step, whatever the size of the gradient; other
optimizers do not.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from trainer.compression.training import LAST_RATE, learning_rate

FEWEST_STEPS = 100  # what goes all its way in fewer would follow the noise of single batches


def speed_of(reach: float, mean_rate: float, steps: float) -> float:
    """How many times faster than a weight a number has to move, to get so far if every gradient pulls the same way.

    A longer training goes no further, only more slowly, and noise has more time to average out; one of less than
    `FEWEST_STEPS` does not go so far.

    Args:
        reach: How far.
        mean_rate: Of Adam, over the training.
        steps: Of the training.
    """
    return reach / (mean_rate * max(FEWEST_STEPS, steps))


class Pace:
    """How fast the numbers of an overlay move: by `reach` in a training, if every gradient pulls the same way."""

    def __init__(self, reach: float) -> None:
        """Stand still until the length of a round is known."""
        self._reach = reach
        self._speed = keras.Variable(0.0, trainable=False, name="speed")
        self._steps = keras.Variable(0.0, trainable=False, name="steps")

    def number(self, start: NDArray[np.float32], name: str) -> PacedNumber:
        """A number of any shape that will move at this pace."""
        value = keras.Variable(np.zeros_like(start), trainable=True, name=name)
        return PacedNumber(tf.constant(start), value, self._speed, self._steps)

    def step(self) -> tf.Tensor:
        """Count a step; how many there were comes back."""
        return self._steps.value.assign_add(1.0)

    def between(
        self, model: keras.Model, rounds: int, each: Callable[[float], object] = lambda done: None
    ) -> Callable[[int], None]:
        """What `Training.rounds` calls between rounds: after the first, the speed is set.

        Args:
            model: Whose rate counts.
            rounds: How many there will be, two or more.
            each: Told in [0, 1] how much of the training is behind.
        """

        def called(done: int) -> None:
            if done == 1:
                steps = float(self._steps.numpy()) * (rounds - 1)
                mean_rate = learning_rate(model) * (1 + LAST_RATE) / 2
                self._speed.assign(speed_of(self._reach, mean_rate, steps))
            each(done / rounds)

        return called


@dataclass(frozen=True, slots=True)
class PacedNumber:
    """Start plus speed x variable."""

    start: tf.Tensor
    variable: keras.Variable
    speed: keras.Variable
    steps: keras.Variable

    @property
    def variables(self) -> Sequence[keras.Variable]:
        """What a layer has to know of while the number is trained."""
        return (self.variable, self.speed, self.steps)

    def value(self) -> tf.Tensor:
        """Where the number stands now."""
        return self.start + self.speed.value * self.variable.value
