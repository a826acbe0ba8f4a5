"""Command line of the study; the same command goes on where it was stopped.

python -m benchmarks.foreign_models --seeds 5 --out build/foreign-models --page docs/lab/foreign-models.md
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from trainer.cli.environment import set_environment

set_environment()


def main(arguments: Sequence[str] | None = None) -> int:
    """Train, measure and fill the page; 0 is success, 1 that something failed, 130 an interruption."""
    options = _parser().parse_args(arguments)
    # Imported here, after the environment is set.
    from benchmarks.exit_status import exit_status

    return exit_status("foreign models", "method", lambda: _study(options))


def _study(options: argparse.Namespace) -> int:
    from benchmarks.foreign_models.figures import figures
    from benchmarks.foreign_models.page import fill_page
    from benchmarks.foreign_models.study import run_study

    seeds = range(options.seeds)
    failed = run_study(options.out, options.models, seeds, options.methods)
    for name, reason in failed.items():
        print(f"failed: {name}: {reason}", file=sys.stderr)
    if options.page:
        fill_page(options.page, figures(options.out, seeds))
        print(f"filled {options.page}")
    return 1 if failed else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.foreign_models", description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("build/foreign-models"), help="folder for all that is made")
    parser.add_argument("--seeds", type=int, default=5, help="how often each is split and trained (%(default)s)")
    parser.add_argument("--models", nargs="+", default=[], metavar="NAME", help="of examples; else all")
    parser.add_argument("--methods", nargs="+", default=[], metavar="NAME", help="else all")
    parser.add_argument("--page", type=Path, help="fill the tables of this page")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
