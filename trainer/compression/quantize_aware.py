"""Quantization-aware training (Jacob et al., CVPR 2018) on the very grid of the file.

While the model trains, weights read as they will be rounded, and so do activations in 8 bits. Gradients pass straight
through. At the end the rounded weights are the model's own. The file holds just these numbers: the converter is given
the ranges of activations that were learned, and no samples, from which it would find ranges of its own.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, replace
from typing import ClassVar

from trainer.compression.activations import learning_ranges, limits_of
from trainer.compression.folding import folded
from trainer.compression.grids import BITS, Rounding
from trainer.compression.overlay import assign, baked
from trainer.compression.step import Candidate, Task, check_rounds
from trainer.compression.weights import Filter, arrays, select
from trainer.errors import CompressionError
from trainer.settings.ranges import Count, Rounds

FILE_KINDS = {8: "aware", 4: "int4"}


@dataclass(frozen=True, slots=True)
class QuantizeAware:
    """Train a model as its file will compute.

    In 8 bits weights and activations are rounded. In 4 bits it is the weights; arithmetic stays float.
    """

    method: ClassVar[str] = "quantize-aware"
    bits: Count = 8  # of a weight; one of `trainer.compression.grids.BITS`
    layers: Filter = "*"  # which matrices, by path; the others stay as they are
    epochs: Rounds = 3  # rounds

    def __call__(self, candidate: Candidate, task: Task) -> Candidate:
        """The candidate with rounded weights, and the ranges of its activations."""
        if self.bits not in BITS:
            raise CompressionError(f"{self.method}: bits is {self.bits}; choose {', '.join(map(str, BITS))}")
        check_rounds(self.method, "epochs", self.epochs, least=1)
        model = folded(candidate.model)
        chosen = select(model, self.layers, self.method)
        masks = {path: mask for path, mask in candidate.masks.items() if path in arrays(model)}
        rounding = Rounding(chosen, self.bits)
        training = task.trainer(self.method)
        with contextlib.ExitStack() as during:
            ranges = during.enter_context(learning_ranges(model)) if self.bits == 8 else {}
            training.rounds(model, self.epochs, f"{self.method}, {self.bits} bits", [rounding], masks)
        assign(model, baked(model, [rounding]))
        return replace(
            candidate,
            model=model,
            masks=masks,
            kind=FILE_KINDS[self.bits],
            ranges=limits_of(ranges),
            # The file rounds every matrix, those too that training did not.
            exact=len(chosen) == len(select(model, "*", self.method)),
        )
