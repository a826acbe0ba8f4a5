"""The command man: the manual page, made of the same words as the help."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from edge_runtime.cli.call import Call, Commands
from edge_runtime.version import __version__

if TYPE_CHECKING:
    from edge_runtime.cli.description import Description, Option

_AFTER = """\
.SH FILES
.TP
$XDG_DATA_HOME/edge-news, or ~/.local/share/edge-news
Articles, profile and feeds, for you alone.
.TP
$XDG_CONFIG_HOME/edge-news/config.toml, or ~/.config/edge-news/config.toml
Settings: data, limit, colour, pager.
.SH ENVIRONMENT
.TP
EDGE_NEWS_DATA
Another data directory. It goes over the settings, and --data over it.
.TP
PAGER
What shows lists that are longer than the screen; empty is none.
.TP
NO_COLOR
If it is set, nothing is coloured.
.SH EXIT STATUS
0 done, 1 an error that is explained, 2 a wrong call, 130 interrupted.
"""


def add_commands(commands: Commands) -> None:
    commands.add(
        "man",
        lambda call: _man(call, commands),
        "print the manual page",
        "man",
        "To read it: edge-news man | man -l -. To keep it: edge-news man > ~/.local/share/man/man1/edge-news.1",
    )


def manual(program: Description) -> str:
    """The page in the language of man(7)."""
    lines = [
        f'.TH EDGE\\-NEWS 1 "" "edge\\-news {__version__}"',
        ".SH NAME",
        r"edge\-news \- a private news reader",
        ".SH SYNOPSIS",
        r"\fBedge\-news\fR [\fICOMMAND\fR] [\fIoptions\fR]",
        ".SH DESCRIPTION",
        _text(program.details),
        "Without a command it shows the feed.",
        ".SH OPTIONS",
        "Of every command:",
        *_options(program.options),
        ".SH COMMANDS",
    ]
    shared = {option.names for option in program.options}
    for command in program.all():
        if command.words:
            words = [*map(_text, command.words), *(f"\\fI{_text(one.value)}\\fR" for one in command.arguments)]
            lines += [f'.SS "edge\\-news {" ".join(words)}"', _text(command.details)]
            lines += _options(option for option in command.options if option.names not in shared)
            lines += [".P", f"Example: {_text(f'edge-news {command.example}')}"]
    return "\n".join(lines) + "\n" + _AFTER.replace("-", r"\-").replace("~", r"\(ti")


def _man(call: Call, commands: Commands) -> None:
    from edge_runtime.cli.description import describe

    text = manual(describe(commands.finished()))
    call.screen.show({"manual": text}, [text.rstrip("\n")])


def _options(options: Iterable[Option]) -> list[str]:
    lines = []
    for option in options:
        value = "|".join(option.choices) or option.value if option.value else ""
        names = ", ".join(f"\\fB{_text(name)}\\fR" for name in option.names)
        lines += [".TP", f"{names} \\fI{_text(value)}\\fR" if value else names, _text(option.about)]
    return lines


def _text(text: str) -> str:
    r"""As roff prints it: no \ and no ~ of its own, and no line that begins like a request."""
    plain = text.replace("\\", r"\e").replace("-", r"\-").replace("~", r"\(ti").replace("`", r"\(ga")
    return re.sub(r"^(?=[.'])", r"\\&", plain)
