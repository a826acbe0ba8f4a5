"""Which steps go together, in which order; what does not is refused with the reason before anything is trained.

The rules come from what the methods are. Structured cuts move what masks point at. Factors are for a layer's final
width, and rounded numbers are not trained any more.
"""

from __future__ import annotations

from trainer.compression.step_order import ONCE_FACTORED, ONCE_MASKED, Rule, StepOrder

MASKING = ("prune", "l0", "variational")
CUTTING = ("cut-channels",)
FACTORING = ("low-rank",)
AWARE = ("quantize-aware",)
LAST = ("quantize",)

_ONCE_AWARE = "{first} leaves numbers on the file's grid, and {second} would take them off it; put {second} before it"
_ONCE_ROUNDED = "{first} is what the file holds, and {second} would change it again; put {first} last"

_ORDER = StepOrder(
    Rule(LAST, None, _ONCE_ROUNDED),
    Rule(AWARE, None, _ONCE_AWARE),
    Rule(MASKING, (*CUTTING, *FACTORING), ONCE_MASKED),
    Rule(FACTORING, FACTORING, ONCE_FACTORED),
)
refusal, check_order = _ORDER.refusal, _ORDER.check
