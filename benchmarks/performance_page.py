"""Fills docs/performance.md with the figures of the speed benchmarks, and draws how a feed grows with the cache.

python -m benchmarks.performance_page DIR    # with encode.json, ranking.json, reader.json and start.json in it

Each is what a benchmark wrote with `--json`: `python -m benchmarks.encode_speed --json DIR/encode.json`.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.marked_page import filled, read_page, table_text

PAGE = Path(__file__).parents[1] / "docs" / "performance.md"
PICTURE = PAGE.parent / "images" / "feed-growth.svg"
GROWING = ("feed of 20", "click and feed of 20", "add one and feed of 20")
BENCHMARKS = {"encode": "encode_speed", "ranking": "ranking_speed", "reader": "reader_speed", "start": "start_speed"}

Report = Mapping[str, Any]  # as `timing.report` writes it
Reports = Mapping[str, Report]  # by name of the file


def read_reports(folder: Path) -> dict[str, Report]:
    """All reports of a folder.

    Raises:
        SystemExit: One is not there.
    """
    reports = {}
    for name, module in BENCHMARKS.items():
        path = folder / f"{name}.json"
        if not path.exists():
            raise SystemExit(f"{path}: is not there; run python -m benchmarks.{module} --json {path}")
        reports[name] = json.loads(path.read_text(encoding="utf-8"))
    return reports


def machine_text(reports: Reports) -> str:
    """One line about each machine that measured."""
    told: dict[str, list[str]] = {}
    for name, report in reports.items():
        about = report["machine"]
        line = f"{about['processor']}, {about['cores']} cores, Python {about['python']}, NumPy {about['numpy']}"
        told.setdefault(line, []).append(name)
    return "\n".join(f"- {', '.join(names)}: {line}" for line, names in told.items())


def reader_table(reports: Reports) -> str:
    """A row for each thing that a reader waits for, a column for each size."""
    figures = reports["reader"]["figures"]
    sizes = sorted({row["articles"] for row in figures})
    found = {(row["name"], row["articles"]): _ms_text(row["cpu_ms"]) for row in figures}
    names = list(dict.fromkeys(row["name"] for row in figures))
    return table_text(
        ["CPU ms", *(f"{size:,}" for size in sizes)],
        [[name, *(found.get((name, size), "") for size in sizes)] for name in names],
    )


def _ms_text(cpu_ms: float) -> str:
    return f"{cpu_ms:.1f}" if cpu_ms >= 1 else f"{cpu_ms:.2f}"


def encode_table(reports: Reports) -> str:
    """A row for each encoder."""
    return table_text(
        ["CPU us a title", "alone, new", "alone, seen", "of 64, new", "of 64, seen", "alone, x ours", "of 64, x ours"],
        [
            [
                row["encoder"],
                *(f"{row[f'{way}_{known}_us']:,.0f}" for way in ("alone", "batch") for known in ("new", "seen")),
                f"{row['alone_new_ratio']:.2f}",
                f"{row['batch_new_ratio']:.2f}",
            ]
            for row in reports["encode"]["figures"]
        ],
    )


def ranking_table(reports: Reports) -> str:
    """A row for each kernel, a column for each size; a second table of what they read and keep at the largest."""
    figures = reports["ranking"]["figures"]
    sizes = sorted({row["articles"] for row in figures})
    found = {(row["kernel"], row["articles"]): row for row in figures}
    names = list(dict.fromkeys(row["kernel"] for row in figures))

    def cell(name: str, size: int) -> str:
        row = found.get((name, size))
        return f"{row['us']:,.0f} ({row['ratio_to_ours']:.2f})" if row else ""

    def share(name: str, size: int) -> str:
        row = found.get((name, size))
        return f"{row['bandwidth_share']:.0%}" if row else ""

    kept = {name: min(row["top20_kept"] for row in figures if row["kernel"] == name) for name in names}
    most = sizes[-1]
    return table_text(
        ["CPU us (x ours)", *(f"{size:,}" for size in sizes), f"of {most:,}: bandwidth", "least kept of 20"],
        [[name, *(cell(name, size) for size in sizes), share(name, most), f"{kept[name]:.1f}"] for name in names],
    )


def start_table(reports: Reports) -> str:
    """A row for each start."""
    return table_text(
        ["start", "articles", "CPU ms", "peak MiB"],
        [
            [
                row["start"],
                f"{row['articles']:,}" if row["articles"] else "",
                f"{row['cpu_ms']:.0f}",
                f"{row['rss_mib']:.0f}",
            ]
            for row in reports["start"]["figures"]
        ],
    )


TABLES = {
    "machine": machine_text,
    "reader": reader_table,
    "encode": encode_table,
    "ranking": ranking_table,
    "start": start_table,
}


def draw_growth(figures: Sequence[Mapping[str, Any]], path: Path) -> None:
    """Milliseconds of a feed over the size of the cache, both on logarithmic axes, as a small SVG."""
    import matplotlib

    matplotlib.use("svg")
    from matplotlib import pyplot

    # The same figures, the same bytes; letters stay letters.
    settings = {"svg.hashsalt": "edge-news", "svg.fonttype": "none", "font.size": 9}
    with pyplot.rc_context(settings):
        figure, axes = pyplot.subplots(figsize=(5, 3), layout="constrained")
        for name in GROWING:
            points = sorted((row["articles"], row["cpu_ms"]) for row in figures if row["name"] == name)
            axes.loglog(*zip(*points, strict=True), marker="o", label=name)
        axes.set_xlabel("articles in the cache")
        axes.set_ylabel("CPU ms")
        axes.xaxis.set_major_formatter("{x:,.0f}")
        axes.yaxis.set_major_formatter("{x:g}")
        axes.grid(alpha=0.3)
        axes.legend(frameon=False)
        figure.savefig(path, format="svg", metadata={"Date": None, "Creator": None})
        pyplot.close(figure)


def main() -> None:
    """Fill the page and draw."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, metavar="DIR", help="where the benchmarks' reports are")
    reports = read_reports(parser.parse_args().folder)
    PAGE.write_text(filled(read_page(PAGE), reports, TABLES, str(PAGE)), encoding="utf-8")
    draw_growth(reports["reader"]["figures"], PICTURE)
    print(f"filled {PAGE}, drew {PICTURE}")


if __name__ == "__main__":
    main()
