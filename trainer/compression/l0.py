"""L0 regularisation: weights or channels get random gates, and training pays for every gate that is not shut.

Louizos, Welling and Kingma, ICLR 2018; the gates are in `trainer.compression.hard_concrete`. Unlike pruning to a given
sparsity, the loss itself decides how much stays, at a given price.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from trainer.compression.cuts import cut_channels
from trainer.compression.gates import ChannelGates, Fixed, Gates
from trainer.compression.graph import channel_groups
from trainer.compression.hard_concrete import START
from trainer.compression.overlay import assign, baked
from trainer.compression.rebuild import cloned
from trainer.compression.step import Candidate, Task, check_rounds, kept_of, refuse_masks
from trainer.compression.training import Training
from trainer.compression.weights import Filter, arrays, passes, select
from trainer.errors import CompressionError
from trainer.settings.ranges import Positive, Rounds

STRUCTURES = ("weights", "channels")


@dataclass(frozen=True, slots=True)
class SparsifyL0:
    """Train gates and weights together, remove what a shut gate belongs to, then train on without gates.

    With the structure "weights" every weight has a gate, and zeros are kept by masks. With "channels" it is units,
    filters and dimensions of embeddings (`trainer.compression.graph`), and what is shut is cut out.
    """

    method: ClassVar[str] = "l0"
    penalty: Positive = 0.5  # lambda, in the unit of the loss: what all gates together cost, if every one is open
    structure: str = "weights"  # one of `STRUCTURES`
    layers: Filter = "*"  # which matrices, by path; of channels, those whose group has one among its weights
    epochs: Rounds = 8  # rounds of gates and weights
    fine_tuning_epochs: Rounds = 4  # rounds with the gates as they were decided

    def __call__(self, candidate: Candidate, task: Task) -> Candidate:
        """The candidate without what its gates shut off; masks that it came with are only extended."""
        self._check()
        training = task.trainer(self.method)
        sparse = (
            self._channels(candidate, training) if self.structure == "channels" else self._weights(candidate, training)
        )
        training.rounds(sparse.model, self.fine_tuning_epochs, f"{self.method}: gates decided", masks=sparse.masks)
        return sparse

    def _weights(self, candidate: Candidate, training: Training) -> Candidate:
        model = cloned(candidate.model)
        shapes = {p: tuple(owned.variable.shape) for p, owned in select(model, self.layers, self.method).items()}
        kept = {path: kept_of(candidate.masks, path, shape) for path, shape in shapes.items()}
        starts = {path: np.where(mask, START, -np.inf).astype(np.float32) for path, mask in kept.items()}
        gates = Gates(starts, self.penalty)
        others = {path: mask for path, mask in candidate.masks.items() if path not in kept}
        training.rounds(model, self.epochs, self.method, [gates], others, gates.pace.between(model, self.epochs))
        decided = gates.decided()
        masks = {path: values > 0 for path, values in decided.items()}
        for path, mask in masks.items():
            if not mask.any():
                raise CompressionError(f"{self.method}: penalty {self.penalty} left nothing of {path}; lower it")
        assign(model, baked(model, [Fixed(decided)]))
        return replace(
            candidate,
            model=model,
            masks={**candidate.masks, **masks},
            notes={**candidate.notes, self.method: gates.facts()},
        )

    def _channels(self, candidate: Candidate, training: Training) -> Candidate:
        refuse_masks(self.method, candidate)
        model = cloned(candidate.model)
        found, skipped = channel_groups(model)
        groups = [group for group in found if any(passes(member.path, self.layers) for member in group.members)]
        if not groups:
            reasons = "; ".join(f"{name}: {reason}" for name, reason in skipped.items())
            raise CompressionError(f"{self.method}: no channel of {model.name} can be cut ({reasons}); try 'weights'")
        gates = ChannelGates(groups, self.penalty)
        training.rounds(model, self.epochs, self.method, [gates], {}, gates.pace.between(model, self.epochs))
        kept = {}
        for group, values in zip(groups, gates.decided(), strict=True):
            kept[group.name] = np.flatnonzero(values)
            if not len(kept[group.name]):
                raise CompressionError(f"{self.method}: penalty {self.penalty} left nothing of {group.name}; lower it")
        shapes = {path: array.shape for path, array in arrays(model).items()}
        assign(model, baked(model, [gates.fixed(shapes)]))
        return replace(
            candidate,
            model=cut_channels(model, kept),
            skipped={**candidate.skipped, **skipped},
            notes={**candidate.notes, self.method: gates.facts()},
        )

    def _check(self) -> None:
        if self.structure not in STRUCTURES:
            raise CompressionError(f"{self.method}: structure is {self.structure!r}; choose {', '.join(STRUCTURES)}")
        if not self.penalty > 0:
            raise CompressionError(
                f"{self.method}: penalty is {self.penalty}; give more than 0, in the loss's own unit"
            )
        check_rounds(self.method, "epochs", self.epochs, least=2)
        check_rounds(self.method, "fine_tuning_epochs", self.fine_tuning_epochs)
