"""Command line of the study; the same command goes on where it was stopped.

python -m benchmarks.quality --articles news.tsv --train train.tsv --dev dev.tsv --out build/quality
"""

from __future__ import annotations

import argparse
import dataclasses
from collections.abc import Sequence
from pathlib import Path

from trainer.cli.environment import set_environment

set_environment()


def main(arguments: Sequence[str] | None = None) -> int:
    """Train, measure and fill the page; 0 is success, 1 that something failed, 130 an interruption."""
    options = _parser().parse_args(arguments)
    # Imported here, after the environment is set.
    from benchmarks.exit_status import exit_status

    return exit_status("quality", "job", lambda: _study(options))


def _study(options: argparse.Namespace) -> int:
    from benchmarks.quality.study import run_study
    from trainer.settings.config import RunSettings, load_settings

    settings = load_settings(options.config) if options.config else RunSettings()
    data = dataclasses.replace(
        settings.data,
        articles=tuple(options.articles),
        train=tuple(options.train),
        dev=tuple(options.dev),
        translations=tuple(options.translations),
    )
    settings = dataclasses.replace(settings, data=data)
    return run_study(options.out, settings, range(options.seeds), options.only, options.page)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.quality", description="The study of docs/lab/quality.md."
    )
    parser.add_argument("--articles", nargs="+", required=True, metavar="FILE")
    parser.add_argument("--train", nargs="+", required=True, metavar="FILE")
    parser.add_argument("--dev", nargs="+", default=[], metavar="FILE", help="else the last share of --train by time")
    parser.add_argument(
        "--translations",
        nargs="+",
        default=[],
        metavar="CODE=FILE",
        help="titles in another language; adds bundles that read it",
    )
    parser.add_argument("--out", type=Path, default=Path("build/quality"), help="folder for all that is made")
    parser.add_argument("--seeds", type=int, default=3, help="how often each is trained (%(default)s)")
    parser.add_argument("--only", nargs="+", default=[], metavar="NAME", help="of variants or baselines; else all")
    parser.add_argument("--page", type=Path, help="fill the tables of this page, and its pictures in images/ beside it")
    parser.add_argument("--config", type=Path, help="settings of every run in TOML, as in trainer/settings")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
