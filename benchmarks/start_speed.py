"""What a start costs: a feed by the command line in a fresh process, and what of it is imports.

python -m benchmarks.start_speed                 # builds its caches, which takes a minute
python -m benchmarks.start_speed --keep DIR      # builds them once, in a folder that stays; as for `reader_speed`
python -m benchmarks.start_speed --json FILE     # the figures in a file too

Times are processor time of the process, user and system; medians of processes that take turns. Memory is the peak of
what a process holds.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import tempfile
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from benchmarks.reader_speed import NOW, built, new_article
from benchmarks.timing import of_a_process, report
from edge_runtime import Reader

ROUNDS = 11
SIZES = (5_000, 20_000)  # articles


def starts(folders: Sequence[tuple[int, Path]]) -> list[tuple[str, int, Callable[[], tuple[float, float]]]]:
    """What is started: its name, articles in the cache, and a call that runs it once."""
    found: list[tuple[str, int, Callable[[], tuple[float, float]]]] = [
        ("python alone", 0, lambda: of_a_process("-c", "pass")),
        ("import numpy", 0, lambda: of_a_process("-c", "import numpy")),
        ("from edge_runtime import Reader", 0, lambda: of_a_process("-c", "from edge_runtime import Reader")),
    ]
    for number, folder in folders:

        def feed(folder: Path = folder) -> tuple[float, float]:
            return of_a_process("-m", "edge_runtime", "--data", str(folder), "feed")

        def feed_after_one_more(folder: Path = folder) -> tuple[float, float]:
            with Reader.open(folder) as reader:
                reader.add([new_article(0, NOW)], NOW)
            return of_a_process("-m", "edge_runtime", "--data", str(folder), "feed")

        # The one that changes something is before the one that must not meet a change.
        found.append(("edge-news feed, one more article", number, feed_after_one_more))
        found.append(("edge-news feed, nothing changed", number, feed))
    return found


def measured(folders: Sequence[tuple[int, Path]], rounds: int) -> list[dict[str, Any]]:
    """A row for each start."""
    works = starts(folders)
    times: list[list[tuple[float, float]]] = [[] for _ in works]
    for _ in range(rounds):
        for found, (_, _, work) in zip(times, works, strict=True):
            found.append(work())
    return [
        {
            "start": name,
            "articles": number,
            "cpu_ms": statistics.median(cpu for cpu, _ in found),
            "rss_mib": statistics.median(rss for _, rss in found),
        }
        for (name, number, _), found in zip(works, times, strict=True)
    ]


def main() -> None:
    """Build what is missing, measure and report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="where the caches are kept for the next time")
    parser.add_argument("--articles", type=int, action="append", metavar="N", help="in the cache, not 5,000 and 20,000")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="of processes")
    args = parser.parse_args()
    # Readers have compiled files; without them imports take half as long again.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    with (
        nullcontext(args.keep) if args.keep else tempfile.TemporaryDirectory() as made,
        tempfile.TemporaryDirectory() as scratch,
    ):
        folders = []
        for number in args.articles or SIZES:
            folder = Path(scratch) / f"{number}"
            shutil.copytree(built(Path(made), number), folder)
            folders.append((number, folder))
        report(measured(folders, args.rounds), args.json)


if __name__ == "__main__":
    main()
