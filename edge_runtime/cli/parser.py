"""The parser of `edge-news`: all commands, in the order and the groups of its help."""

from __future__ import annotations

from edge_runtime.cli import (
    account,
    add,
    articles,
    completion,
    device,
    export_feed,
    feeds,
    manual,
    marks,
    opening,
    picked_words,
    profile,
    push,
    reading,
    rules,
    screen,
    serve,
    since,
    suggest,
    why,
    worth,
)
from edge_runtime.cli.arguments import ArgumentParser
from edge_runtime.cli.call import Commands


def build_parser() -> ArgumentParser:
    """A parser whose options have `run`, a `call.Command`, and `parser`, that of the command."""
    commands = Commands()
    reading.add_commands(commands)
    since.add_command(commands)
    screen.add_command(commands)
    serve.add_commands(commands)
    commands.group("an article, by its number in the last list")
    opening.add_command(commands)
    articles.add_commands(commands)
    marks.add_commands(commands)
    why.add_commands(commands)
    commands.group("what the feed leaves out and lifts")
    rules.add_commands(commands)
    reading.add_hidden_command(commands)
    commands.group("what is known of you")
    profile.add_commands(commands)
    picked_words.add_commands(commands)
    worth.add_commands(commands)
    commands.group("feeds")
    add.add_commands(commands)
    suggest.add_commands(commands)
    feeds.add_commands(commands)
    account.add_commands(commands)
    export_feed.add_commands(commands)
    push.add_commands(commands)
    device.add_commands(commands)
    completion.add_commands(commands)
    manual.add_commands(commands)
    return commands.finished()
