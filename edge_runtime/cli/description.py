"""What the commands are, as data: shells complete by it, and the manual is made of it."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass

from edge_runtime.cli.arguments import ArgumentParser


@dataclass(frozen=True, slots=True)
class Option:
    """An option, or an argument in its place."""

    names: tuple[str, ...]  # of an argument its name alone
    value: str  # what stands for its value; "" for a switch
    choices: tuple[str, ...]
    about: str


@dataclass(frozen=True, slots=True)
class Description:
    """A command, with those under it."""

    words: tuple[str, ...]  # ("profile", "forget"); none for the program itself
    summary: str
    details: str  # the summary too
    example: str
    options: tuple[Option, ...]
    arguments: tuple[Option, ...]
    commands: tuple[Description, ...]

    def all(self) -> Iterator[Description]:
        """This one and all under it, each before its own."""
        yield self
        for command in self.commands:
            yield from command.all()


def describe(parser: argparse.ArgumentParser, words: tuple[str, ...] = ()) -> Description:
    """What a parser takes. argparse has no other way to ask than its `_actions`, which makers of manuals use too."""
    options, arguments, commands = [], [], []
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            commands = [describe(child, (*words, name)) for name, child in action.choices.items()]
        elif action.option_strings:
            options.append(_option(tuple(action.option_strings), action, takes_value=action.nargs != 0))
        else:
            arguments.append(_option((action.dest,), action, takes_value=True))
    summary, example = (parser.summary, parser.example) if isinstance(parser, ArgumentParser) else ("", "")
    return Description(
        words,
        summary,
        " ".join((parser.description or "").split()),
        example,
        tuple(options),
        tuple(arguments),
        tuple(commands),
    )


def _option(names: tuple[str, ...], action: argparse.Action, *, takes_value: bool) -> Option:
    value = action.metavar if isinstance(action.metavar, str) else action.dest
    choices = tuple(map(str, action.choices or ()))
    return Option(names, value if takes_value else "", choices, action.help or "")
