"""What a step of compression is: a candidate goes in and the next one comes out, nothing else is passed on.

The loss and the data are the caller's. A step is given a way to train, and knows neither. What has to outlast a step
travels with the candidate: masks of pruned weights, learned ranges of activations, the kind of its file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol

import keras
import numpy as np
from numpy.typing import NDArray

from trainer.compression.training import Training
from trainer.compression.weights import Masks
from trainer.errors import CompressionError

Inputs = Any  # an array, or a tuple or dict of arrays, one a model's input; rows first


@dataclass(frozen=True, slots=True)
class Candidate:
    """A model on its way to be small."""

    model: keras.Model
    masks: Masks = field(default_factory=dict)  # by path; False stays zero
    kind: str = "float32"  # of its file; one of `trainer.compression.kinds.KINDS`
    exact: bool = False  # was trained as its file computes, so that both have to agree to a step of their grid
    # Of activations, as training has learned them: least and greatest number, by the layer whose output it is.
    ranges: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    skipped: Mapping[str, str] = field(default_factory=dict)  # why something was left alone, by path or layer
    notes: Mapping[str, Any] = field(default_factory=dict)  # what steps found out, by method; JSON's own types


@dataclass(frozen=True, slots=True)
class Task:
    """What steps may ask for."""

    training: Training | None  # None: the caller gave no way to train
    calibration: Inputs | None  # None: no file with int8 activations can be made
    original: keras.Model  # what the compression began with, for distillation
    seed: int = 0

    def trainer(self, method: str) -> Training:
        """The way to train.

        Raises:
            CompressionError: There is none.
        """
        if self.training is None:
            raise CompressionError(f"{method}: needs training; give train=, a function or arguments of fit")
        return self.training


class Step(Protocol):
    """One entry of a recipe: a frozen dataclass whose fields are its settings in a recipe's TOML."""

    method: ClassVar[str]  # its name in a recipe

    def __call__(self, candidate: Candidate, task: Task) -> Candidate:
        """Return the next candidate; the one given keeps its weights.

        Raises:
            CompressionError: A setting is out of range, or the model has nothing that the step works on.
            TrainingError: A weight became infinite or NaN.
        """


def kept_of(masks: Masks, path: str, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """The mask of a weight; all True if it has none."""
    return masks.get(path, np.ones(shape, bool))


def check_share(method: str, name: str, value: float, *, most_included: bool = False) -> None:
    """Refuse a share outside (0, 1), or (0, 1].

    Raises:
        CompressionError: It is outside.
    """
    if not (0 < value < 1 or (most_included and value == 1)):
        most = "at most 1" if most_included else "less than 1"
        raise CompressionError(f"{method}: {name} is {value}; give more than 0 and {most}")


def check_rounds(method: str, name: str, value: int, least: int = 0) -> None:
    """Refuse a number of rounds that is too small.

    Raises:
        CompressionError: It is.
    """
    if value < least:
        raise CompressionError(f"{method}: {name} is {value}; give {least} or more")


def refuse_masks(method: str, candidate: Candidate) -> None:
    """Refuse a candidate with masks: they name places that a structured step would move or mix.

    Raises:
        CompressionError: It has some.
    """
    if candidate.masks:
        raise CompressionError(
            f"{method}: single weights are pruned, and {method} would move or mix their places; put {method} first"
        )
