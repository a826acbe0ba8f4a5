"""Whether the trial of the order finds out what is true, how soon, and what it costs: fills docs/lab/worth.md.

python -m benchmarks.worth --page docs/lab/worth.md      # some ten minutes of processor time
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.exit_status import exit_status
from benchmarks.worth import fast_world, reader_lives, shares
from benchmarks.worth.cost import measure
from benchmarks.worth.page import TABLES, Figures, fill_page

LEAST_LISTS = 30  # of a reader who is asked
OPENS = 600  # of a life of a share


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and fill the page; 0 is success, 1 that something failed, 130 an interruption."""
    options = _parser().parse_args(arguments)
    return exit_status("worth", "run", lambda: _study(options))


def _study(options: argparse.Namespace) -> int:
    seed = options.seed
    by_share = {
        share: [shares.live(share, OPENS, np.random.default_rng([seed, number])) for number in range(options.shares)]
        for share in shares.SHARES
    }
    print("shares are done", flush=True)
    lives = {
        kind.name: [
            fast_world.live(kind, options.lists, np.random.default_rng([seed, number]))
            for number in range(options.lives)
        ]
        for kind in fast_world.KINDS
    }
    print("lives in the fast world are done", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        cost = measure(options.keep or Path(folder), options.articles)
    found = Figures(by_share, lives, options.lists, _readers(options), cost)
    for name, table in TABLES.items():
        print(f"\n<!-- {name} -->\n{table(found)}")
    if options.page:
        fill_page(options.page, found)
        print(f"filled {options.page}")
    return 0


def _readers(options: argparse.Namespace) -> list[reader_lives.ReaderLife]:
    """Those who come often enough, of as many worlds as it takes."""
    found: list[reader_lives.ReaderLife] = []
    kinds = [kind for kind in reader_lives.KINDS for _ in range(options.readers if kind == "topics and words" else 2)]
    number = 0
    while len(found) < len(kinds) and number < 2 * len(kinds):
        world = reader_lives.make_world(8, options.days, options.seed + number)
        number += 1
        counts = np.bincount(world.readers, minlength=8)
        for reader in np.flatnonzero((counts >= LEAST_LISTS) & (counts <= options.most_lists)).tolist():
            if len(found) < len(kinds):
                found.append(reader_lives.live(world, reader, kinds[len(found)]))
                print(found[-1], flush=True)
    return found


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.worth", description=__doc__)
    parser.add_argument("--shares", type=int, default=1000, help="lives for each share of choices (%(default)s)")
    parser.add_argument("--lives", type=int, default=200, help="of each kind in the fast world (%(default)s)")
    parser.add_argument("--lists", type=int, default=300, help="of such a life (%(default)s)")
    parser.add_argument("--readers", type=int, default=8, help="with tastes, on the whole engine (%(default)s)")
    parser.add_argument("--days", type=int, default=30, help="that these live (%(default)s)")
    parser.add_argument("--most-lists", type=int, default=130, help="of such a life (%(default)s)")
    parser.add_argument("--articles", type=int, default=20_000, help="in the cache whose lists are timed (%(default)s)")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="caches of `benchmarks.reader_speed`, built once")
    parser.add_argument("--seed", type=int, default=100, help="of all chance (%(default)s)")
    parser.add_argument("--page", type=Path, help="fill the tables of this page")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
