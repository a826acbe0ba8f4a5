"""The models of the examples, found by name: how each is built and trained, and on which rows."""

from __future__ import annotations

import importlib
import inspect
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trainer.compression import Search

EXAMPLES = Path(__file__).parents[2] / "examples"
TITLES = {
    "digits_mlp": "digits: perceptron",
    "digits_cnn": "digits: convolutions",
    "headlines_embedding": "headlines: mean of vectors",
    "headlines_conv1d": "headlines: convolution",
    "headlines_gru": "headlines: GRU",
    "headlines_transformer": "headlines: transformer",
}


@dataclass(frozen=True, slots=True)
class Example:
    """What an example trains."""

    build: Callable[[], Any]  # a compiled model, untrained
    rows: Callable[[int], Any]  # of a seed: rows to learn from, to decide by, and unseen ones
    epochs: int
    search: Search  # as the example has it


def example(name: str) -> Example:
    """The example of a file's name.

    Args:
        name: One of `TITLES`.
    """
    # The examples are scripts, which import the file beside them by its bare name.
    if str(EXAMPLES) not in sys.path:
        sys.path.insert(0, str(EXAMPLES))
    module = importlib.import_module(name)
    rows = getattr(importlib.import_module("data"), name.partition("_")[0])
    settings = inspect.signature(module.main).parameters
    return Example(module.build, rows, settings["epochs"].default, settings["search"].default or Search())
