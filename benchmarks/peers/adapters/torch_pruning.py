"""torch-pruning: channels through the graph."""

from __future__ import annotations

import torch
import torch_pruning as tp
from torch import nn

from benchmarks.peers.adapters.rows import Made, Work, run
from benchmarks.peers.adapters.torch_nets import based, fit, float_file, tensors
from benchmarks.peers.budget import BATCH, EPOCHS


def make(work: Work) -> Made:
    """Cut every group to the same share, then train."""
    model = based(work)
    example = tensors(work, "unseen")[:1]
    by_taylor = work.method == "taylor"
    importance = tp.importance.GroupTaylorImportance() if by_taylor else tp.importance.GroupMagnitudeImportance(p=2)
    share = 1 - work.percent / 100
    pruner = tp.pruner.BasePruner(model, example, importance, pruning_ratio=share, ignored_layers=[model.out])
    if by_taylor:
        gather(model, work)
    pruner.step()
    fit(model, work, EPOCHS - 1 if by_taylor else EPOCHS)
    return float_file(model, work)


def gather(model: nn.Module, work: Work) -> None:
    """Add up gradients over all rows for training, without a step of the optimizer."""
    x, y = tensors(work, "train"), torch.tensor(work.data["train_y"])
    model.eval().zero_grad()
    for rows, labels in zip(x.split(BATCH), y.split(BATCH), strict=True):
        nn.functional.cross_entropy(model(rows), labels).backward()


if __name__ == "__main__":
    run(("torch-pruning", "torch", "litert-torch"), make)
