"""The subcommand `search`: parsing its options, and printing what came of it."""

from __future__ import annotations

import argparse
import math
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from trainer.errors import ConfigError
from trainer.settings.config import RunSettings

if TYPE_CHECKING:
    from trainer.data.progress import Bar

DEFAULT_BYTES = 300_000
DEFAULT_MINUTES = 60.0
TARGETS = ("x86", "pi3", "pi4", "pi5")  # x86 is this machine


def add_search_command(
    commands: Any,
    add_data_options: Callable[[argparse.ArgumentParser], None],
    settings: Callable[[argparse.Namespace], RunSettings],
    bar: Bar,
) -> None:
    """Add `search` to the trainer's subcommands.

    Args:
        commands: From `add_subparsers`.
        add_data_options: Adds the data options of `run`.
        settings: Makes the run's settings of them.
        bar: Opens a progress bar.
    """
    command = commands.add_parser("search", help="find architecture and recipe for a budget; see docs/search.md")
    add_data_options(command)
    command.add_argument(
        "--max-bytes", type=int, metavar="N", help=f"of the bundle ({DEFAULT_BYTES} if no other limit is given)"
    )
    command.add_argument("--max-encode-us", type=float, metavar="N", help="for a title on this machine, microseconds")
    command.add_argument("--max-encode-instructions", type=float, metavar="N", help="for a title on the Pi of --target")
    command.add_argument("--max-rank-us", type=float, metavar="N", help="for 1,000 candidates on this machine")
    quality = command.add_mutually_exclusive_group()
    quality.add_argument("--min-ndcg", type=float, metavar="X", help="nDCG@10 on dev, at least")
    quality.add_argument("--max-loss", type=float, metavar="X", help="share of the teacher's nDCG@10, at most: 0.01")
    command.add_argument("--trials", type=int, metavar="N", help="candidates of short training")
    command.add_argument(
        "--minutes", type=float, metavar="M", help=f"for everything ({DEFAULT_MINUTES:.0f} if no --trials are given)"
    )
    command.add_argument("--target", choices=TARGETS, default="x86", help="x86: this machine; a Pi is emulated")
    # Architecture and recipe are what is searched.
    command.set_defaults(recipe=None, vocabulary=None, call=lambda options: _search(options, settings(options), bar))


def _search(options: argparse.Namespace, settings: RunSettings, bar: Bar) -> None:
    from trainer.search.budgets import Budget
    from trainer.search.search import Effort, RecipeSearch
    from trainer.search.space import describe
    from trainer.search.targets import PiCounter
    from trainer.student_steps.recipe import recipe_from

    if options.max_encode_instructions is not None and options.target == "x86":
        raise ConfigError("--max-encode-instructions are those of a Pi: give --target pi3, pi4 or pi5 as well")
    limits = {name: getattr(options, name) for name in Budget.__slots__ if getattr(options, name) is not None}
    budget = Budget(**limits or {"max_bytes": DEFAULT_BYTES})
    if options.trials is not None and options.trials < 1:
        raise ConfigError(f"--trials is {options.trials}; give 1 or more")
    if options.minutes is not None and not 0 < options.minutes < math.inf:
        raise ConfigError(f"--minutes is {options.minutes}; give more than 0")
    unlimited = options.minutes is None and options.trials is None
    effort = Effort(options.trials, DEFAULT_MINUTES if unlimited else options.minutes)
    counter = None if options.target == "x86" else PiCounter(options.target)
    best = RecipeSearch(options.out, settings, budget, effort, counter, bar, _say, time.monotonic).all()
    print(f"\n{describe(recipe_from(best.recipe, 'search'))}")
    print(f"{best.bytes:,} bytes, {best.encode_us} us a title, {best.rank_us} us a ranking of 1,000")
    print(f"nDCG@10 {best.ndcg:.4f} on dev, by which it was chosen: a later log will say less")
    print(f"bundle: {options.out / best.bundle}\nrecipe: {options.out / 'recipe.toml'}")
    print(f"front: {options.out / 'front.json'}")


def _say(line: str) -> None:
    print(line, flush=True)  # a search runs for an hour, often into a file
