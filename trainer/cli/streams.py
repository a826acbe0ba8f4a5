"""Standard input, output and error: made safe before anything is written, and given up when nobody reads them."""

from __future__ import annotations

import contextlib
import os
import sys
from typing import TextIO


def open_streams() -> None:
    """Closed streams swallow and give nothing, and what a terminal cannot print is told by its number.

    Their numbers are taken too: else the next file that is opened has one, and what a library prints goes into it.
    """
    for number, (name, mode) in enumerate((("stdin", "r"), ("stdout", "w"), ("stderr", "w"))):
        _take(number)
        stream: TextIO | None = getattr(sys, name)
        if stream is None or stream.closed:
            setattr(sys, name, open(number, mode, encoding="utf-8", closefd=False))  # noqa: SIM115
        elif name != "stdin" and (reconfigure := getattr(stream, "reconfigure", None)):
            reconfigure(errors="backslashreplace")


def tell(text: str) -> None:
    """Say something on standard error, as the program; a closed one is no further error."""
    with contextlib.suppress(OSError):
        print(f"edge-news-trainer: {text}", file=sys.stderr, flush=True)


def give_up_output() -> None:
    """Let what standard output still holds go nowhere, if it cannot be written: the exit would try once more."""
    try:
        sys.stdout.flush()
    except OSError:
        with contextlib.suppress(OSError):  # a stand-in for the stream has no number
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, sys.stdout.fileno())
            os.close(nowhere)


def _take(number: int) -> None:
    try:
        os.fstat(number)
    except OSError:
        opened = os.open(os.devnull, os.O_RDWR)  # the lowest number that is free
        if opened != number:
            os.dup2(opened, number)
            os.close(opened)
        os.set_inheritable(number, True)
