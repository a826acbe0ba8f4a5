"""Which steps go together, in which order; what does not is refused with the reason before anything is trained.

The rules come from what the methods are. Structured cuts move what masks point at. Factors are for a layer's final
width, and rounded numbers are not trained any more.
"""

from __future__ import annotations

from collections.abc import Sequence

from trainer.errors import ConfigError

MASKING = ("prune", "l0", "variational")
CUTTING = ("cut-channels",)
FACTORING = ("low-rank",)
AWARE = ("quantize-aware",)
LAST = ("quantize",)

_ONCE_MASKED = "the masks of {first} name places that {second} would move or mix; put {second} before {first}"
_ONCE_FACTORED = "the factors of {first} fit the width that a layer has then; put {second} before {first}"
_ONCE_AWARE = "{first} leaves numbers on the file's grid, and {second} would take them off it; put {second} before it"
_ONCE_ROUNDED = "{first} is what the file holds, and {second} would change it again; put {first} last"


def refusal(first: str, second: str) -> str | None:
    """Why a step cannot come anywhere after another one; None if it can.

    Args:
        first: The method that comes first.
        second: The method after it.
    """
    reason = None
    if first in LAST:
        reason = _ONCE_ROUNDED
    elif first in AWARE:
        reason = _ONCE_AWARE
    elif first in MASKING and second in (*CUTTING, *FACTORING):
        reason = _ONCE_MASKED
    elif first in FACTORING and second in FACTORING:
        reason = _ONCE_FACTORED
    return reason.format(first=first, second=second) if reason else None


def check_order(methods: Sequence[str], where: str) -> None:
    """Refuse a list of steps that has an impossible pair.

    Raises:
        ConfigError: With the reason.
    """
    for number, first in enumerate(methods):
        for second in methods[number + 1 :]:
            if reason := refusal(first, second):
                raise ConfigError(f"{where}: {second} after {first}: {reason}")
