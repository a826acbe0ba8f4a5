"""What preparing a log costs as it grows: processor time, wall time and the peak of memory, and the hash of the result.

python -m benchmarks.scale --impressions 200000              # JSON Lines, 12 shown, histories derived
python -m benchmarks.scale --impressions 200000 --form mind  # 36 shown, 33 clicks of history on each line
python -m benchmarks.scale --impressions 200000 --form ebnerd  # 12 shown, 160 clicks of history a reader
python -m benchmarks.scale --impressions 2000000 --by local ray spark pandas polars duckdb  # JSON Lines alone
python -m benchmarks.scale --impressions 20000 200000 2000000 20000000 --plot growth.png

The log is made up: 50,000 articles, readers by a power law, 0.3 % of the lines broken, 2 % with an article that no file
has. It is kept in --folder and used again.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.process_family import Used, watched
from benchmarks.scale_peers import PEERS
from trainer.clusters.choice import ENGINES, open_runner
from trainer.errors import ClusterError

ARTICLES = 50_000
START_S = 1_790_000_000
SPAN_S = 42 * 86_400
PIECE = 20_000  # impressions made at a time
FORMS = {"json": "impressions.jsonl", "mind": "behaviors.tsv", "ebnerd": "behaviors.parquet"}
SHOWN = {"json": 12, "mind": 36, "ebnerd": 12}
HISTORY = {"mind": 33, "ebnerd": 160}

PREPARE = """
import json, resource, sys
from pathlib import Path
from trainer.clusters.choice import open_runner
from trainer.data.prepare import LogFiles, prepare
articles, log, out, workers, engine = sys.argv[1:]
how = {"workers": int(workers) or None} if engine == "local" else {"open_runner": open_runner(engine)}
facts = prepare(LogFiles([Path(articles)], [Path(log)]), Path(out), "made up", "CC0", **how)
used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
print(json.dumps({"cpu_s": sum(one.ru_utime + one.ru_stime for one in used), "sha256": facts.sha256,
                  "impressions": facts.train.impressions + facts.dev.impressions}))
"""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one preparation took."""

    form: str
    by: str  # "local", or the engine or library that did it
    lines: int
    impressions: int  # that could be used
    log_mib: float
    cpu_s: float
    wall_s: float
    peak_pss_mib: float  # of all processes, shared pages counted once
    sha256: str


def make_log(folder: Path, form: str, impressions: int, seed: int = 0) -> tuple[Path, Path]:
    """Write a log unless it is there: its articles, and its impressions."""
    place = folder / f"{form}-{impressions}-{seed}"
    log, articles = place / FORMS[form], place / "articles.jsonl"
    if log.is_file() and articles.is_file():
        return articles, log
    place.mkdir(parents=True, exist_ok=True)
    prefix = "" if form == "ebnerd" else "N"
    with articles.open("w", encoding="utf-8") as file:
        for number in range(ARTICLES):
            file.write(json.dumps({"article_id": prefix + str(number), "title": f"Title number {number}"}) + "\n")
    rng = np.random.default_rng(seed)
    readers = max(10, impressions // 17)
    unfinished = log.with_name(f"{log.name}.partial")
    if form == "ebnerd":
        _write_parquet(unfinished, impressions, readers, rng)
    else:
        write = _json_lines if form == "json" else _mind_lines
        with unfinished.open("w", encoding="utf-8") as file:
            for first in range(0, impressions, PIECE):
                file.writelines(write(first, min(PIECE, impressions - first), readers, rng))
    unfinished.rename(log)
    return articles, log


def measure(articles: Path, log: Path, form: str, workers: int, engine: str = "local") -> Cost:
    """Prepare a log in a process of its own, and watch all processes that it starts."""
    with tempfile.TemporaryDirectory(dir=log.parent) as folder:
        command = ["-c", PREPARE, str(articles), str(log), f"{folder}/dataset", str(workers), engine]
        return _cost(watched([sys.executable, *command]), log, form, engine)


def measure_peer(articles: Path, log: Path, peer: str) -> Cost:
    """Let another library do what it can of the same, in a process of its own."""
    with tempfile.TemporaryDirectory(dir=log.parent) as folder:
        command = ["-m", "benchmarks.scale_peers", peer, str(articles), str(log), folder]
        return _cost(watched([sys.executable, *command]), log, "json", peer)


def _cost(used: Used, log: Path, form: str, by: str) -> Cost:
    found = json.loads(used.printed.splitlines()[-1])
    return Cost(
        form=form,
        by=by,
        lines=int(log.parent.name.split("-")[1]),
        impressions=found["impressions"],
        log_mib=log.stat().st_size / 2**20,
        cpu_s=max(used.cpu_s, found["cpu_s"]),
        wall_s=used.wall_s,
        peak_pss_mib=used.peak_pss_mib,
        sha256=found.get("sha256", ""),
    )


def _shown(count: int, width: int, readers: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Readers by a power law, articles with favourites, seconds: (count,), (count, width), (count,)."""
    users = (readers * rng.random(count) ** 2).astype(np.int64)
    articles = (ARTICLES * rng.random((count, width)) ** 1.5).astype(np.int64)
    return users, articles, START_S + rng.integers(0, SPAN_S, count)


def _ids(articles: np.ndarray, rng: np.random.Generator) -> list[list[str]]:
    """Ids; in 2 % of the lists the first one is unknown."""
    found = [[f"N{article}" for article in row] for row in articles.tolist()]
    for row in np.flatnonzero(rng.random(len(found)) < 0.02):
        found[row][0] = "X1"
    return found


def _json_lines(first: int, count: int, readers: int, rng: np.random.Generator) -> Iterator[str]:
    users, articles, times = _shown(count, SHOWN["json"], readers, rng)
    is_broken, num_clicks = rng.random(count) < 0.003, rng.poisson(0.8, count)
    for row, shown in enumerate(_ids(articles, rng)):
        if is_broken[row]:
            yield '{"impression_id": "i\n'
            continue
        time_text = datetime.fromtimestamp(int(times[row]), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        clicked = shown[-num_clicks[row] :] if num_clicks[row] else []
        yield (
            f'{{"impression_id": "i{first + row}", "user_id": "u{users[row]}", "time": "{time_text}", '
            f'"shown": {json.dumps(shown)}, "clicked": {json.dumps(clicked)}}}\n'
        )


def _mind_lines(first: int, count: int, readers: int, rng: np.random.Generator) -> Iterator[str]:
    users, articles, times = _shown(count, SHOWN["mind"], readers, rng)
    is_broken, clicked = rng.random(count) < 0.003, rng.integers(0, SHOWN["mind"], count)
    for row, shown in enumerate(_ids(articles, rng)):
        if is_broken[row]:
            yield f"{first + row}\tbroken\n"
            continue
        known = np.random.default_rng(int(users[row])).integers(0, ARTICLES, HISTORY["mind"])  # of the reader
        labels = " ".join(f"{article}-{int(place == clicked[row])}" for place, article in enumerate(shown))
        time_text = datetime.fromtimestamp(int(times[row]), UTC).strftime("%m/%d/%Y %I:%M:%S %p")
        yield f"{first + row}\tU{users[row]}\t{time_text}\t{' '.join(f'N{a}' for a in known)}\t{labels}\n"


def _write_parquet(path: Path, impressions: int, readers: int, rng: np.random.Generator) -> None:
    """behaviors.parquet with history.parquet beside it; ids are numbers, as those of EB-NeRD are."""
    writer = None
    for first in range(0, impressions, PIECE):
        count = min(PIECE, impressions - first)
        users, articles, times = _shown(count, SHOWN["ebnerd"], readers, rng)
        clicks = np.where(rng.random(count) < 0.02, ARTICLES + 1, articles[:, -1])
        table = pa.table(
            {
                "impression_id": pa.array(np.arange(first, first + count), pa.uint32()),
                "user_id": pa.array(users, pa.uint32()),
                "impression_time": pa.array(times * 1_000_000, pa.timestamp("us")),
                "article_ids_inview": pa.array(list(articles.astype(np.int32)), pa.list_(pa.int32())),
                "article_ids_clicked": pa.array(list(clicks[:, None].astype(np.int32)), pa.list_(pa.int32())),
            }
        )
        writer = writer or pq.ParquetWriter(path, table.schema)
        writer.write_table(table)
    if writer:
        writer.close()
    history = None
    for first in range(0, readers, PIECE):
        numbers = np.arange(first, min(first + PIECE, readers))
        clicks = rng.integers(0, ARTICLES, (len(numbers), HISTORY["ebnerd"]))
        table = pa.table(
            {
                "user_id": pa.array(numbers, pa.uint32()),
                "article_id_fixed": pa.array(list(clicks.astype(np.int32)), pa.list_(pa.int32())),
            }
        )
        history = history or pq.ParquetWriter(path.with_name("history.parquet"), table.schema)
        history.write_table(table)
    if history:
        history.close()


def main() -> None:
    """Make the logs, prepare each and print a line of JSON for it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--impressions", type=int, nargs="+", default=[20_000, 200_000], help="lines of the logs")
    parser.add_argument("--form", choices=sorted(FORMS), default="json")
    parser.add_argument("--workers", type=int, default=0, help="processes; one a core if not given")
    parser.add_argument("--by", nargs="+", choices=(*ENGINES, *PEERS), default=["local"], help="what prepares")
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "edge-news-scale")
    parser.add_argument("--plot", type=Path, metavar="FILE.png", help="how time and memory grow with the log")
    options = parser.parse_args()
    costs = []
    for impressions in options.impressions:
        articles, log = make_log(options.folder, options.form, impressions)
        for by in options.by:
            if reason := _left_out(by, options.form):
                print(f"{by} is left out: {reason}", file=sys.stderr)
                continue
            peer = by in PEERS
            cost = (
                measure_peer(articles, log, by) if peer else measure(articles, log, options.form, options.workers, by)
            )
            costs.append(cost)
            print(json.dumps(asdict(cost)), flush=True)
    if options.plot:
        plot_growth(costs, options.plot)


def _left_out(by: str, form: str) -> str:
    """Why something cannot be measured here; empty if it can."""
    if by in PEERS:
        return (
            ""
            if form == "json" and find_spec(by)
            else "it reads JSON Lines alone"
            if find_spec(by)
            else "not installed"
        )
    try:
        open_runner(by)
    except ClusterError as error:
        return str(error)
    return ""


def plot_growth(costs: Sequence[Cost], path: Path) -> None:
    """Processor time and peak of memory by the number of lines; all axes but that of memory are logarithmic."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(1, 2, figsize=(10, 4), layout="constrained")
    for axis, name, label in zip(axes, ("cpu_s", "peak_pss_mib"), ("processor time, s", "peak, MiB"), strict=True):
        for by in dict.fromkeys(cost.by for cost in costs):
            of_it = sorted((cost.lines, getattr(cost, name)) for cost in costs if cost.by == by)
            axis.plot(*zip(*of_it, strict=True), marker="o", label=by)
        axis.set(xscale="log", xlabel="impressions", ylabel=label)
        axis.legend()
    axes[0].set(yscale="log")
    axes[1].set(ylim=0)
    figure.savefig(path, dpi=120)
    plt.close(figure)


if __name__ == "__main__":
    main()
