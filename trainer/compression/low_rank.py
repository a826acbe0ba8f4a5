"""Layers as the product of two thinner ones, which start from a truncated SVD and are trained.

Only what becomes smaller is factored: rank r of an m x n kernel takes r (m + n) numbers instead of m n.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import keras
import numpy as np
from numpy.typing import NDArray

from trainer.compression.factors import CAN_BE_FACTORED, factored
from trainer.compression.graph import functional
from trainer.compression.singular_values import largest_useful_rank, rank_of_energy
from trainer.compression.step import Candidate, Task, check_rounds, check_share
from trainer.compression.weights import Filter, is_matrix, passes
from trainer.errors import CompressionError
from trainer.settings.ranges import Extra, Kept, Rounds


@dataclass(frozen=True, slots=True)
class LowRank:
    """Factor layers, then train on; a layer whose factors would not be smaller than itself is left alone."""

    method: ClassVar[str] = "low-rank"
    rank: Extra = 0  # of every layer; 0: by `energy`
    energy: Kept = 0.9  # share of the squared singular values that is kept
    layers: Filter = "*"  # which kernels and embeddings, by path
    epochs: Rounds = 6  # rounds of training afterwards

    def __call__(self, candidate: Candidate, task: Task) -> Candidate:
        """The candidate with some layers as two."""
        check_share(self.method, "energy", self.energy, most_included=True)
        check_rounds(self.method, "epochs", self.epochs)
        check_rounds(self.method, "rank", self.rank)
        matrices, skipped = kernel_matrices(candidate.model)
        ranks = {}
        for layer, (path, matrix) in matrices.items():
            if not passes(path, self.layers):
                continue
            if path in candidate.masks:
                skipped[layer] = "its weights are pruned, and factors would fill their places"
                continue
            rank = self.rank or rank_of_energy(np.linalg.svd(matrix, compute_uv=False), self.energy)
            if rank <= largest_useful_rank(matrix):
                ranks[layer] = rank
            else:
                skipped[layer] = f"rank {rank} of {matrix.shape[0]} x {matrix.shape[1]} would not be smaller"
        if not ranks:
            reasons = "; ".join(f"{name}: {reason}" for name, reason in skipped.items()) or "no layer passes the filter"
            raise CompressionError(f"{self.method}: nothing of {candidate.model.name} was factored ({reasons})")
        model = factored(candidate.model, ranks)
        if self.epochs:
            task.trainer(self.method).rounds(model, self.epochs, self.method, masks=candidate.masks)
        return replace(candidate, model=model, ranges={}, skipped={**candidate.skipped, **skipped})


def kernel_matrices(model: keras.Model) -> tuple[dict[str, tuple[str, NDArray[np.float32]]], dict[str, str]]:
    """What may be factored, and why the rest may not.

    Returns:
        By layer, the path of its kernel or table and that as (inputs, outputs); and reasons by layer.
    """
    matrices, skipped = {}, {}
    for layer in functional(model).layers:
        weights = [weight for weight in layer.weights if is_matrix(weight)]
        if type(layer) in CAN_BE_FACTORED:
            kernel = np.array(layer.get_weights()[0])
            matrices[layer.name] = (weights[0].path, kernel.reshape(-1, kernel.shape[-1]))
        elif weights:
            skipped[layer.name] = f"a {type(layer).__name__} cannot be put as two layers"
    return matrices, skipped
