"""Which steps go together, in which order; what does not is refused with the reason before anything is trained.

The rules come from what the methods are. Structured cuts read their importance from whole weights and move what masks
point at. Factors are for a layer's final width, and rounded numbers are not trained any more. Which of the other pairs
are worth it is a matter of measurement: `benchmarks.compression` runs every pair at small size.
"""

from __future__ import annotations

from trainer.compression.step_order import ONCE_FACTORED, ONCE_MASKED, Rule, StepOrder

# Steps that leave zeros among weights that stay, and steps that cut rows, columns or whole units out.
MASKING = ("prune-weights", "l0", "variational")
CUTTING = ("prune-vocabulary", "prune-units", "prune-dimensions", "factorize-table")
FACTORING = ("factorize-kernels",)
AWARE = ("quantize-aware",)
LAST = ("quantize",)

_ONCE_AWARE = "{first} leaves numbers on the bundle's grid, and {second} would take them off it; put {second} before it"
_ONCE_ROUNDED = "{first} is what the bundle holds, and {second} would change it again; put {first} last"

_ORDER = StepOrder(
    Rule(LAST, None, _ONCE_ROUNDED),
    Rule(AWARE, None, _ONCE_AWARE, allowed=LAST),
    Rule(MASKING, (*CUTTING, *FACTORING), ONCE_MASKED),
    Rule(FACTORING, ("prune-units", "prune-dimensions", "factorize-table", *FACTORING), ONCE_FACTORED),
)
refusal, check_order = _ORDER.refusal, _ORDER.check
