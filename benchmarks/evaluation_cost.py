"""What measuring a bundle on a log costs: processor time and the peak of memory, by the number of impressions.

python -m benchmarks.evaluation_cost --impressions 20000 200000   # of these, the last 15 % are measured

The log is that of `benchmarks.scale`, prepared once for each size; only the measuring is counted.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.process_family import watched
from benchmarks.scale import make_log
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
    what = ["--bundle", str(DEFAULT_BUNDLE), "--impressions", str(dataset), "--json", "--processes", str(processes)]
    used = watched([sys.executable, "-m", "trainer", "evaluate", *what])
    auc = json.loads(used.printed)["auc"]["mean"]
    return Cost(processes, impressions, round(used.cpu_s, 1), round(used.wall_s, 1), used.peak_pss_mib, auc)


def main() -> None:
    """Prepare the logs, measure, and print a line of JSON for each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--impressions", type=int, nargs="+", default=[20_000], help="lines of the logs")
    parser.add_argument("--processes", type=int, nargs="+", default=[2])
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "edge-news-scale")
    options = parser.parse_args()
    for impressions in options.impressions:
        articles, log = make_log(options.folder, "json", impressions)
        with tempfile.TemporaryDirectory(dir=options.folder) as folder:
            facts = prepare(LogFiles([articles], [log]), Path(folder) / "dataset", "made up", "CC0", workers=1)
            for processes in options.processes:
                cost = measure(Path(folder) / "dataset", facts.dev.impressions, processes)
                print(json.dumps(asdict(cost)), flush=True)


if __name__ == "__main__":
    main()
