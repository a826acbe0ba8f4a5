"""Ranges and choices of settings: each stands beside the setting's type, and one function checks them all.

    epochs: Epochs = 4.0
    table: Annotated[str, Choice(("int8", "int4"))] = "int8"

A number that is not finite is in no range.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass, fields, is_dataclass
from typing import Annotated, Any, get_type_hints

from trainer.errors import ConfigError

_LONGEST = 40  # characters of a value that a message shows


@dataclass(frozen=True, slots=True)
class Range:
    """Numbers from `least` to `most`, without the ends that are open."""

    least: float
    most: float
    open_least: bool = False
    open_most: bool = False

    def holds(self, value: float) -> bool:
        """Whether a number is in the range; NaN is in none."""
        above = value > self.least if self.open_least else value >= self.least
        return above and (value < self.most if self.open_most else value <= self.most)

    def __str__(self) -> str:
        """For a message: `give ...`."""
        first = f"more than {self.least:,}" if self.open_least else f"{self.least:,} or more"
        return f"{first}, and {'less than' if self.open_most else 'at most'} {self.most:,}"


@dataclass(frozen=True, slots=True)
class Choice:
    """Texts of which a setting is one."""

    names: Collection[str]

    def holds(self, value: str) -> bool:
        """Whether a text is one of them."""
        return value in self.names

    def __str__(self) -> str:
        """For a message: `give ...`."""
        return f"one of {', '.join(self.names)}"


Count = Annotated[int, Range(1, 1_000_000)]  # of what a batch, a list or a row holds
Steps = Annotated[int, Range(0, 100_000_000)]
Window = Annotated[int, Range(1, 1_000_000_000)]  # of a log
Size = Annotated[int, Range(1, 65_536)]  # of a layer, and of the vectors between layers
Extra = Annotated[int, Range(0, 65_536)]  # of a layer that may be left out
Bytes = Annotated[int, Range(0, 1_000_000_000_000)]
Epochs = Annotated[float, Range(0, 100_000)]
Rounds = Annotated[int, Range(0, 100_000)]  # epochs of a caller's own training
Amount = Annotated[float, Range(0, 1_000_000)]
Positive = Annotated[float, Range(0, 1_000_000, open_least=True)]
Rate = Annotated[float, Range(0, 100)]  # of learning
Share = Annotated[float, Range(0, 1)]
Kept = Annotated[float, Range(0, 1, open_least=True)]  # a share that leaves something
Part = Annotated[float, Range(0, 1, open_least=True, open_most=True)]  # a share that is neither nothing nor all
NotAll = Annotated[float, Range(0, 1, open_most=True)]
Finite = Annotated[float, Range(-math.inf, math.inf, open_least=True, open_most=True)]


def check_ranges(settings: Any, where: str) -> None:
    """Refuse numbers out of their ranges, and texts that are no choice.

    Args:
        settings: A dataclass; those within are checked too.
        where: For the error: the file, then the names on the way.

    Raises:
        ConfigError: One is; the message has the setting's name, its value, and what may be given.
    """
    hints = get_type_hints(type(settings), include_extras=True)
    for each in fields(settings):
        value = getattr(settings, each.name)
        if is_dataclass(value):
            check_ranges(value, f"{where}: {each.name}")
        for limit in getattr(hints[each.name], "__metadata__", ()):
            if isinstance(limit, (Range, Choice)) and not limit.holds(value):
                shown = repr(value) if len(repr(value)) <= _LONGEST else f"{repr(value)[:_LONGEST]}..."
                raise ConfigError(f"{where}: {each.name} is {shown}; give {limit}")
