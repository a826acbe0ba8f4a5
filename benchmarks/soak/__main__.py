"""python -m benchmarks.soak [--days 30] [--feeds 100] [--cached-before 20000] [--reopen] [--trace] [--json]

Each commit waits for the disk, 15 minutes in all on a laptop's; with --scratch /dev/shm there is none to wait for.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import tracemalloc
from dataclasses import asdict
from pathlib import Path

from benchmarks.soak.life import Day, SoakSettings, live

COLUMNS = "day   RSS MB  traced MB  files  articles  cache MB  profile MB  events  notifications  seen twice  lost"


def row(day: Day) -> str:
    """A day as a line of the table."""
    return (
        f"{day.number:3}  {day.rss_bytes / 1e6:7.1f}  {day.traced_bytes / 1e6:9.2f}  {day.open_files:5}"
        f"  {day.articles:8,}  {day.cache_bytes / 1e6:8.1f}  {day.profile_bytes / 1e6:10.2f}  {day.events:6}"
        f"  {day.notifications:13}  {len(day.seen_twice):10}  {len(day.lost):4}"
    )


def main() -> None:
    """Live, and print each evening."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.soak", description=__doc__)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--feeds", type=int, default=100)
    parser.add_argument("--cached-before", type=int, default=20_000)
    parser.add_argument("--reopen", action="store_true", help="open the data directory anew each morning")
    parser.add_argument("--trace", action="store_true", help="count Python's own memory too, which takes longer")
    parser.add_argument("--scratch", help="where a data directory is made for the time being")
    parser.add_argument("--json", action="store_true", help="a list of days in the place of the table")
    given = parser.parse_args()
    if given.trace:
        tracemalloc.start()
    settings = SoakSettings(given.days, given.feeds, given.cached_before, given.reopen)
    with tempfile.TemporaryDirectory(dir=given.scratch) as directory:
        if given.json:
            print(json.dumps([asdict(day) for day in live(Path(directory), settings)]))
        else:
            print(COLUMNS)
            live(Path(directory), settings, lambda day: print(row(day), flush=True))


if __name__ == "__main__":
    main()
