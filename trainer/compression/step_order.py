"""A table of rules says which steps go together; what does not is refused before anything is trained."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from trainer.errors import ConfigError

# Reasons of rules; a rule puts the two methods in.
ONCE_MASKED = "the masks of {first} name places that {second} would move or mix; put {second} before {first}"
ONCE_FACTORED = "the factors of {first} fit the width that a layer has then; put {second} before {first}"


@dataclass(frozen=True, slots=True)
class Rule:
    """What cannot come anywhere after some methods."""

    first: Sequence[str]
    second: Sequence[str] | None  # None: nothing can, but the `allowed`
    reason: str  # with {first} and {second}
    allowed: Sequence[str] = ()

    def forbids(self, first: str, second: str) -> bool:
        """Whether it is about this pair."""
        return first in self.first and second not in self.allowed and (self.second is None or second in self.second)


class StepOrder:
    """A table of rules."""

    def __init__(self, *rules: Rule) -> None:
        """Take the rules; of several about one pair the first gives the reason."""
        self._rules = rules

    def refusal(self, first: str, second: str) -> str | None:
        """Why a step cannot come anywhere after another one; None if it can.

        Args:
            first: The method that comes first.
            second: The method after it.
        """
        reasons = (rule.reason for rule in self._rules if rule.forbids(first, second))
        reason = next(reasons, None)
        return reason.format(first=first, second=second) if reason else None

    def check(self, methods: Sequence[str], where: str) -> None:
        """Refuse a list of steps that has an impossible pair.

        Args:
            methods: In order.
            where: For the error: the file.

        Raises:
            ConfigError: With the reason.
        """
        for number, first in enumerate(methods):
            for second in methods[number + 1 :]:
                if reason := self.refusal(first, second):
                    raise ConfigError(f"{where}: {second} after {first}: {reason}")
