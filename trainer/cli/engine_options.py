"""Options of commands whose work can be shared, among processes or machines."""

from __future__ import annotations

import argparse
from functools import partial
from typing import TYPE_CHECKING

from trainer.clusters.choice import ENGINES, open_runner
from trainer.errors import ConfigError

if TYPE_CHECKING:
    from trainer.data.prepare import OpenRunner


def add_engine_options(parser: argparse.ArgumentParser) -> None:
    """Add `--engine` and what belongs to it."""
    parser.add_argument("--engine", choices=ENGINES, default="local", help="what does the work; see docs/scale.md")
    parser.add_argument("--ray-address", metavar="HOST:PORT", help="of Ray's head (an engine on this machine)")
    parser.add_argument("--spark-master", metavar="URL", help="such as spark://host:7077 (an engine on this machine)")
    parser.add_argument("--processes", type=_count, metavar="N", help="of the engine local (one a core, at most 8)")


def chosen_runner(options: argparse.Namespace) -> OpenRunner:
    """What the options say.

    Raises:
        ClusterError: See `open_runner`.
        ConfigError: A number of processes for an engine that has its own.
    """
    opened = open_runner(options.engine, options.ray_address, options.spark_master)
    if options.processes is None:
        return opened
    if options.engine != "local":
        raise ConfigError(f"--processes is of the engine local; {options.engine} has its own")
    from trainer.data.runner import LocalRunner

    return partial(LocalRunner, workers=options.processes)


def share(text: str) -> float:
    """A number from 0 to 1, of an option."""
    value = float(text)
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError(f"{text} is no share: give 0 to 1")
    return value


def _count(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{text} is no number of processes: give 1 or more")
    return value
