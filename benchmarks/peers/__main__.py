"""Command line of the study; the same command goes on where it was stopped.

python -m benchmarks.peers --out build/peers --python tfmot=/path/to/python --python hgq=/path/to/python
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from trainer.cli.environment import set_environment

set_environment()


def main(arguments: Sequence[str] | None = None) -> int:
    """Train, measure and fill the page; 0 is success, 1 an error that was explained, 130 an interruption."""
    options = _parser().parse_args(arguments)
    # Imported here, after the environment is set.
    from benchmarks.exit_status import exit_status

    return exit_status("peers", "method", lambda: _study(options))


def _study(options: argparse.Namespace) -> int:
    from benchmarks.peers.page import fill_page
    from benchmarks.peers.study import run_study

    seeds = range(options.seeds)
    failed = run_study(options.out, dict(options.python), seeds, options.only)
    if failed:
        print(f"{len(failed)} could not be measured; the page says why", file=sys.stderr)
    if options.page:
        fill_page(options.page, options.out, seeds)
        print(f"filled {options.page}")
    # A library that refuses a model is a finding, not a failure.
    return 0


def _interpreter(text: str) -> tuple[str, str]:
    peer, found, python = text.partition("=")
    if not found:
        raise argparse.ArgumentTypeError(f"{text}: write LIBRARY=PYTHON")
    return peer, python


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.peers", description=__doc__)
    parser.add_argument(
        "--python",
        type=_interpreter,
        action="append",
        default=[],
        metavar="LIBRARY=PYTHON",
        help="the interpreter of an environment that has the library; libraries without one are left out",
    )
    parser.add_argument("--out", type=Path, default=Path("build/peers"), help="folder for all that is made")
    parser.add_argument("--seeds", type=int, default=3, help="how often each is trained (%(default)s)")
    parser.add_argument("--only", nargs="+", default=[], metavar="SETTING", help="such as zeros-80; else all")
    parser.add_argument("--page", type=Path, help="fill the tables of this page")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
