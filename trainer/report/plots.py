"""The report's pictures, as PNG bytes."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure  # without pyplot: no window, no global state
from matplotlib.ticker import EngFormatter, MaxNLocator, PercentFormatter

from trainer.report.agreement import shares_by_name
from trainer.report.collect import CompressionReport
from trainer.report.pareto_plots import draw_bytes, draw_encode
from trainer.report.plot_style import AFTER, BEFORE, BLUE, DPI, GREEN, GREY, SKY, STYLE, VERMILLION, Look


def draw_all(report: CompressionReport) -> dict[str, bytes]:
    """Every picture by its name in `PICTURES`."""
    with matplotlib.rc_context(STYLE):
        return {name: _png(draw(report)) for name, draw in PICTURES.items()}


def _png(figure: Figure) -> bytes:
    data = io.BytesIO()
    figure.savefig(data, dpi=DPI, format="png")
    return data.getvalue()


def _draw_steps(report: CompressionReport) -> Figure:
    names = [variant.name for variant in report.variants[: len(report.steps) + 1]]
    sizes = [variant.size_bytes for variant in report.variants[: len(names)]]
    zipped = [variant.gzip_bytes or 0 for variant in report.variants[: len(names)]]
    figure = Figure(figsize=(9, 1.4 + 0.5 * len(names)), layout="constrained")
    left, right = figure.subplots(1, 2, sharey=True)
    rows = np.arange(len(names))
    left.barh(rows - 0.19, sizes, height=0.36, color=BLUE, edgecolor="black", linewidth=0.5, label="bundle")
    left.barh(rows + 0.19, zipped, height=0.36, color="white", edgecolor=BLUE, hatch="///", label="bundle, gzip")
    left.xaxis.set_major_formatter(EngFormatter(unit="B", sep="\N{NO-BREAK SPACE}"))
    left.set(xlabel="bytes", yticks=rows, yticklabels=names)
    left.tick_params(axis="y", length=0)
    left.invert_yaxis()
    figure.legend(loc="outside upper center", ncols=2, frameon=False)
    found = [step.since_dense for step in report.steps]
    means = [one.mean for one in found]
    spans = [[one.mean - one.low for one in found], [one.high - one.mean for one in found]]
    right.errorbar(means, rows[1:], xerr=spans, fmt="D", color=VERMILLION, ecolor="black", elinewidth=1, capsize=3)
    right.axvline(0, color="black", linewidth=0.8)
    right.tick_params(axis="y", length=0)
    right.xaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))
    right.set_xlabel("nDCG@10 minus the dense student's, 95 % interval")
    for axes in (left, right):
        axes.grid(axis="x", color="0.9")
    return figure


def _draw_layers(report: CompressionReport) -> Figure:
    names = [layer.name for layer in report.layers]
    figure = Figure(figsize=(9, 1.4 + 0.42 * len(names)), layout="constrained")
    left, right = figure.subplots(1, 2, sharey=True)
    before, after = ([getattr(layer, side) for layer in report.layers] for side in ("before", "after"))
    sizes = [[layer.size_bytes if layer else np.nan for layer in side] for side in (before, after)]
    zeros = [[layer.zeros / layer.parameters if layer else np.nan for layer in side] for side in (before, after)]
    _pairs(left, names, sizes)
    left.set_xscale("log")
    left.set_xlabel("bytes as stored (log scale)")
    left.xaxis.set_major_formatter(EngFormatter(unit="B", sep="\N{NO-BREAK SPACE}"))
    _pairs(right, names, zeros)
    right.set_xlim(0, min(1.0, max(0.05, 1.1 * np.nanmax(zeros))))
    right.xaxis.set_major_formatter(PercentFormatter(1))
    right.set_xlabel("share of zeros among the weights")
    figure.legend(*left.get_legend_handles_labels(), loc="outside upper center", ncols=2, frameon=False)
    return figure


def _draw_members(report: CompressionReport) -> Figure:
    before, after = report.members["before"], report.members["after"]
    names = sorted(after, key=lambda name: -before[name])
    figure = Figure(figsize=(9, 1.4 + 0.42 * len(names)), layout="constrained")
    axes = figure.add_subplot()
    _pairs(axes, names, [[side[name] or np.nan for name in names] for side in (before, after)])
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter(EngFormatter(unit="B"))
    axes.set_xlabel("bytes in the bundle (log scale)")
    for place, name in enumerate(names):
        for side, shift in ((before, -0.19), (after, 0.19)):
            axes.annotate(
                f"{side[name]:,}", (max(side[name], 1), place + shift), (3, 0), textcoords="offset points", va="center",
                fontsize=9,
            )  # fmt: skip
    axes.set_xlim(right=max([*before.values(), *after.values()]) * 3)
    figure.legend(*axes.get_legend_handles_labels(), loc="outside upper center", ncols=2, frameon=False)
    return figure


def _pairs(axes: Axes, names: Sequence[str], sides: Sequence[Sequence[float]]) -> None:
    """Two bars for each name, before above after."""
    rows = np.arange(len(names))
    looks: Sequence[Look] = (
        {"color": BEFORE, "edgecolor": "black", "label": "dense float32 student"},
        {"color": "white", "edgecolor": AFTER, "hatch": "////", "label": "compressed"},
    )
    for look, values, shift in zip(looks, sides, (-0.19, 0.19), strict=True):
        axes.barh(rows + shift, values, height=0.36, linewidth=0.6, **look)
    axes.set_yticks(rows, names)
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(len(names) - 0.45, -0.55)
    axes.grid(axis="x", color="0.9")


def _draw_scores(report: CompressionReport) -> Figure:
    found = report.scores
    figure = Figure(figsize=(9, 4.2), layout="constrained")
    left, right = figure.subplots(1, 2)
    for counts, colour, style, name in (
        (found.before, BEFORE, "-", "dense float32 student"),
        (found.after, AFTER, "--", "compressed"),
    ):
        left.stairs(counts / counts.sum(), found.edges, color=colour, linestyle=style, linewidth=1.6, label=name)
    left.yaxis.set_major_formatter(PercentFormatter(1))
    left.set(xlabel="score minus the mean of its list", ylabel="share of the shown articles")
    left.margins(y=0.2)
    left.legend(frameon=False, loc="upper left")
    low, high = found.points.min(), found.points.max()
    right.plot([low, high], [low, high], color=GREY, linestyle="--", linewidth=1, label="the same score")
    right.plot(
        *found.points.T, linestyle="", marker="o", markersize=3, markerfacecolor="none", markeredgecolor=BLUE,
        markeredgewidth=0.6, alpha=0.6, label=f"a shown article (r = {found.correlation:.3f})",
    )  # fmt: skip
    right.set(xlabel="score of the dense student", ylabel="score of the compressed one", aspect="equal")
    right.legend(frameon=False, loc="upper left")
    return figure


def _draw_agreement(report: CompressionReport) -> Figure:
    found = report.agreement
    figure = Figure(figsize=(9, 3.8), layout="constrained")
    left, right = figure.subplots(1, 2)
    left.stairs(found.kendall_counts, found.kendall_edges, color=SKY, fill=True)
    left.stairs(found.kendall_counts, found.kendall_edges, color=BLUE, linewidth=0.8)
    left.axvline(found.kendall.mean, color=VERMILLION, linestyle="--", label=f"mean {found.kendall.mean:.3f}")
    least = found.kendall_edges[np.flatnonzero(found.kendall_counts)[0]] if found.kendall_counts.any() else -1.0
    left.set(xlabel="Kendall's tau of a list, dense against compressed", ylabel="lists", xlim=(least - 0.05, 1.03))
    left.xaxis.set_major_locator(MaxNLocator(5))
    left.legend(frameon=False, loc="upper left")
    shares = shares_by_name(found)
    rows = np.arange(len(shares))
    means = [one.share.mean for one in shares.values()]
    spans = [
        [one.share.mean - one.share.low for one in shares.values()],
        [one.share.high - one.share.mean for one in shares.values()],
    ]
    right.barh(rows, means, height=0.5, color=GREEN, edgecolor="black", linewidth=0.5)
    right.errorbar(means, rows, xerr=spans, fmt="none", ecolor="black", capsize=3)
    right.set_yticks(rows, list(shares))
    right.set_ylim(len(shares) - 0.4, -0.6)
    right.set_xlim(0, 1.04)
    right.xaxis.set_major_formatter(PercentFormatter(1))
    right.set_xlabel("articles in common, 95 % interval")
    right.tick_params(axis="y", length=0)
    for axes, grid in ((left, "y"), (right, "x")):
        axes.grid(axis=grid, color="0.9")
    return figure


PICTURES: dict[str, Callable[[CompressionReport], Figure]] = {
    "bytes": draw_bytes,
    "encode": draw_encode,
    "steps": _draw_steps,
    "layers": _draw_layers,
    "members": _draw_members,
    "scores": _draw_scores,
    "agreement": _draw_agreement,
}
