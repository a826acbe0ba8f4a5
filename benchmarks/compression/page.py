"""Tables and pictures of docs/lab/compression.md."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import matplotlib
from matplotlib.figure import Figure
from matplotlib.ticker import EngFormatter

from benchmarks.compression.branches import DENSE
from benchmarks.compression.figures import TEACHER, Figures, Row
from benchmarks.marked_page import (
    NOTHING,
    count_text,
    difference_text,
    filled,
    interval_text,
    read_page,
    table_text,
)
from trainer.intervals import Interval
from trainer.report.plot_style import BLUE, DPI, GREEN, GREY, STYLE, VERMILLION


def fill_page(page: Path, found: Figures) -> None:
    """Write the tables into the page, and the pictures into `images` beside it.

    Raises:
        ConfigError: The page is not there, or has a mark that nothing belongs to.
    """
    text = read_page(page)
    images = page.parent / "images"
    images.mkdir(exist_ok=True)
    with matplotlib.rc_context(STYLE):
        _draw_front(found).savefig(images / "compression_front.png", dpi=DPI)
    page.write_text(filled(text, found, TABLES, str(page)), "utf-8")


def _log(found: Figures) -> str:
    return f"{found.impressions:,} impressions, {found.num_seeds} seeds."


def _front(found: Figures) -> str:
    teacher, dense = found.named(TEACHER), found.named(DENSE)
    heads = ["model", "bytes", "T / it", "S / it", "AUC", "nDCG@10", "- T", "of T", "- S", "of S", "nDCG@10 by seed"]
    lines = [
        [
            row.title,
            count_text(row.size_bytes),
            f"{teacher.size_bytes / row.size_bytes:,.0f}",
            f"{dense.size_bytes / row.size_bytes:,.1f}",
            interval_text(row.auc),
            interval_text(row.ndcg10),
            _difference(row.to_teacher),
            _share(row.to_teacher, teacher),
            _difference(row.to_dense),
            _share(row.to_dense, dense),
            " ".join(f"{value:.4f}" for value in row.seeds),
        ]
        for row in [teacher, dense, *found.of("front")]
    ]
    return table_text(heads, lines)


def _branches(group: str, *, with_zeros: bool) -> Callable[[Figures], str]:
    def table(found: Figures) -> str:
        rows = found.of(group)
        if not rows:
            return NOTHING
        zeros = ["zeros"] if with_zeros else []
        heads = ["", "bytes", "gzip", *zeros, "encode, us", "nDCG@10", "- start", "nDCG@10 by seed"]
        lines = [
            [
                row.title,
                count_text(row.size_bytes),
                count_text(row.facts["gzip_bytes"]),
                *([f"{row.facts['zeros']:.0%}"] if with_zeros else []),
                f"{row.facts['encode_us']:.1f}",
                interval_text(row.ndcg10),
                _difference(row.to_start),
                " ".join(f"{value:.4f}" for value in row.seeds),
            ]
            for row in rows
        ]
        return table_text(heads, lines)

    return table


TABLES: dict[str, Callable[[Figures], str]] = {
    "log": _log,
    "front": _front,
    "formats": _branches("formats", with_zeros=False),
    "encoders": _branches("encoders", with_zeros=False),
    "methods": _branches("methods", with_zeros=True),
    "aware": _branches("aware", with_zeros=False),
}


def _difference(interval: Interval | None) -> str:
    return "" if interval is None else difference_text(interval)


def _share(interval: Interval | None, other: Row) -> str:
    """A difference in per cent of the other's nDCG@10."""
    return "" if interval is None else f"{interval.mean / other.ndcg10.mean:+.1%}"


def _draw_front(found: Figures) -> Figure:
    figure = Figure(figsize=(8, 5), layout="constrained")
    axes = figure.subplots()
    looks = ((found.of("front"), BLUE, "o", "-", "recipes"), ([found.named(DENSE)], GREEN, "^", "", "S: dense student"))
    for rows, colour, marker, line, label in (
        *looks,
        ([found.named(TEACHER)], VERMILLION, "s", "", "T: float teacher"),
    ):
        values = [row.ndcg10 for row in rows]
        spread = [[one.mean - one.low for one in values], [one.high - one.mean for one in values]]
        axes.errorbar(
            [row.size_bytes for row in rows], [one.mean for one in values], yerr=spread, color=colour, marker=marker,
            linestyle=line, linewidth=1.5, markersize=7, elinewidth=1, capsize=3, label=label,
        )  # fmt: skip
    for loss, line in ((0.01, "--"), (0.03, ":")):
        height = found.named(TEACHER).ndcg10.mean * (1 - loss)
        axes.axhline(height, color=GREY, linestyle=line, linewidth=1, label=f"{loss:.0%} below T")
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter(EngFormatter(unit="B"))
    axes.set_xlabel("size of all that ranking needs")
    axes.set_ylabel("nDCG@10, with 95 % interval")
    axes.grid(axis="y", color="0.9")
    figure.legend(loc="outside lower center", ncols=5, frameon=False)
    return figure
