"""The entry of the command line `edge-news`: runs a command, and turns what goes wrong into a line and a status."""

from __future__ import annotations

import argparse
import contextlib
import errno
import json
import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime

from edge_runtime.cli.call import Call
from edge_runtime.cli.config import ConfigError, config_path, data_directory, read_config
from edge_runtime.cli.first_screen import show_kept
from edge_runtime.cli.pager import chosen_pager
from edge_runtime.cli.printing import Screen, clean_text, open_streams, spelled
from edge_runtime.cli.remedies import told
from edge_runtime.errors import EdgeError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; 0 is success, 1 an error that was explained, 2 a wrong call, 130 interrupted."""
    open_streams()
    options = argparse.Namespace(data=None, json=False, now=None, engine=None, no_pager=False)
    try:
        try:
            arguments = sys.argv[1:] if arguments is None else arguments
            if show_kept(arguments, datetime.now(UTC)):
                return 0
            _parse(arguments, options)
            return _run(options)
        finally:
            sys.stdout.flush()  # here and not at the exit, where nobody could catch what goes wrong
    except BrokenPipeError:  # the reader of our output has seen enough
        _let_go_of_output()
        return 0
    except KeyboardInterrupt:
        return _tell("interrupted", 130, is_json=options.json)
    except ConfigError as error:
        return _tell(str(error), 2, is_json=options.json)
    except EdgeError as error:
        return _tell(told(error), 1, is_json=options.json)
    except OSError as error:
        return _tell(_of_the_system(error), 1, is_json=options.json)


def _parse(arguments: Sequence[str], options: argparse.Namespace) -> None:
    """Without a command it is `feed`."""
    from edge_runtime.cli.parser import build_parser  # loaded here: with it comes all that ranks

    parser = build_parser()
    parser.parse_all(arguments, options)
    if not hasattr(options, "run"):
        parser.parse_all([*arguments, "feed"], options)


def _run(options: argparse.Namespace) -> int:
    config = read_config(config_path())
    if "usual_limit" in options and options.limit is None:
        options.limit = config.limit or options.usual_limit
    pager = "" if options.no_pager else chosen_pager(config.pager)
    screen = Screen.here(is_json=options.json, colour=config.colour, pager=pager)
    call = Call(
        options, data_directory(options.data, config), options.now or datetime.now(UTC), screen, config.articles
    )
    return options.run(call) or 0


def _of_the_system(error: OSError) -> str:
    """What, where and how to mend it, of an error in the system's words."""
    where = f"{error.filename}: " if error.filename else ""
    hints = {errno.ENOENT: "check the name", errno.EACCES: "check its rights", errno.ENOSPC: "free some space"}
    return f"{where}{error.strerror or error}; {hints.get(error.errno or 0, 'check the name and the disk')}"


def _tell(problem: str, status: int, *, is_json: bool) -> int:
    problem = spelled(problem)
    try:
        if is_json:
            print(json.dumps({"error": problem}), flush=True)
        print(f"edge-news: {clean_text(problem)}", file=sys.stderr, flush=True)
    except OSError:  # nowhere to tell it
        _let_go_of_output()
    return status


def _let_go_of_output() -> None:
    """What is still to be printed goes nowhere."""
    with contextlib.suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
