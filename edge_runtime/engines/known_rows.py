"""A model with an input that is always one of a few rows, such as a topic in one-hot form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.float32]


class Runs(Protocol):
    """As `choice.Engine.run`."""

    def run(self, **inputs: Rows) -> list[Rows]: ...


@dataclass(frozen=True, slots=True)
class KnownRows:
    """The model, and what stands for the input in it."""

    engine: Runs
    tables: Mapping[str, Rows]  # by name of an input of `engine`, (num_rows, width)

    def run(self, numbers: NDArray[np.int64], **inputs: Rows) -> list[Rows]:
        """Run the model.

        Args:
            numbers: (n,) which of the rows each is.
            inputs: The other inputs, (n, width) float32 each.

        Returns:
            As `choice.Engine.run`.

        Raises:
            EngineError: As `choice.Engine.run`.
        """
        picked = {name: table.take(numbers.astype(np.intp), axis=0) for name, table in self.tables.items()}
        return self.engine.run(**inputs, **picked)
