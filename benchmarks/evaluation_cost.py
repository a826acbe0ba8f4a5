"""What measuring a bundle on a log costs: processor time and the peak of memory, by the number of impressions.

python -m benchmarks.evaluation_cost --impressions 20000 200000   # of these, the last 15 % are measured
python -m benchmarks.evaluation_cost --impressions 200000 --dev-share 0.9 --processes 1
python -m benchmarks.evaluation_cost --impressions 200000 --articles 1000000 --processes 1
python -m benchmarks.evaluation_cost --impressions 200000 --compare

The log is that of `benchmarks.scale`, prepared once for each size; only the measuring is counted.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.process_family import Used, watched
from benchmarks.scale import ARTICLES, make_log
from edge_runtime.installation import DEFAULT_BUNDLE
from trainer.data.prepare import LogFiles, prepare


@dataclass(frozen=True, slots=True)
class Cost:
    """What measuring one log took."""

    processes: int
    impressions: int  # that were measured
    cpu_s: float
    wall_s: float
    peak_pss_mib: float  # of all processes, shared pages counted once
    auc: float  # all its digits, to compare


def measure(dataset: Path, impressions: int, processes: int) -> Cost:
    """Measure in a process of its own, and watch all processes that it starts."""
    command = ["evaluate", "--bundle", str(DEFAULT_BUNDLE), "--processes", str(processes)]
    used = _watched(command, dataset)
    auc = json.loads(used.printed)["auc"]["mean"]
    return Cost(processes, impressions, round(used.cpu_s, 1), round(used.wall_s, 1), used.peak_pss_mib, auc)


def compare(dataset: Path, impressions: int) -> Cost:
    """Compare the bundle with itself, in one process."""
    used = _watched(["compare", str(DEFAULT_BUNDLE), str(DEFAULT_BUNDLE)], dataset)
    auc = json.loads(used.printed)["metrics"]["auc"]["a"]["mean"]
    return Cost(1, impressions, round(used.cpu_s, 1), round(used.wall_s, 1), used.peak_pss_mib, auc)


def _watched(command: list[str], dataset: Path) -> Used:
    return watched([sys.executable, "-m", "trainer", *command, "--impressions", str(dataset), "--json"])


def _catalogue(folder: Path, articles: Path, count: int) -> list[Path]:
    """The articles of a log, and others that no list shows, so many in all."""
    if count <= ARTICLES:
        return [articles]
    others = folder / "others.jsonl"
    with others.open("w", encoding="utf-8") as file:
        for number in range(count - ARTICLES):
            file.write(json.dumps({"article_id": f"O{number}", "title": f"Another title, number {number}"}) + "\n")
    return [articles, others]


def main() -> None:
    """Prepare the logs, measure, and print a line of JSON for each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--impressions", type=int, nargs="+", default=[20_000], help="lines of the logs")
    parser.add_argument("--processes", type=int, nargs="+", default=[2])
    parser.add_argument("--dev-share", type=float, default=0.15, help="of a log, that is measured")
    parser.add_argument("--articles", type=int, default=ARTICLES, help=f"of which the lists show the first {ARTICLES}")
    parser.add_argument("--compare", action="store_true", help="instead of evaluate, in one process")
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "edge-news-scale")
    options = parser.parse_args()
    for impressions in options.impressions:
        articles, log = make_log(options.folder, "json", impressions)
        with tempfile.TemporaryDirectory(dir=options.folder) as folder:
            dataset, catalogue = Path(folder) / "dataset", _catalogue(Path(folder), articles, options.articles)
            files = LogFiles(catalogue, [log], dev_share=options.dev_share)
            measured = prepare(files, dataset, "made up", "CC0", workers=1).dev.impressions
            for processes in [1] if options.compare else options.processes:
                cost = compare(dataset, measured) if options.compare else measure(dataset, measured, processes)
                print(json.dumps(asdict(cost)), flush=True)


if __name__ == "__main__":
    main()
