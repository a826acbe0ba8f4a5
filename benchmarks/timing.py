"""How the benchmarks of speed measure: on one thread, in turns, in processor time, and where."""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

# A process counts as its own the memory of the one that it was forked from: a small one stands between.
LAUNCH = """
import os, sys
out = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
child = os.posix_spawn(sys.executable, [sys.executable, *sys.argv[1:]], os.environ, file_actions=out)
_, status, used = os.wait4(child, 0)
print(status, (used.ru_utime + used.ru_stime) * 1e3, used.ru_maxrss / 1024)
"""
# For the environment, before numpy and the others are imported: each looks there but once.
ONE_THREAD = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "RAYON_NUM_THREADS": "1",
    "TF_NUM_INTRAOP_THREADS": "1",
    "TF_NUM_INTEROP_THREADS": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TOKENIZERS_PARALLELISM": "false",
}


def cpu_us(work: Callable[[], object], times: int = 1) -> float:
    """Processor time of a call in microseconds, the mean of some."""
    begin = time.process_time_ns()
    for _ in range(times):
        work()
    return (time.process_time_ns() - begin) / times / 1e3


def of_a_process(*arguments: str) -> tuple[float, float]:
    """CPU milliseconds and peak MiB of the interpreter with some arguments."""
    command = [sys.executable, "-S", "-c", LAUNCH, *arguments]
    status, cpu_ms, rss_mib = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    if status != "0":
        raise SystemExit(f"python {' '.join(arguments)}: ended with status {status}; run it by hand to see why")
    return float(cpu_ms), float(rss_mib)


def in_turns(works: Mapping[str, Callable[[], float]], rounds: int) -> dict[str, float]:
    """Medians of what each returns, taken in turns: so all meet the same machine."""
    found: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(rounds):
        for name, work in works.items():
            found[name].append(work())
    return {name: statistics.median(values) for name, values in found.items()}


def machine() -> dict[str, str | int]:
    """What the figures hold for."""
    import numpy as np

    names = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    return {
        "processor": names[0].partition(": ")[2] if names else platform.processor(),
        "cores": os.cpu_count() or 0,
        "python": platform.python_version(),
        "numpy": np.__version__,
    }


def report(figures: Sequence[Mapping[str, Any]], path: Path | None, **about: Any) -> None:
    """Print figures as a table, and write them to a file as JSON with the machine they are of.

    Args:
        figures: Rows with the same names.
        path: The file, if one is wanted; its folder is made.
        about: What else the figures hold for.
    """
    about = machine() | about
    print(", ".join(f"{name} {value}" for name, value in about.items()))
    print("   ".join(figures[0]) if figures else "nothing was measured")
    for row in figures:
        print("   ".join(f"{value:,.2f}" if isinstance(value, float) else str(value) for value in row.values()))
    if path:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({"machine": about, "figures": list(figures)}, indent=2) + "\n", encoding="utf-8")
