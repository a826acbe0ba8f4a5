"""The pictures of docs/lab/quality.md, in the colours of Okabe and Ito, which colour-blind readers can tell apart."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import matplotlib
import numpy as np

matplotlib.use("Agg")

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import EngFormatter, MaxNLocator

from benchmarks.quality.figures import TEACHER
from benchmarks.quality.tables import Figures, Row
from benchmarks.quality.variants import BASE, ONE_MEMBER
from trainer.measure.calibration import ReliabilityBin
from trainer.report.plot_style import BLUE, GREEN, GREY, ORANGE, PURPLE, SKY, STYLE, VERMILLION

METRICS = {"auc": "AUC", "ndcg10": "nDCG@10"}
_BASELINE_LOOKS = {  # colour, marker
    "category-affinity": (GREY, "D"),
    "text-mean": (SKY, "v"),
    "text-nearest": (SKY, "^"),
    "logistic": (GREEN, "s"),
    "boosting": (GREEN, "P"),
    "nrms": (VERMILLION, "X"),
    "naml": (PURPLE, "X"),
    "popularity": (GREY, "p"),
}
_DPI = 160
_APART = 1.08  # times the bytes of the point before


def draw_all(folder: Path, found: Figures) -> None:
    """Write the three pictures; one that has nothing to show is left out."""
    folder.mkdir(parents=True, exist_ok=True)
    with matplotlib.rc_context(STYLE):
        _draw_sizes(found.rows).savefig(folder / "quality_sizes.png", dpi=_DPI)
        groups = [
            (f"{name} ablations, minus {reference}", colour, ablated)
            for name, reference, colour, rows in (
                ("teacher", "the teacher of one training", ORANGE, found.teachers),
                ("student", "the 300 KB bundle", BLUE, found.students),
            )
            if (ablated := [row for row in rows if row.name not in (BASE, ONE_MEMBER)])
        ]
        if groups:
            _draw_ablations(groups).savefig(folder / "quality_ablation.png", dpi=_DPI)
        if found.mixes:
            _draw_reliability(found).savefig(folder / "quality_reliability.png", dpi=_DPI)


def _draw_sizes(rows: Sequence[Row]) -> Figure:
    figure = Figure(figsize=(9, 5.2), layout="constrained")
    panels: Sequence[Axes] = figure.subplots(1, 2)
    places = _places([row for row in rows if row.size_bytes])
    bundles = sorted((row for row in rows if row.group == "size"), key=lambda row: row.size_bytes or 0)
    for axes, (metric, label) in zip(panels, METRICS.items(), strict=True):
        _points(axes, bundles, places, metric, BLUE, "o", "bundles, int8", line="-")
        for row in rows:
            if row.name == TEACHER and row.size_bytes:
                _points(axes, [row], places, metric, ORANGE, "s", f"{row.title}, with its text encoders")
            elif row.name in _BASELINE_LOOKS and row.size_bytes:
                colour, marker = _BASELINE_LOOKS[row.name]
                counts = " (with counts)" if row.uses_counts else ""
                _points(axes, [row], places, metric, colour, marker, row.title + counts)
            elif row.name == "random":
                axes.axhline(row.metrics[metric].mean, color=GREY, linestyle=":", linewidth=1, label="random order")
        axes.set_xscale("log")
        axes.xaxis.set_major_formatter(EngFormatter(unit="B"))
        axes.set_xlabel("size of all that ranking needs")
        axes.set_title(label, loc="left")
        axes.grid(axis="y", color="0.9")
        axes.set_axisbelow(True)
    handles, labels = panels[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=3, frameon=False)
    return figure


def _places(rows: Sequence[Row]) -> dict[str, float]:
    """Bytes by name; those of nearly equal size are moved apart, so that their intervals can be seen."""
    places: dict[str, float] = {}
    for row in sorted(rows, key=lambda row: row.size_bytes or 0):
        least = max(places.values(), default=0.0) * _APART
        places[row.name] = max(row.size_bytes or 0, least)
    return places


def _points(
    axes: Axes,
    rows: Sequence[Row],
    places: dict[str, float],
    metric: str,
    colour: str,
    marker: str,
    label: str,
    line: str = "",
) -> None:
    intervals = [row.metrics[metric] for row in rows]
    means = [one.mean for one in intervals]
    below = [one.mean - one.low for one in intervals]
    above = [one.high - one.mean for one in intervals]
    sizes = [places[row.name] for row in rows]
    axes.errorbar(
        sizes, means, yerr=[below, above], color=colour, marker=marker, markersize=7, markeredgecolor="white",
        markeredgewidth=0.5, linestyle=line, linewidth=1.5, elinewidth=1, capsize=2, label=label,
    )  # fmt: skip


def _draw_ablations(groups: Sequence[tuple[str, str, Sequence[Row]]]) -> Figure:
    counts = [len(rows) for _, _, rows in groups]
    figure = Figure(figsize=(9, 1.4 * len(groups) + 0.3 * sum(counts)), layout="constrained")
    grid = figure.subplots(len(groups), 2, squeeze=False, sharex="col", sharey="row", height_ratios=counts)
    for panels, (title, colour, rows) in zip(grid, groups, strict=True):
        for axes, (metric, label) in zip(panels, METRICS.items(), strict=True):
            found = [row.difference[metric] for row in rows]
            means = [one.mean for one in found]
            spans = [[one.mean - one.low for one in found], [one.high - one.mean for one in found]]
            axes.barh(range(len(rows)), means, color=colour, height=0.6)
            axes.errorbar(means, range(len(rows)), xerr=spans, fmt="none", ecolor="black", elinewidth=1, capsize=2)
            axes.axvline(0, color="black", linewidth=0.8)
            axes.set_yticks(range(len(rows)), [row.title for row in rows])
            axes.tick_params(axis="y", length=0)
            axes.grid(axis="x", color="0.9")
            axes.set_axisbelow(True)
            axes.tick_params(labelbottom=True)
            axes.xaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))
            axes.set_xlabel(f"difference in {label}, 95 % interval")
        panels[0].invert_yaxis()
        panels[0].set_title(title, loc="left")
    return figure


def _draw_reliability(found: Figures) -> Figure:
    figure = Figure(figsize=(5.5, 5.2), layout="constrained")
    axes = figure.add_subplot()
    looks = {BASE: (BLUE, "o"), TEACHER: (ORANGE, "s"), "nrms": (VERMILLION, "X"), "popularity": (GREY, "p")}
    lines = {mix.name: (mix.title, _mean_bins(mix.bins)) for mix in found.mixes}
    most = max(max(point) for _, points in lines.values() for point in points)
    axes.plot([0, most], [0, most], color="0.6", linestyle="--", linewidth=1, label="perfect")
    for name, (title, points) in lines.items():
        colour, marker = looks[name]
        axes.plot(*zip(*points, strict=True), color=colour, marker=marker, markersize=6, linewidth=1.5, label=title)
    axes.set(xlabel="predicted probability of a click", ylabel="share that was clicked", aspect="equal")
    axes.legend(frameon=False)
    return figure


def _mean_bins(seeds: Sequence[Sequence[ReliabilityBin]]) -> list[tuple[float, float]]:
    """Predicted and observed, bin by bin the mean over the seeds; of the first seed alone if ties emptied a bin."""
    alike = seeds if len({len(bins) for bins in seeds}) == 1 else seeds[:1]
    return [
        (float(np.mean([one.predicted for one in same])), float(np.mean([one.observed for one in same])))
        for same in zip(*alike, strict=True)
    ]
