"""What every command is given, and the parser that commands are added to."""

from __future__ import annotations

import argparse
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from edge_runtime.cli.argument_types import instant, path
from edge_runtime.cli.arguments import COMMAND, ArgumentParser
from edge_runtime.cli.printing import Screen, warn
from edge_runtime.cli.remedies import told
from edge_runtime.errors import StorageError
from edge_runtime.storage.limits import MAX_ARTICLES
from edge_runtime.version import __version__

if TYPE_CHECKING:
    from edge_runtime.reader import Reader


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a command: what was asked for, where and when."""

    options: argparse.Namespace
    data_dir: Path
    now: datetime  # UTC-aware
    screen: Screen
    max_articles: int = MAX_ARTICLES  # of the cache

    def open(self) -> Reader:
        """Open the reader of the data directory, and tell what it noticed."""
        from edge_runtime.reader import Reader  # loaded here: a list that was kept is shown without it

        reader = Reader.open(self.data_dir, engine=self.options.engine, max_articles=self.max_articles)
        for notice in reader.notices:
            warn(told(notice))
        return reader

    def refuse(self, why: str) -> NoReturn:
        """End as for a wrong call."""
        parser: argparse.ArgumentParser = self.options.parser
        parser.error(why)


Command = Callable[[Call], int | None]  # an exit status; None is 0


def kept(keep: Callable[[], object]) -> bool:
    """Try to keep something that is not needed for reading: a full disk is told, and reading goes on."""
    try:
        keep()
    except StorageError as error:
        warn(f"this was not kept: {told(error)}")
        return False
    return True


class Commands:
    """The parser, which commands are added to group by group."""

    def __init__(self) -> None:
        """Begin with the options that every command has."""
        self._lines: list[str] = []
        self._shared = argparse.ArgumentParser(add_help=False)
        options = self._shared.add_argument_group("for every command")
        # Suppressed defaults: an option may stand before or after the command.
        suppress = argparse.SUPPRESS
        options.add_argument("--data", type=path, default=suppress, metavar="DIR", help="another data directory")
        options.add_argument("--json", action="store_true", default=suppress, help="print one JSON object")
        options.add_argument("--now", type=instant, default=suppress, metavar="TIME", help="as of this ISO 8601 time")
        options.add_argument(
            "--engine", default=suppress, metavar="NAME", help="numpy, ai-edge-litert or another, not the usual one"
        )
        options.add_argument("--no-pager", action="store_true", default=suppress, help="print long lists at once")
        self._parser = ArgumentParser(
            prog="edge-news",
            description="A private news reader: it ranks on this device, and what you read never leaves it.",
            parents=[self._shared],
            formatter_class=argparse.RawDescriptionHelpFormatter,
            usage=f"edge-news [{COMMAND}] ...",
            allow_abbrev=False,
        )
        self._parser.add_argument("--version", action="version", version=f"edge-news {__version__}")
        # The groups are listed by `finished`: argparse would list all commands in one.
        self._added = self._parser.add_subparsers(metavar=COMMAND, prog="edge-news", help=argparse.SUPPRESS)

    def group(self, title: str) -> None:
        """Begin a group of the list in `edge-news --help`."""
        self._lines.append(f"\n{title}:")

    def add(self, name: str, run: Command, summary: str, example: str, details: str = "") -> ArgumentParser:
        """Add a command.

        Args:
            name: Of the command.
            run: What it does.
            summary: One line, without a full stop.
            example: A call, without the program's name.
            details: More about it, for its own help.
        """
        parser = self.under(self._added, name, run, summary, example, details)
        self._lines.append(f"  {name:12}{summary}")
        return parser

    def under(
        self, parents: Any, name: str, run: Command, summary: str, example: str, details: str = ""
    ) -> ArgumentParser:
        """Add a command to a command, which is another one without it."""
        about = f"{summary[0].upper()}{summary[1:]}. {details}".strip()
        parser: ArgumentParser = parents.add_parser(
            name,
            parents=[self._shared],
            description=textwrap.fill(about, 78),
            epilog=f"example: edge-news {example}",
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )
        parser.set_defaults(run=run, parser=parser)
        parser.summary, parser.example = summary, example
        return parser

    def finished(self) -> ArgumentParser:
        """The parser with the list of its commands."""
        ending = "\n\nWithout a command it shows the feed.\n"
        ending += "`edge-news COMMAND --help` says more, with an example.\n"
        ending += "exit status: 0 done, 1 an error that is explained, 2 a wrong call, 130 interrupted"
        self._parser.epilog = "\n".join(self._lines).lstrip("\n") + ending
        return self._parser
