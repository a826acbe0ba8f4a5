"""`torch.nn.utils.prune`: the smallest of all weights together."""

from __future__ import annotations

from torch import nn
from torch.nn.utils import prune

from benchmarks.peers.adapters.rows import Made, Work, run
from benchmarks.peers.adapters.torch_nets import based, fit, float_file
from benchmarks.peers.budget import EPOCHS

RISING = round(EPOCHS * 2 / 3)  # epochs, as ours


def make(work: Work) -> Made:
    """Prune before the first epoch, or some more before each."""
    model = based(work)
    weights = [(layer, "weight") for layer in model.children() if isinstance(layer, nn.Linear | nn.Conv2d)]
    sparsity = work.percent / 100

    def before(epoch: int) -> None:
        steps = 1 if work.method == "l1-at-once" else RISING
        if epoch < steps:
            zeros, reached = (sparsity * (1 - (1 - done / steps) ** 3) for done in (epoch + 1, epoch))
            # The library counts a share of what is left.
            amount = (zeros - reached) / (1 - reached)
            prune.global_unstructured(weights, pruning_method=prune.L1Unstructured, amount=amount)

    fit(model, work, before=before)
    for layer, name in weights:
        prune.remove(layer, name)
    return float_file(model, work)


if __name__ == "__main__":
    run(("torch", "litert-torch"), make)
