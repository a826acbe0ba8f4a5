"""Command line of the study; the same command goes on where it was stopped.

python -m benchmarks.compression --articles news.tsv --train train.tsv --dev dev.tsv --out build/compression
"""

from __future__ import annotations

import argparse
import dataclasses
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

    return exit_status("compression", "stage", lambda: _study(options))


def _study(options: argparse.Namespace) -> int:
    from benchmarks.compression.figures import figures
    from benchmarks.compression.page import fill_page
    from benchmarks.compression.study import run_study
    from trainer.settings.config import RunSettings

    files = {name: tuple(getattr(options, name)) for name in ("articles", "train", "dev")}
    settings = RunSettings()
    settings = dataclasses.replace(settings, data=dataclasses.replace(settings.data, **files))
    seeds = range(options.seeds)
    failed = run_study(options.out, settings, seeds, options.only)
    for name, reason in failed.items():
        print(f"failed: {name}: {reason}", file=sys.stderr)
    if options.page:
        fill_page(options.page, figures(options.out, seeds))
        print(f"filled {options.page} and the pictures beside it")
    return 1 if failed else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.compression", description=__doc__)
    for name in ("articles", "train"):
        parser.add_argument(f"--{name}", nargs="+", required=True, metavar="FILE")
    parser.add_argument("--dev", nargs="+", default=[], metavar="FILE", help="else the last share of --train by time")
    parser.add_argument("--out", type=Path, default=Path("build/compression"), help="folder for all that is made")
    parser.add_argument("--seeds", type=int, default=3, help="how often each is trained (%(default)s)")
    parser.add_argument("--only", nargs="+", default=[], metavar="NAME", help="of recipes or branches; else all")
    parser.add_argument("--page", type=Path, help="fill the tables of this page, and its pictures in images/ beside it")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
