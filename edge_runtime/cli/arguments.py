"""A parser of arguments whose refusals are short: what was meant, and which command says more."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterable, Sequence
from typing import Any, NoReturn

COMMAND = "COMMAND"
_NO_COMMAND = re.compile(rf"argument {COMMAND}: invalid choice: '(.*?)' \(choose from (.*)\)", re.DOTALL)


class ArgumentParser(argparse.ArgumentParser):
    """As argparse has it, but for what it says of a command that there is not, and of options that nobody took.

    Attributes:
        summary: What the command does, in a few words.
        example: A call of it, without the program's name.
        takes_minus: Whether a word with one minus sign before it is a word, where it is no option.
    """

    summary: str = ""
    example: str = ""
    takes_minus: bool = False

    def error(self, message: str) -> NoReturn:
        """End with status 2; a list of all commands would hide the one that was meant."""
        found = _NO_COMMAND.fullmatch(message)
        if found is None:
            super().error(message)
        word, listed = found[1], found[2]
        remedy = did_you_mean(word, re.findall(r"[\w-]+", listed)) or f"`{self.prog} --help` lists them"
        self.exit(2, f"{self.prog}: no command {word!r}; {remedy}\n")

    def _parse_optional(self, arg_string: str) -> Any:
        """As argparse asks it: None for what is no option. Else it would take -house for -h."""
        is_word = self.takes_minus and arg_string[:1] == "-" != arg_string[1:2] and arg_string != "-h"
        return None if is_word else super()._parse_optional(arg_string)

    def parse_all(self, arguments: Sequence[str], options: argparse.Namespace) -> None:
        """Parse into `options`; what no command took is refused by the command that was named."""
        _, others = self.parse_known_args(arguments, options)
        if others:
            parser: argparse.ArgumentParser = getattr(options, "parser", self)
            parser.error(f"unrecognized arguments: {' '.join(others)}; `{parser.prog} --help` says what it takes")


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A question with the nearest name; "" if none is near."""
    from difflib import get_close_matches  # loaded here: most calls are right

    near = get_close_matches(word.casefold(), list(known), n=1)
    return f"did you mean `{near[0]}`?" if near else ""
