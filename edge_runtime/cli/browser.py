"""Opening a web address in the reader's browser."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
import webbrowser

from edge_runtime.errors import EdgeError

TERMUX = "termux-open-url", "termux-open"


class NoBrowserError(EdgeError):
    """There is no browser, or none that could be started."""


def open_in_browser(address: str) -> None:
    """Open an address; a browser that runs in the terminal has the terminal until it ends.

    It is $BROWSER, else what Android or the desktop open addresses with, else a browser of the terminal.

    Args:
        address: Of http or https.

    Raises:
        NoBrowserError: Nothing was opened.
    """
    sys.stdout.flush()
    commands = [command for command in os.environ.get("BROWSER", "").split(os.pathsep) if command.strip()]
    if commands:
        if not any(_browser(command).open(address) for command in commands):
            raise NoBrowserError(f"$BROWSER, {os.environ['BROWSER']}, did not open {address}; set another one")
        return
    found = next(filter(shutil.which, TERMUX), None)
    if not (webbrowser.GenericBrowser([found, "%s"]) if found else webbrowser).open(address):
        raise NoBrowserError(f"there is no browser to open {address}; install one, or name one in $BROWSER")


def _browser(command: str) -> webbrowser.BaseBrowser:
    """The browser of an entry of $BROWSER, where %s stands for the address."""
    try:
        return webbrowser.get(command)
    except (webbrowser.Error, ValueError):
        return webbrowser.GenericBrowser([*_words(command), "%s"])


def _words(command: str) -> list[str]:
    try:
        return shlex.split(command)
    except ValueError:  # a quote that is never closed
        return [command]
