"""Knowledge distillation as a step: a candidate learns from the original once more."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from trainer.compression.distillation import Distillation
from trainer.compression.rebuild import cloned
from trainer.compression.step import Candidate, Task, check_rounds
from trainer.compression.training import MISSED
from trainer.errors import CompressionError
from trainer.settings.ranges import Amount, Positive, Rounds


@dataclass(frozen=True, slots=True)
class Distill:
    """Train on the caller's loss and the original's outputs, and on hidden states where layers are named."""

    method: ClassVar[str] = "distill"
    weight: Amount = 1.0  # of the original's outputs beside the caller's loss
    temperature: Positive = 2.0  # of the softmax
    hidden: tuple[str, ...] = ()  # layers whose outputs are learned too, by name
    hidden_weight: Amount = 1.0  # of those
    epochs: Rounds = 4  # rounds

    def __call__(self, candidate: Candidate, task: Task) -> Candidate:
        """The candidate after more training; masks stay."""
        check_rounds(self.method, "epochs", self.epochs, least=1)
        model = cloned(candidate.model)
        what = Distillation(task.original, self.weight, self.temperature, self.hidden, self.hidden_weight)
        training = replace(task.trainer(self.method), distillation=what, missed=[])
        training.rounds(model, self.epochs, self.method, masks=candidate.masks)
        if training.missed:
            raise CompressionError(f"{self.method}: {MISSED}")
        return replace(candidate, model=model)
