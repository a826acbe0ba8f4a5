"""What is done to each model: one step by itself, and the search."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from trainer.compression import (
    Distill,
    LowRank,
    Prune,
    Quantize,
    QuantizeAware,
    Recipe,
    SparsifyL0,
)
from trainer.compression.step import Step

MAX_LOSS = 0.01  # of the accuracy, that the search may take
FLOAT, OWN, SQUEEZE = "float", "int8", "squeeze"

Steps = Callable[[int], Sequence[Step]]  # of how many rounds each step trains


@dataclass(frozen=True, slots=True)
class Method:
    """A row of the table."""

    title: str
    steps: Steps | None  # None: the search
    otherwise: Steps | None = None  # where the converter cannot do the first

    def settings(self, epochs: int) -> str:
        """What the result depends on, to be done again if it changes."""
        return f"search, {epochs}" if self.steps is None else str(Recipe(*self.steps(epochs)).facts())


METHODS = {
    FLOAT: Method("dense, float32", lambda epochs: ()),
    "trained-on": Method("trained on, float32", lambda epochs: [Distill(epochs=epochs)]),
    "pruned": Method("80 % zeros, float32", lambda epochs: [Prune(sparsity=0.8, epochs=epochs)]),
    "low-rank": Method("low rank, float32", lambda epochs: [LowRank(energy=0.9, epochs=epochs)]),
    "l0": Method("L0 gates, float32", lambda epochs: [SparsifyL0(epochs=epochs)]),
    OWN: Method("int8 of the converter", lambda epochs: [Quantize("int8")], lambda epochs: [Quantize("dynamic")]),
    "int4": Method("int4", lambda epochs: [Quantize("int4")]),
    "aware": Method("int8, aware", lambda epochs: [QuantizeAware(8, epochs=epochs)]),
    SQUEEZE: Method("squeeze, 1 % loss", None),
}
