"""Which numbers the file has: those of the converter's own quantization, after training."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from trainer.compression.kinds import KINDS
from trainer.compression.step import Candidate, Task
from trainer.errors import CompressionError


@dataclass(frozen=True, slots=True)
class Quantize:
    """Choose the kind of the file; weights are rounded when it is written."""

    method: ClassVar[str] = "quantize"
    kind: str = "int8"  # one of `trainer.compression.kinds.KINDS` that is not `aware`

    def __call__(self, candidate: Candidate, task: Task) -> Candidate:
        """The candidate that becomes a file of this kind."""
        known = [name for name, kind in KINDS.items() if not kind.aware]
        if self.kind not in known:
            raise CompressionError(f"{self.method}: kind is {self.kind!r}; choose {', '.join(known)}")
        if KINDS[self.kind].calibrated and task.calibration is None:
            raise CompressionError(
                f"{self.method}: {self.kind} needs inputs that set the ranges of activations; give calibration=, some "
                "hundred rows"
            )
        return replace(candidate, kind=self.kind, ranges={}, exact=False)
