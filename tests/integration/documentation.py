"""The blocks of code on a page, by what they are: Python, commands of a shell, or neither."""

from __future__ import annotations

import ast
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby, takewhile
from pathlib import Path

_FENCE = re.compile(r"^ {0,3}(```+|~~~+)\s*(\w*)\s*$")
_PYTHON, _SHELL = {"python", "py"}, {"sh", "bash", "shell", "console"}
# A block without a fence is one of commands if its first word is one of these.
PROGRAMS = {"edge-news", "edge-news-trainer", "python", "python3", "pip", "make", "sudo", "git", "cd", "mkdir", "ln"}
PROGRAMS |= {"rm", "cat", "cp", "adb", "buildozer", "systemctl", "journalctl", "pi-python"}


@dataclass(frozen=True, slots=True)
class Block:
    """Lines of code on a page, without their indent."""

    page: str
    line: int
    language: str  # as the fence names it; "" without one
    text: str

    @property
    def is_python(self) -> bool:
        """Whether it is to be run: with a fence that says so, or if it imports something."""
        if self.language:
            return self.language in _PYTHON
        return any(isinstance(node, ast.Import | ast.ImportFrom) for node in self._statements())

    @property
    def lacks_imports(self) -> bool:
        """Whether it looks like Python, but nobody could run it: it assigns what calls give, and imports nothing."""
        calls = (isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) for node in self._statements())
        return not self.language and not self.is_python and any(calls)

    @property
    def commands(self) -> list[list[str]]:
        """The words of each command; of a block that shows output, of the lines after "$ "."""
        lines = self.text.replace("\\\n", " ").splitlines()
        if prompted := [line[2:] for line in lines if line.startswith("$ ")]:
            return [words for line in prompted for words in _commands_in(line)]
        if self.language and self.language not in _SHELL:
            return []
        try:
            found = [words for line in lines for words in _commands_in(line)]
        except ValueError:  # no quoting of a shell
            return []
        return found if found and (self.language in _SHELL or program(found[0]) in PROGRAMS) else []

    def _statements(self) -> list[ast.stmt]:
        try:
            return ast.parse(self.text).body
        except SyntaxError:
            return []


def program(command: list[str]) -> str:
    """The name of what a command runs, wherever it lies."""
    return command[0].rpartition("/")[2]


def blocks_of(path: Path) -> Iterator[Block]:
    """The blocks of a page, in order: those between fences, and those that an empty line and an indent set off."""
    lines = path.read_text("utf-8").splitlines()
    place = 0
    while place < len(lines):
        start = place
        if mark := _FENCE.match(lines[place]):
            place += 1
            while place < len(lines) and not lines[place].lstrip().startswith(mark[1]):
                place += 1
            yield Block(path.name, start + 1, mark[2].lower(), "\n".join(lines[start + 1 : place]))
        elif lines[place].startswith("    ") and (place == 0 or not lines[place - 1].strip()):
            while place < len(lines) and (lines[place].startswith("    ") or not lines[place].strip()):
                place += 1
            yield Block(path.name, start + 1, "", "\n".join(line[4:] for line in lines[start:place]).rstrip())
            continue
        place += 1


def _commands_in(line: str) -> Iterator[list[str]]:
    """Comments are left out, and what leads output elsewhere."""
    words = shlex.shlex(line, posix=True, punctuation_chars=True)
    words.whitespace_split = True
    for is_end, part in groupby(words, key=lambda word: word in (";", "&&", "||", "|")):
        if not is_end and (command := list(takewhile(lambda word: not word.startswith((">", "<")), part))):
            yield command
