"""Command line of the study; the same command goes on where it was stopped.

python -m benchmarks.people --out build/people --page docs/lab/people.md
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from benchmarks.exit_status import exit_status
from benchmarks.people.figures import figures
from benchmarks.people.headlines import LABELS
from benchmarks.people.page import fill_page
from benchmarks.people.study import StudySettings, run_study

_USUAL = StudySettings()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the rankers and fill the page; 0 is success, 1 that something failed, 130 an interruption."""
    options = _parser().parse_args(arguments)
    return exit_status("people", "ranker", lambda: _study(options))


def _study(options: argparse.Namespace) -> int:
    settings = StudySettings(options.readers, options.others, options.days, options.seed)
    run_study(options.out, settings, options.only, options.labels)
    if options.page:
        fill_page(options.page, figures(options.out, settings))
        print(f"filled {options.page}")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.people", description="The study of docs/lab/people.md.")
    parser.add_argument("--out", type=Path, default=Path("build/people"), help="folder for the results (%(default)s)")
    parser.add_argument("--readers", type=int, default=_USUAL.readers, help="with three categories each (%(default)s)")
    parser.add_argument("--others", type=int, default=_USUAL.others, help="of each other kind (%(default)s)")
    parser.add_argument("--days", type=int, default=_USUAL.days, help="that they live, at least 5 (%(default)s)")
    parser.add_argument("--seed", type=int, default=_USUAL.seed, help="of people and sources (%(default)s)")
    parser.add_argument("--only", nargs="+", default=[], metavar="NAME", help="of rankers; else all")
    parser.add_argument("--labels", nargs="+", default=LABELS, choices=LABELS, help="what feeds say of categories")
    parser.add_argument("--page", type=Path, help="fill the tables of this page")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
