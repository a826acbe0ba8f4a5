"""Time and memory of a program and of all processes that it starts."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

EVERY_S = 0.1  # a process that ends is counted up to its last sample
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Used:
    """What a program took."""

    printed: str  # on standard output
    cpu_s: float
    wall_s: float
    peak_pss_mib: float  # of all processes, shared pages counted once


def watched(command: Sequence[str]) -> Used:
    """Run a program to its end.

    Raises:
        SystemExit: It fails; its message stands on standard error.
    """
    begin = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    peak, seconds = [0.0], dict[tuple[int, str], float]()
    watcher = threading.Thread(target=_watch, args=(child.pid, peak, seconds), daemon=True)
    watcher.start()
    printed, _ = child.communicate()
    wall_s = time.perf_counter() - begin
    watcher.join()
    if child.returncode:
        raise SystemExit(f"{' '.join(command)}: ended with status {child.returncode}; its message stands above")
    return Used(printed, sum(seconds.values()), wall_s, peak[0])


def pss_mib(root: int) -> float:
    """Proportional memory of a process and all below it, MiB: a page that two share counts half in each."""
    total_kib = 0
    for pid, *_ in _family(root):
        try:
            rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
        except OSError:
            continue
        total_kib += next((int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:")), 0)
    return total_kib / 1024


def _family(root: int) -> list[tuple[int, str, float]]:
    """A process and all below it: its number, when it began, and its processor time in seconds."""
    found: dict[int, tuple[int, str, float]] = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                fields = Path(f"/proc/{entry}/stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            found[int(entry)] = (int(fields[1]), fields[19], (int(fields[11]) + int(fields[12])) / _TICKS)
    family = {root}
    while more := {pid for pid, (parent, *_) in found.items() if parent in family} - family:
        family |= more
    return [(pid, *found[pid][1:]) for pid in family if pid in found]


def _watch(pid: int, peak: list[float], seconds: dict[tuple[int, str], float]) -> None:
    while Path(f"/proc/{pid}/smaps_rollup").exists():
        seconds.update({(one, begun): used for one, begun, used in _family(pid)})
        now = pss_mib(pid)
        if not now:
            break
        peak[0] = max(peak[0], now)
        time.sleep(EVERY_S)
