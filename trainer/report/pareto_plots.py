"""Bundles' ranking over what they cost, each with its interval, and the front of those that none beats."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import cycle
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import EngFormatter, LogLocator, NullFormatter
from numpy.typing import NDArray

from trainer.intervals import Interval
from trainer.report.collect import CompressionReport
from trainer.report.plot_style import BLACK, BLUE, GREEN, GREY, ORANGE, PURPLE, SKY, VERMILLION, Look
from trainer.report.variants import Variant, pareto_front

_STEP_MARKERS, _RUN_MARKERS = "osD^vPXp", "<>h8dH"
_STEP_COLOURS = (BLUE, GREEN, ORANGE, PURPLE)
_LEAST_APART = 0.014  # of the axis: points nearer to each other are moved apart
_MOST_APART = 4  # a larger crowd stays where it is


def draw_bytes(report: CompressionReport) -> Figure:
    """Over the size of the file."""
    figure, axes = _draw_pareto(report, lambda variant: float(variant.size_bytes))
    axes.xaxis.set_major_formatter(EngFormatter(unit="B"))
    axes.set_xlabel("size of the bundle (log scale)")
    return figure


def draw_encode(report: CompressionReport) -> Figure:
    """Over the time of encoding a title."""
    figure, axes = _draw_pareto(report, lambda variant: (variant.encode_us or 0.0) / 1e6)
    axes.xaxis.set_major_formatter(EngFormatter(unit="s"))
    axes.set_xlabel("time to encode a title, one thread (log scale)")
    return figure


def _draw_pareto(report: CompressionReport, cost: Callable[[Variant], float]) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(9, 5.6), layout="constrained")
    axes = figure.add_subplot()
    # The finished bundle stands for the last step: the two differ by what counts of popularity are worth, and the card.
    last = len(report.steps)
    shown = [variant for number, variant in enumerate(report.variants) if number != last and cost(variant)]
    costs, gains = [cost(variant) for variant in shown], [variant.ndcg10.mean for variant in shown]
    front = pareto_front(costs, gains)
    ours = [number for number, variant in enumerate(shown) if variant.group != "search"]
    places = np.log(costs)
    places[ours] = _apart(places[ours], float(np.ptp(places)))
    places = np.exp(places)
    axes.set_xscale("log")
    axes.xaxis.set_major_locator(LogLocator(subs=_ticks(max(costs) / min(costs))))
    axes.xaxis.set_minor_formatter(NullFormatter())
    teacher = report.teacher_ndcg10
    axes.axhspan(teacher.low, teacher.high, color="0.95", zorder=0)
    axes.axhline(teacher.mean, color=GREY, linestyle=":", label="float teacher and its 95 % interval")
    line: Look = {"color": BLACK, "linewidth": 1, "linestyle": "--", "zorder": 1}
    axes.plot(places[front], np.array(gains)[front], label="front: none better", **line)
    _search(axes, [(places[n], shown[n].ndcg10, n in front) for n in range(len(shown)) if n not in ours])
    for number, look in zip(ours, _looks([shown[number].group for number in ours]), strict=True):
        if number in front:
            look |= {"markeredgecolor": "black", "markeredgewidth": 1.2}
        _points(axes, places[[number]], [shown[number].ndcg10], label=shown[number].name, **look)
    axes.set_ylabel("nDCG@10 on dev, 95 % interval")
    axes.grid(axis="y", color="0.9")
    figure.legend(loc="outside lower center", ncols=3, frameon=False)
    return figure, axes


def _looks(groups: Sequence[str]) -> list[Look]:
    """A colour and marker for each: steps and other runs take the next of their own."""
    steps = cycle(zip(_STEP_COLOURS * 2, _STEP_MARKERS, strict=True))
    runs = cycle(_RUN_MARKERS)
    looks: list[Look] = []
    for group in groups:
        if group == "bundle":
            look: Look = {"color": VERMILLION, "marker": "*", "markersize": 14}
        elif group == "run":
            look = {"color": BLACK, "marker": next(runs), "markersize": 8, "markerfacecolor": "white"}
        else:
            colour, marker = next(steps)
            look = {"color": colour, "marker": marker, "markersize": 8, "markeredgecolor": "white"}
        looks.append(look)
    return looks


def _ticks(spread: float) -> tuple[float, ...]:
    """Where in a decade a tick with a number stands, for an axis whose end is so many times its begin."""
    if spread > 1000:
        return (1,)
    if spread > 10:
        return (1, 2, 5)
    return (1, 1.5, 2, 3, 4, 5, 7) if spread > 3 else (1, 1.2, 1.4, 1.7, 2, 2.5, 3, 3.5, 4, 4.5, 5, 5.5, 6, 7, 8, 9)


def _points(axes: Axes, places: NDArray[np.float64], found: Sequence[Interval], **look: Any) -> None:
    means = [one.mean for one in found]
    spans = [[one.mean - one.low for one in found], [one.high - one.mean for one in found]]
    axes.errorbar(places, means, yerr=spans, linestyle="", elinewidth=1, capsize=3, **look)


def _search(axes: Axes, points: Sequence[tuple[float, Interval, bool]]) -> None:
    """Trials are many: intervals are drawn for those on the front alone."""
    beaten = [(place, ndcg.mean) for place, ndcg, on_front in points if not on_front]
    if beaten:
        look: Look = {"marker": "o", "markersize": 4, "markerfacecolor": "none", "markeredgecolor": "0.5"}
        axes.plot(*zip(*beaten, strict=True), linestyle="", zorder=1, label="trial of the search", **look)
    best = [(place, ndcg) for place, ndcg, on_front in points if on_front]
    if best:
        look = {"color": SKY, "marker": "o", "markersize": 6, "markeredgecolor": "black"}
        _points(
            axes, np.array([place for place, _ in best]), [one for _, one in best], label="trial on the front", **look
        )


def _apart(places: NDArray[np.float64], width: float) -> NDArray[np.float64]:
    """Places on an axis of some width; nearly equal ones moved apart, so that no interval covers another."""
    least = _LEAST_APART * (width or 1.0)
    moved = places.copy()
    crowd: list[int] = []
    for number in [*np.argsort(places, kind="stable").tolist(), None]:
        if number is not None and crowd and places[number] - places[crowd[-1]] < least:
            crowd.append(number)
            continue
        if 1 < len(crowd) <= _MOST_APART:
            moved[crowd] = places[crowd].mean() + least * (np.arange(len(crowd)) - (len(crowd) - 1) / 2)
        crowd = [number] if number is not None else []
    return moved
