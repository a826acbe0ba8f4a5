"""Command line of the study of notifications; the same command goes on where it was stopped.

python -m benchmarks.ranking.notifications --out build/ranking --page docs/lab/push.md
"""

from __future__ import annotations

import argparse
import dataclasses
import hashlib
import time
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

from benchmarks.exit_status import exit_status
from benchmarks.ranking.notified_figures import Study, figures
from benchmarks.ranking.notified_life import Lived, Offers, joined, live, load, save
from benchmarks.ranking.notified_page import fill_page
from benchmarks.ranking.notified_policies import KEEP, Device
from benchmarks.ranking.world import World, WorldSettings
from edge_runtime import read_bundle
from edge_runtime.installation import DEFAULT_BUNDLE
from edge_runtime.model.probability import PlattPrior
from edge_runtime.notify.keeping import UNTOLD
from edge_runtime.notify.types import PushSettings
from edge_runtime.types import Article
from trainer.data.corpus import load_corpus

BLOCK = 20  # readers whose days are one file


def run_study(
    out: Path,
    settings: WorldSettings,
    articles: Sequence[Article],
    say: Callable[[str], object] = lambda line: print(line, flush=True),
) -> Study:
    """Let all readers live three times: without notifications, with what a threshold sends, with the usual settings.

    Args:
        out: Folder of the results, one file for a block of readers and a life.
        settings: Of the world.
        articles: That come out in it.
        say: Takes a line when a block has lived.

    Raises:
        ConfigError: A result cannot be read.
    """
    out.mkdir(parents=True, exist_ok=True)
    world = World(settings, articles)
    offers = Offers(world)
    # The engine's code and weights may change; a result of another world must not be taken for one of this.
    facts = hashlib.sha256(f"{dataclasses.asdict(settings)}{len(world.articles)}".encode()).hexdigest()[:8]
    lives: dict[str, Lived] = {}
    for name in ("feed", "notified", "usual"):
        blocks = []
        for first in range(0, settings.readers, BLOCK):
            readers = range(first, min(first + BLOCK, settings.readers))
            path = out / f"notifications-{name}-{facts}-{first}.npz"
            lived = load(path)
            if lived is None:
                started = time.monotonic()
                lived = live(world, offers, readers, _devices(name, world, offers, len(readers)))
                save(path, lived)
                say(f"{name}, readers {readers.start} to {readers.stop - 1}: {time.monotonic() - started:.0f} s")
            blocks.append(lived)
        lives[name] = joined(blocks)
    return Study(world, offers, _prior(), lives["feed"], lives["notified"], lives["usual"])


def _devices(life: str, world: World, offers: Offers, count: int) -> list[Device]:
    match life:
        case "notified":
            return [Device(world, offers, _prior(), keep=KEEP) for _ in range(count)]
        case "usual":
            return [Device(world, offers, _prior(), PushSettings()) for _ in range(count)]
    return []


@cache
def _prior() -> PlattPrior:
    return read_bundle(DEFAULT_BUNDLE).head.open_probability or UNTOLD


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the study and fill the page; 0 is success, 1 that something failed, 130 an interruption."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.ranking.notifications", description="The study of docs/lab/push.md."
    )
    parser.add_argument("--out", type=Path, default=Path("build/ranking"), help="folder for the results (%(default)s)")
    parser.add_argument("--readers", type=int, default=200, help="in the world (%(default)s)")
    parser.add_argument("--days", type=int, default=30, help="that they live (%(default)s)")
    parser.add_argument("--seed", type=int, default=WorldSettings().seed, help="of the world (%(default)s)")
    parser.add_argument("--page", type=Path, help="fill the tables of this page, and its picture in images/ beside it")
    options = parser.parse_args(arguments)
    return exit_status("notifications", "block", lambda: _study(options))


def _study(options: argparse.Namespace) -> int:
    settings = WorldSettings(readers=options.readers, days=options.days, seed=options.seed)
    study = run_study(options.out, settings, load_corpus())
    if options.page:
        fill_page(options.page, figures(study))
        print(f"filled {options.page} and the picture beside it")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
