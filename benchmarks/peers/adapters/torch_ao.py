"""`torch.ao` and torchao: weights after training."""

from __future__ import annotations

import torch
from torch import nn
from torchao import quantization as ao

from benchmarks.peers.adapters.rows import Made, Work, run
from benchmarks.peers.adapters.torch_nets import based, outputs, saved

CONFIGS = {
    "torchao-int8-dynamic": ao.Int8DynamicActivationInt8WeightConfig,
    "torchao-int8-weight-only": ao.Int8WeightOnlyConfig,
    "torchao-int4-weight-only": lambda: ao.Int4WeightOnlyConfig(group_size=32),
}


def make(work: Work) -> Made:
    """Quantize in the way that the method names."""
    model = based(work).eval()
    if work.method == "quantize_dynamic":
        model = torch.ao.quantization.quantize_dynamic(model, {nn.Linear}, dtype=torch.qint8)
    else:
        ao.quantize_(model, CONFIGS[work.method]())
    return Made(saved(model.state_dict()), "state_dict", outputs(model, work), note="dense layers alone")


if __name__ == "__main__":
    run(("torchao", "torch"), make)
