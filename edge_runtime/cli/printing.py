"""What is printed: one JSON object, or text in the terminal's width, with colours where it has them.

Whatever comes from feeds, files or the reader goes through `clean_text` first, so that no title can steer a terminal.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TextIO

from edge_runtime.cli.pager import show_paged
from edge_runtime.feeds.plain_text import clean_text
from edge_runtime.pages.lines import Line, Look, columns, wrapped

__all__ = ["Screen", "clean_text", "columns", "local_time", "open_streams", "spelled", "tell", "warn", "wrapped"]

PIPE_WIDTH = 80
WIDTHS = 20, 100  # longer lines are hard to read

_NO_TEXT = re.compile("[\udc80-\udcff]")  # how Python keeps such bytes


@dataclass(frozen=True, slots=True)
class Screen:
    """Standard output: how wide it is, and whether it takes colours or JSON."""

    is_json: bool
    has_colours: bool
    width: int
    pager: str = ""  # what shows long lists; "" prints them

    @classmethod
    def here(cls, *, is_json: bool, colour: str = "auto", pager: str = "") -> Screen:
        """As standard output and the environment are: no colours with NO_COLOR, on a dumb terminal, or in a pipe.

        Args:
            is_json: Whether JSON is printed.
            colour: "always" has them in a pipe too, "never" nowhere.
            pager: As in the class.
        """
        is_terminal = sys.stdout.isatty()
        plain = is_json or colour == "never" or bool(os.environ.get("NO_COLOR"))
        has_colours = colour == "always" or (is_terminal and os.environ.get("TERM") != "dumb")
        width = shutil.get_terminal_size((PIPE_WIDTH, 24)).columns if is_terminal else PIPE_WIDTH
        return cls(is_json, has_colours and not plain, min(max(width, WIDTHS[0]), WIDTHS[1]), pager)

    def show(self, facts: Mapping[str, Any], lines: Iterable[str]) -> None:
        """Print the facts as JSON, or else the lines, at once."""
        if self.is_json:
            has_unicode = (sys.stdout.encoding or "utf-8").lower().startswith("utf")
            print(json.dumps(facts, ensure_ascii=not has_unicode), flush=True)
        else:
            print("\n".join(lines), flush=True)

    def show_long(self, facts: Mapping[str, Any], lines: Iterable[str]) -> None:
        """The same of what may be longer than the screen: then a pager shows the lines."""
        if self.is_json:
            self.show(facts, [])
        else:
            lines = list(lines)
            show_paged(lines, self.pager, sum(max(1, -(-columns(line) // self.width)) for line in lines))

    def bold(self, text: str) -> str:
        return f"\033[1m{text}\033[0m" if self.has_colours else text

    def dim(self, text: str) -> str:
        return f"\033[2m{text}\033[0m" if self.has_colours else text

    def styled(self, line: Line) -> str:
        """A line of a page, without the spaces at its end."""
        styles = {Look.STRONG: self.bold, Look.FAINT: self.dim}
        return "".join(styles.get(span.look, str)(span.text) for span in line).rstrip()

    def paragraph(self, text: str, indent: int = 0) -> list[str]:
        """Lines of a text, each indented, on a narrow screen by less."""
        indent = min(indent, self.width // 2)
        return [" " * indent + line for line in wrapped(text, self.width - indent)]


def open_streams() -> None:
    """Make the standard streams safe to use: closed ones swallow and give nothing, what cannot be printed is "?".

    Their numbers are taken too: else the next file that is opened has one, and what a library prints goes into it.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        stream: TextIO | None = getattr(sys, name)
        if stream is None or stream.closed:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115
        elif name != "stdin" and (reconfigure := getattr(stream, "reconfigure", None)):
            reconfigure(errors="replace")


def warn(text: str) -> None:
    """Say on standard error what went wrong but stops nothing."""
    print(f"edge-news: warning: {clean_text(spelled(text))}", file=sys.stderr)


def tell(text: str, width: int) -> None:
    """Say on standard error what is worth knowing beside what was asked for."""
    print("\n".join(wrapped(f"edge-news: {clean_text(text)}", width)), file=sys.stderr)


def spelled(text: str) -> str:
    r"""A text with the bytes of a file's name that are no text as \xe9."""
    return _NO_TEXT.sub(lambda byte: f"\\x{ord(byte.group()) - 0xDC00:02x}", text)


def local_time(at: datetime) -> str:
    """A time as the clock on the wall here shows it."""
    return f"{at.astimezone():%Y-%m-%d %H:%M}"
