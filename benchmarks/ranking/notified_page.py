"""Tables and the picture of docs/lab/push.md."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from benchmarks.marked_page import filled, read_page, table_text
from benchmarks.ranking.notified_figures import ENOUGH, HALF, WARM_UP_DAYS, Curve, Figures
from trainer.intervals import Interval
from trainer.report.plot_style import BLACK, BLUE, DPI, GREEN, GREY, ORANGE, STYLE

PICTURE = "push_clicks.png"


def fill_page(page: Path, found: Figures) -> None:
    """Fill the page's marks with tables, and draw the picture in the folder `images` beside it.

    Raises:
        ConfigError: The page is not there, or has a mark that nothing belongs to.
    """
    page.write_text(filled(read_page(page), found, TABLES, str(page)), "utf-8")
    folder = page.parent / "images"
    folder.mkdir(exist_ok=True)
    with matplotlib.rc_context(STYLE):
        figure = _draw(found)
        figure.savefig(folder / PICTURE, dpi=DPI)


def _study(found: Figures) -> str:
    return (
        f"{found.readers:,} readers, {found.days} days, of which the first {WARM_UP_DAYS} are warm-up and count in the "
        f"last table alone. Everything as it comes is {found.sends_a_day:.0f} notifications a day, of which a reader "
        f"opens {found.clicks_a_day:.0f}."
    )


def _policies(found: Figures) -> str:
    heads = ["policy", "sends", "clicks kept", "stories opened", "clicks for a send"]
    lines = [
        [row.name, _share(row.sends), _share(row.clicks), _share(row.stories), f"{row.per_send.mean:.3f}"]
        for row in found.rows
    ]
    return table_text(heads, lines)


def _half(found: Figures) -> str:
    stories = dict(found.stories_at_half)
    heads = [
        "measured by",
        "probability",
        f"clicks at {HALF:.0%} of the sends",
        f"sends for {ENOUGH:.0%} of the clicks",
        f"stories opened at {HALF:.0%}",
    ]
    lines = [["everything", *_reached(curve), _share(stories[curve.name])] for curve in found.of_all]
    lines += [["every story once", *_reached(curve), ""] for curve in found.of_stories]
    return table_text(heads, lines)


def _reached(curve: Curve) -> list[str]:
    never = math.isnan(curve.for_enough.mean)
    return [curve.name, _share(curve.at_half), "never" if never else _share(curve.for_enough)]


def _one_mind(found: Figures) -> str:
    heads = ["probability", f"clicks at {HALF:.0%} of the sends", f"stories opened at {HALF:.0%} of the sends"]
    return table_text(heads, [[name, _share(clicks), _share(stories)] for name, clicks, stories in found.one_mind])


def _days(found: Figures) -> str:
    heads = [
        "days",
        "calibration error, bundle's curve",
        "the device's",
        f"clicks at {HALF:.0%} of the sends",
        "the oracle's",
        "sends with our threshold",
        "clicks",
    ]
    lines = [
        [
            f"{period.days[0]}" if period.days[0] == period.days[1] else f"{period.days[0]} to {period.days[1]}",
            f"{period.error_before:.3f}",
            f"{period.error_after:.3f}",
            f"{period.at_half:.1%}",
            f"{period.best_at_half:.1%}",
            f"{period.sends:.1%}",
            f"{period.clicks:.1%}",
        ]
        for period in found.periods
    ]
    return table_text(heads, lines)


def _errors(found: Figures) -> str:
    before, after = (f"{error.mean:.3f} [{error.low:.3f}, {error.high:.3f}]" for error in found.errors)
    return f"Reader by reader, after the warm-up, the calibration error falls from {before} to {after} on average."


TABLES: dict[str, Callable[[Figures], str]] = {
    "sent-study": _study,
    "sent-policies": _policies,
    "sent-half": _half,
    "sent-one-mind": _one_mind,
    "sent-days": _days,
    "sent-errors": _errors,
}


def _share(share: Interval) -> str:
    if math.isnan(share.low) or share.low == share.high:
        return f"{share.mean:.1%}"
    return f"{share.mean:.1%} [{share.low:.1%}, {share.high:.1%}]"


def _draw(found: Figures) -> Figure:
    figure = Figure(figsize=(9, 4.6), layout="constrained")
    left, right = figure.subplots(1, 2, sharey=True)
    _draw_curves(left, found.of_all, "everything as it comes")
    _draw_curves(right, found.of_stories, "every story once")
    left.set_ylabel("share of its clicks")
    looks = {"a random half": ("s", ORANGE), "every story once, nothing read": ("D", GREY)}
    for row in found.rows:
        if row.name in looks:
            marker, colour = looks[row.name]
            left.plot(row.sends.mean, row.clicks.mean, marker, color=colour, label=row.name, zorder=3)
        elif row.name == "ours, taught by notifications too":
            left.plot(row.sends.mean, row.clicks.mean, "o", color=BLUE, label="ours with its own threshold", zorder=3)
    handles, names = left.get_legend_handles_labels()
    figure.legend(handles, names, loc="outside lower center", ncols=3, frameon=False)
    return figure


def _draw_curves(axes: Axes, curves: tuple[Curve, ...], base: str) -> None:
    looks = {
        "ours, taught by the feed alone": (GREEN, "-."),
        "ours, taught by notifications too": (BLUE, "-"),
        "ours without the rules": (BLUE, ":"),
        "oracle": (BLACK, "-"),
        "oracle without the rules": (BLACK, ":"),
    }
    for curve in curves:
        colour, dashes = looks[curve.name]
        axes.plot(curve.sends, curve.clicks, color=colour, linestyle=dashes, linewidth=1.6, label=curve.name)
    axes.plot([0, HALF, HALF], [ENOUGH, ENOUGH, 0], color="0.75", linewidth=1, zorder=0)
    axes.annotate("the goal", (HALF, ENOUGH), (-4, 4), textcoords="offset points", ha="right", color=GREY)
    axes.set(xlabel=f"share of the sends of: {base}", xlim=(0, 1), ylim=(0, 1.02))
    axes.grid(color="0.92")
