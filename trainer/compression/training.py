"""The caller's way to train, a round at a time: a function of the model, or the arguments of its `fit`.

A round is what the caller makes it: an epoch, or some steps. Between rounds a step may look at the model, raise masks,
or set a pace.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import keras
import numpy as np

from trainer.compression.distillation import Distillation, distilling
from trainer.compression.overlay import Overlay, assign, baked, forget_functions, overlaid
from trainer.compression.rebuild import compile_like
from trainer.compression.weights import Masks, Owned, owned_weights
from trainer.errors import CompressionError, TrainingError

Train = Callable[[keras.Model], object] | Mapping[str, Any]
Told = Callable[[str, int, int], object]  # of rounds: what they are for, how many are done, and of how many

MISSED = (
    "training calls the model's layers and never the model itself, so the original's outputs were not learned; call "
    "the model in train_step, and add its losses"
)
USUAL_RATE = 1e-3  # Adam's, where a model has no optimizer to ask
LAST_RATE = 0.1  # of the learning rate that is left in the last round: it falls linearly, unless it has a schedule


def tell_nobody(title: str, done: int, of: int) -> None:
    """Nothing is shown."""


@dataclass(frozen=True, slots=True)
class Training:
    """How a candidate is trained."""

    train: Train
    seed: int = 0
    told: Told = tell_nobody
    distillation: Distillation | None = None  # beside the caller's own loss
    missed: list[str] = field(default_factory=list)  # what was trained without the distillation, see `MISSED`
    rate: float = 1.0  # of the first round, as a share of the model's own learning rate

    def rounds(
        self,
        model: keras.Model,
        number: int,
        title: str,
        overlays: Sequence[Overlay] = (),
        masks: Masks | None = None,
        between: Callable[[int], object] = lambda done: None,
    ) -> None:
        """Train a model in place; pruned weights stay zero, and what overlays give is not baked into its weights.

        Args:
            model: A step's own copy.
            number: Of rounds.
            title: What for.
            overlays: Stand in for weights, after the masks.
            masks: By path; False is pruned.
            between: Told how many rounds are done, before each round and after the last.

        Raises:
            CompressionError: The model cannot be trained so.
            TrainingError: A weight became infinite or NaN.
        """
        every: list[Overlay] = [FixedMasks(masks), *overlays] if masks else list(overlays)
        weights = owned_weights(model)
        with contextlib.ExitStack() as during:
            during.enter_context(overlaid(model, every))
            reached = during.enter_context(distilling(model, self.distillation)) if self.distillation else None
            with fresh_optimizer(model):
                first_rate = learning_rate(model)
                seed_layers(model, self.seed)
                between(0)
                for done in range(number):
                    self.told(title, done, number)
                    set_learning_rate(model, first_rate * self.rate * (1 - (1 - LAST_RATE) * done / max(1, number - 1)))
                    keras.utils.set_random_seed((self.seed + done) % 2**32)  # what Keras takes
                    self._round(model)
                    check_finite(weights, title)
                    between(done + 1)
                set_learning_rate(model, first_rate)
                self.told(title, number, number)
                if reached and number and not reached():
                    self.missed.append(title)
        if masks:
            assign(model, baked(model, [FixedMasks(masks)]))

    def _round(self, model: keras.Model) -> None:
        if callable(self.train):
            self.train(model)
            return
        if not model.compiled:
            raise CompressionError(
                f"{model.name} is not compiled, so train= cannot be arguments of fit; compile it, or give a function"
            )
        model.fit(**{"verbose": 0, "epochs": 1, **self.train})


def check_finite(weights: Mapping[str, Owned], title: str) -> None:
    """Refuse weights that training has ruined.

    Raises:
        TrainingError: One is infinite or NaN.
    """
    for path, owned in weights.items():
        if not np.isfinite(owned.variable.numpy()).all():
            raise TrainingError(f"{title}: {path} is not finite after training; lower the learning rate")


def seed_layers(model: keras.Model, seed: int) -> None:
    """Let Dropout and its like draw the same noise whatever was drawn before the model was copied."""
    rng = np.random.default_rng(seed)
    for layer in model._flatten_layers():
        for generator in layer._seed_generators:
            generator.state.assign([rng.integers(2**31), 0])


def learning_rate(model: keras.Model) -> float:
    """The rate at which a model is trained now."""
    optimizer = getattr(model, "optimizer", None)
    return float(keras.ops.convert_to_numpy(optimizer.learning_rate)) if optimizer is not None else USUAL_RATE


def set_learning_rate(model: keras.Model, rate: float) -> None:
    """Set the rate of a model that has an optimizer, and no schedule for it."""
    optimizer = getattr(model, "optimizer", None)
    if optimizer is not None and isinstance(optimizer._learning_rate, keras.Variable):
        optimizer.learning_rate = rate


@contextlib.contextmanager
def fresh_optimizer(model: keras.Model) -> Iterator[None]:
    """Within it, and after it, a compiled model has an optimizer that begins anew: its weights are others now."""
    compile_like(model, model)
    yield
    compile_like(model, model)
    forget_functions(model)


class FixedMasks:
    """Pruned weights read as zero: their gradient is zero then, so that they also stay it."""

    def __init__(self, masks: Masks) -> None:
        """Take masks by path; False is pruned."""
        self.variables: Mapping[str, Sequence[keras.Variable]] = {path: () for path in masks}
        self._masks = {path: mask.astype(np.float32) for path, mask in masks.items()}

    def value(self, path: str, weight: Any) -> Any:
        """The weight times its mask."""
        return weight * self._masks[path]

    def penalty(self, path: str, weight: Any) -> None:
        """Masks add nothing to the loss."""
