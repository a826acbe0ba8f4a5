"""What each command takes on a device: peak memory, and bytes on the disk, for caches of several sizes.

python -m benchmarks.device_memory [--articles 1000 20000]

Articles are made of random words: a title of 8 and an abstract of 30. Each command is a process of its own, and its
memory is the most that this process held.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

COMMANDS = (["feed"], ["push", "--dry-run"], ["digest", "--peek"], ["search", "aba"])
SYLLABLES = ("a", "ba", "co", "di", "fu", "ge", "hi", "jo", "ku", "le", "ma", "ne")
TOPICS = ("food", "travel", "politics", "sports", "science")


def write_articles(path: Path, count: int) -> None:
    """Articles of one hour each before now, as JSON Lines."""
    rng, now = random.Random(0), datetime.now(UTC).replace(microsecond=0)

    def words(number: int) -> str:
        return " ".join("".join(rng.choices(SYLLABLES, k=rng.randint(1, 4))) for _ in range(number))

    with path.open("w", encoding="utf-8") as file:
        for number in range(count):
            article = {
                "article_id": f"x{number}",
                "title": words(8),
                "abstract": words(30),
                "category": TOPICS[number % len(TOPICS)],
                "published": (now - timedelta(hours=number)).isoformat(),
            }
            file.write(json.dumps(article) + "\n")


def peak_mib(arguments: Sequence[str], data_dir: Path) -> float:
    """The most memory that a command held."""
    call = [sys.executable, "-m", "edge_runtime", *arguments, "--data", str(data_dir)]
    process = subprocess.Popen(call, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(call)}: exit status {process.returncode}")
    return usage.ru_maxrss / 1024


def main() -> None:
    """Print a line for each command and size."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.device_memory", description=__doc__.splitlines()[0])
    parser.add_argument("--articles", type=int, nargs="+", default=[1000, 20000])
    for count in parser.parse_args().articles:
        with tempfile.TemporaryDirectory() as folder:
            articles, data_dir = Path(folder, "articles.jsonl"), Path(folder, "data")
            write_articles(articles, count)
            for arguments in (["add", str(articles)], *COMMANDS):
                print(f"{count:6,} articles  {arguments[0]:8}{peak_mib(arguments, data_dir):6.0f} MiB", flush=True)
            size = sum(path.stat().st_size for path in data_dir.glob("cache.db*"))
            print(f"{count:6,} articles  on disk {size / 1e6:6.1f} MB", flush=True)


if __name__ == "__main__":
    main()
