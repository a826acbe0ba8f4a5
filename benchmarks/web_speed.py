"""What `edge-news serve` costs: a page, many pages, an import, memory after many requests, and beside a program that
writes without pause.

python -m benchmarks.web_speed                  # builds a cache of 20,000 articles, which takes a minute
python -m benchmarks.web_speed --keep DIR       # builds it once, in a folder that stays; as for `reader_speed`
python -m benchmarks.web_speed --requests 2000  # fewer, for a quick look
python -m benchmarks.web_speed --json FILE      # the figures in a file too

The server is the real one, in a process of its own, asked over the loopback on connections that stay. Times are of the
clock unless they say CPU; the client's part is in them.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from benchmarks.reader_speed import LARGE, built
from benchmarks.timing import in_turns, of_a_process, report

REQUESTS = 10_000
ROUNDS = 11
# What any program with a reader loads, and what the pages load besides.
RUNTIME = "from edge_runtime import Reader"
PAGES = f"{RUNTIME}\nfrom edge_runtime.web.routes import page_routes\nfrom edge_runtime.web.start import serve"
# A mix as a reader's day has it: mostly lists, some other pages, what is not there.
LISTS = ("/", "/latest", "/saved")
WRITES_S = 20.0
# Another program that takes articles in as fast as it can, until it is ended.
WRITER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from edge_runtime import Article, Reader
with Reader.open(Path(sys.argv[1])) as reader:
    print("ready", flush=True)
    while True:
        now = datetime.now(UTC)
        made = [Article(f"{now.timestamp()}-{n}", f"Ferry {n} leaves the harbour", published=now) for n in range(20)]
        reader.add(made, now)
        reader.mark_read([made[0].article_id], now)
"""
PATHS = ("/", "/", "/", "/latest", "/saved", "/", "/hidden", "/you", "/feeds", "/nowhere")
GOALS = {
    "first page, warm, ms": 15.0,
    "first page, KB": 16.0,
    "first page, KB compressed": 4.0,
    "import over the runtime's, CPU ms": 100.0,
    "memory after all requests, MiB": 90.0,
}
AT_LEAST = {"pages a second": 300.0}


@dataclass(frozen=True, slots=True)
class Server:
    """A server that runs."""

    process: int
    port: int

    def client(self) -> HTTPConnection:
        """A connection that stays."""
        return HTTPConnection("127.0.0.1", self.port, timeout=60)

    def memory_mib(self) -> float:
        """What it holds now."""
        lines = Path(f"/proc/{self.process}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:")) / 1024

    def cpu_s(self) -> float:
        """Processor time so far, user and system."""
        fields = Path(f"/proc/{self.process}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def serving(data: Path) -> Iterator[Server]:
    """`edge-news serve` for a data directory."""
    command = [sys.executable, "-m", "edge_runtime", "--data", str(data), "--json", "serve", "--port", "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        pages = json.loads(process.stdout.readline())["pages"]
        yield Server(process.pid, int(pages[0].rstrip("/").rpartition(":")[2]))
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def asked(client: HTTPConnection, path: str = "/") -> bytes:
    """A page as it is sent, compressed."""
    client.request("GET", path, headers={"Accept-Encoding": "gzip", "Cookie": "js=1"})
    return client.getresponse().read()


def of_requests(server: Server, number: int) -> dict[str, float]:
    """Figures of a server that was just started."""
    client = server.client()
    began = time.perf_counter()
    packed = asked(client)
    cold = time.perf_counter() - began
    times = []
    for _ in range(101):
        began = time.perf_counter()
        asked(client)
        times.append(time.perf_counter() - began)
    at, cpu = time.perf_counter(), server.cpu_s()
    done = 0
    while time.perf_counter() - at < 3:
        asked(client)
        done += 1
    took, used = time.perf_counter() - at, server.cpu_s() - cpu
    fresh = []
    for number_of_page in range(21):  # under a name that was not asked for before
        began = time.perf_counter()
        asked(client, f"/?n={number_of_page}")
        fresh.append(time.perf_counter() - began)
    memory = []
    for at_request in range(number):
        if at_request in (number // 10, number - 1):
            memory.append(server.memory_mib())
        asked(client, PATHS[at_request % len(PATHS)])
    client.close()
    return {
        "first page of the process, ms": cold * 1e3,
        "first page, warm, ms": statistics.median(times) * 1e3,
        "the same made anew, ms": statistics.median(fresh) * 1e3,
        "first page, KB": len(gzip.decompress(packed)) / 1024,
        "first page, KB compressed": len(packed) / 1024,
        "pages a second": done / took,
        "server's CPU a page, ms": used / done * 1e3,
        "memory after a tenth, MiB": memory[0],
        "memory after all requests, MiB": memory[1],
    }


def beside_a_writer(server: Server, data: Path, seconds: float) -> dict[str, float]:
    """How long lists take while another program writes to the same files without pause."""
    writer = subprocess.Popen([sys.executable, "-c", WRITER, str(data)], stdout=subprocess.PIPE, text=True)
    client, times = server.client(), []
    try:
        assert writer.stdout is not None
        writer.stdout.readline()
        ends = time.perf_counter() + seconds
        while time.perf_counter() < ends:
            for path in LISTS:
                began = time.perf_counter()
                asked(client, path)
                times.append(time.perf_counter() - began)
            time.sleep(0.05)
    finally:
        writer.kill()
        writer.wait(30)
        client.close()
    cuts = statistics.quantiles(times, n=100)
    return {
        "list beside a program that writes, median, ms": cuts[49] * 1e3,
        "list beside a program that writes, 99 of 100, ms": cuts[98] * 1e3,
    }


def imports(rounds: int) -> dict[str, float]:
    """What loading the pages takes over loading the runtime, in turns."""
    found = in_turns(
        {"runtime": lambda: of_a_process("-c", RUNTIME)[0], "pages": lambda: of_a_process("-c", PAGES)[0]}, rounds
    )
    return {"import over the runtime's, CPU ms": found["pages"] - found["runtime"]}


def main() -> None:
    """Build what is missing, measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="where the cache is kept for the next time")
    parser.add_argument("--requests", type=int, default=REQUESTS, metavar="N", help=f"for memory ({REQUESTS})")
    args = parser.parse_args()
    figures: dict[str, float] = imports(ROUNDS)
    with nullcontext(args.keep) if args.keep else tempfile.TemporaryDirectory() as made:
        kept = built(Path(made), LARGE)
        with tempfile.TemporaryDirectory() as scratch:
            data = Path(shutil.copytree(kept, Path(scratch) / "data"))
            with serving(data) as server:
                figures |= of_requests(server, args.requests)
                figures |= beside_a_writer(server, data, WRITES_S)
    report([_row(name, figure) for name, figure in figures.items()], args.json, articles=LARGE, requests=args.requests)


def _row(name: str, figure: float) -> dict[str, Any]:
    goal = f"<= {GOALS[name]:g}" if name in GOALS else f">= {AT_LEAST[name]:g}" if name in AT_LEAST else ""
    return {"figure": name, "value": figure, "goal": goal}


if __name__ == "__main__":
    main()
