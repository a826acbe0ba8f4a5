"""Leaves the terminal to a browser, if that is where it runs."""

from __future__ import annotations

from textual.app import App, SuspendNotSupported

from edge_runtime.errors import EdgeError
from edge_runtime.tui.program import Program

NO_ADDRESS = "the article has no web address"


def browse(app: App[None], program: Program, address: str) -> str:
    """Open a web address, and say so or why not."""
    if not address:
        return NO_ADDRESS
    try:
        try:
            with app.suspend():
                program.browse(address)
        except SuspendNotSupported:
            program.browse(address)
    except EdgeError as error:
        return program.told(error)
    return f"opened in the browser: {address}"
