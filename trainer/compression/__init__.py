"""Makes any Keras 3 model small, and gives a .tflite file that was run and compared.

    small = squeeze(model, train=one_epoch, metric=accuracy, calibration=inputs, max_loss=0.01)
    small = Recipe(Prune(sparsity=0.8), QuantizeAware(bits=8)).apply(model, train=one_epoch, metric=accuracy)

Nothing of TensorFlow is imported before it is asked for: a written file is verified where there is none.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from trainer.compression.compressed import Compressed
    from trainer.compression.cut import CutChannels
    from trainer.compression.distill import Distill
    from trainer.compression.l0 import SparsifyL0
    from trainer.compression.low_rank import LowRank
    from trainer.compression.prune import Prune
    from trainer.compression.quantize import Quantize
    from trainer.compression.quantize_aware import QuantizeAware
    from trainer.compression.recipe import Recipe
    from trainer.compression.squeezing import Search, squeeze
    from trainer.compression.variational import SparsifyVariational

__all__ = [
    "Compressed",
    "CutChannels",
    "Distill",
    "LowRank",
    "Prune",
    "Quantize",
    "QuantizeAware",
    "Recipe",
    "Search",
    "SparsifyL0",
    "SparsifyVariational",
    "squeeze",
]

_HOMES = {
    "Compressed": "compressed",
    "CutChannels": "cut",
    "Distill": "distill",
    "LowRank": "low_rank",
    "Prune": "prune",
    "Quantize": "quantize",
    "QuantizeAware": "quantize_aware",
    "Recipe": "recipe",
    "Search": "squeezing",
    "SparsifyL0": "l0",
    "SparsifyVariational": "variational",
    "squeeze": "squeezing",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
