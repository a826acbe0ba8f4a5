"""Command line of the study; the same command goes on where it was stopped.

python -m benchmarks.ranking --out build/ranking --page docs/lab/ranking.md
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from benchmarks.exit_status import exit_status
from benchmarks.ranking.figures import figures
from benchmarks.ranking.page import fill_page
from benchmarks.ranking.study import run_study
from benchmarks.ranking.world import WorldSettings

FIRST_SEED = WorldSettings().seed


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the policies and fill the page; 0 is success, 1 that something failed, 130 an interruption."""
    options = _parser().parse_args(arguments)
    return exit_status("ranking", "policy", lambda: _study(options))


def _study(options: argparse.Namespace) -> int:
    worlds = [
        WorldSettings(readers=options.readers, days=options.days, seed=FIRST_SEED + number)
        for number in range(options.seeds)
    ]
    run_study(options.out, worlds, options.only)
    if options.page:
        fill_page(options.page, figures(options.out, worlds))
        print(f"filled {options.page} and the pictures beside it")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.ranking", description="The study of docs/lab/ranking.md."
    )
    parser.add_argument("--out", type=Path, default=Path("build/ranking"), help="folder for the results (%(default)s)")
    parser.add_argument("--readers", type=int, default=200, help="in each world (%(default)s)")
    parser.add_argument("--days", type=int, default=30, help="that they live (%(default)s)")
    parser.add_argument("--seeds", type=int, default=1, help="worlds, each with other readers (%(default)s)")
    parser.add_argument("--only", nargs="+", default=[], metavar="NAME", help="of policies; else all")
    parser.add_argument("--page", type=Path, help="fill the tables of this page, and its pictures in images/ beside it")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
