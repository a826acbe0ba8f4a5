"""What a reader waits for on a Raspberry Pi, in ARM instructions, on a machine that is none.

python -m benchmarks.arm_instructions --root DIR                          # with pi-chroot on PATH, see docs/search.md
python -m benchmarks.arm_instructions --root DIR --keep DIR --json FILE

Instructions are not time: they leave out caches and memory. They do not change from run to run by more than a few
thousandths, whatever else the machine does. What repeats is counted as the difference between few rounds and many.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.reader_speed import built
from benchmarks.timing import report

TOOL = "pi-chroot"
SIZES = (5_000, 20_000)  # articles
FEW, MANY = 2, 12  # rounds
TITLES = 64  # of a round
_COUNTED = re.compile(r"instructions: (\d+)")
_ROUNDS = """
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from edge_runtime import Article, Reader, Signal
work, rounds = sys.argv[1], int(sys.argv[2])
now = datetime(2026, 11, 24, 12, tzinfo=UTC)
def article(number, word):
    title = f"Bakers of {word} {number} save an old bread recipe from the flood"
    source, published = f"Paper {number % 60}", now - timedelta(minutes=1)
    return Article(f"new{word}{number}", title, category="food", source=source, published=published)
with Reader.open(Path(sys.argv[3]), engine="numpy") as reader:
    if work != "title":
        reader.feed(now, 20)
    latest = reader.latest(limit=rounds)
    for n in range(rounds):
        if work == "title":
            reader._model.encode([article(title, f"village{n}") for title in range(64)])
            continue
        if work == "click":
            reader.record(latest[n].article_id, Signal.OPEN, now)
        if work == "add":
            reader.add([article(n, "village")], now)
        reader.feed(now, 20)
"""
_WORKS = {
    "feed": "a feed of 20 after another",
    "click": "a click and a feed of 20",
    "add": "an added article and a feed of 20",
}


@dataclass(frozen=True, slots=True)
class Counted:
    """One line of the table."""

    work: str
    articles: int  # in the cache; 0 where it has no say
    instructions: int  # in millions, user mode, all threads


class Pi:
    """An emulated Pi with this checkout's runtime."""

    def __init__(self, root: Path, cpu: str, work: Path) -> None:
        """Make the root unless it is there.

        Args:
            root: The Debian root.
            cpu: pi3, pi4 or pi5.
            work: A folder of this run, which the Pi sees as /src.
        """
        if shutil.which(TOOL) is None:
            raise SystemExit(f"{TOOL}: is not on PATH; docs/search.md says what it does")
        self._root, self._cpu, self._work = root, cpu, work
        subprocess.run([TOOL, "make", "arm64", str(root)], check=True)
        subprocess.run(
            [TOOL, "pip", "--venv", "count", str(root), "install", "-q", "numpy", "urllib3", "idna"], check=True
        )
        package = Path(__file__).parents[1] / "edge_runtime"
        shutil.copytree(package, work / "edge_runtime", ignore=shutil.ignore_patterns("__pycache__"))
        (work / "rounds.py").write_text(_ROUNDS, encoding="utf-8")

    def count(self, *arguments: str) -> int:
        """Instructions of the Python in it."""
        kept = ["--env", "PYTHONPATH=/src", "--env", "PYTHONDONTWRITEBYTECODE="]
        command = [TOOL, "count", "--cpu", self._cpu, "--venv", "count", *kept, str(self._root), "python"]
        done = subprocess.run([*command, *arguments], cwd=self._work, capture_output=True, text=True, check=False)
        found = _COUNTED.findall(done.stderr)
        if done.returncode or not found:
            raise SystemExit(f"{TOOL} count: {' '.join(arguments)}: {done.stderr.strip()[-300:]}")
        return int(found[-1])

    def count_warm(self, *arguments: str) -> int:
        """The same at its second run: the first compiles what the root holds as source alone."""
        self.count(*arguments)
        return self.count(*arguments)

    def count_a_round(self, work: str, data: str) -> float:
        """Instructions of one more round of a kind of work."""
        counts = []
        for rounds in (FEW, FEW, MANY):  # the first compiles what the root holds as source alone
            shutil.rmtree(self._work / "data", ignore_errors=True)
            shutil.copytree(data, self._work / "data")
            counts.append(self.count("rounds.py", work, str(rounds), "data"))
        return (counts[2] - counts[1]) / (MANY - FEW)


def main() -> None:
    """Count and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", type=Path, required=True, metavar="DIR", help="the ARM root, made if it is not there")
    parser.add_argument("--cpu", default="pi4", choices=("pi3", "pi4", "pi5"), help="whose instructions are told")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="where the caches are kept, as of reader_speed")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    args = parser.parse_args()
    found: list[Counted] = []
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        pi = Pi(args.root.resolve(), args.cpu, work)
        kept = args.keep or work / "caches"
        kept.mkdir(exist_ok=True)

        def told(what: str, articles: int, instructions: float) -> None:
            found.append(Counted(what, articles, round(instructions / 1e6)))
            print(f"{what}, {articles:,} articles: {found[-1].instructions:,} million", flush=True)

        told("python, nothing else", 0, pi.count_warm("-c", "pass"))
        told("import numpy", 0, pi.count_warm("-c", "import numpy"))
        for size in SIZES:
            data = str(built(kept, size))
            if size == SIZES[0]:
                told("64 new titles to vectors", 0, pi.count_a_round("title", data))
            for kind, what in _WORKS.items():
                told(what, size, pi.count_a_round(kind, data))
            shutil.rmtree(work / "data")
            shutil.copytree(data, work / "data")
            feed = ["-m", "edge_runtime", "--data", "data", "feed"]
            told(
                "edge-news feed, to rank", size, pi.count_warm("-m", "edge_runtime", "--data", "data", "--json", "feed")
            )
            told("edge-news feed, nothing changed", size, pi.count_warm(*feed))
    report([asdict(one) for one in found], args.json, cpu=args.cpu)


if __name__ == "__main__":
    main()
