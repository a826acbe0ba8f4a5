"""Tables and pictures of docs/lab/ranking.md."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import matplotlib
import numpy as np
from matplotlib.figure import Figure

from benchmarks.marked_page import NOTHING, difference_text, filled, interval_text, read_page, table_text
from benchmarks.ranking.figures import ENGINE, FIRST, OFF, Figures, Row
from benchmarks.ranking.knowledge import ORACLE
from trainer.intervals import Interval
from trainer.report.plot_style import BLACK, BLUE, DPI, GREEN, GREY, ORANGE, PURPLE, SKY, STYLE, VERMILLION

# Of the lines by day: one for each policy that is compared, and one for the informed learner.
LOOKS = (
    (BLUE, "-"),
    (GREEN, "--"),
    (VERMILLION, "-."),
    (PURPLE, ":"),
    (ORANGE, "-"),
    (SKY, "--"),
    (BLACK, "-."),
    (GREY, ":"),
)
SMOOTH_DAYS = 3  # a point of the learning curve is the mean of so many days


def fill_page(page: Path, found: Figures) -> None:
    """Fill the page's marks with tables, and the folder `images` beside it with pictures.

    Raises:
        ConfigError: The page is not there, or has a mark that nothing belongs to.
    """
    filled_text = filled(read_page(page), found, TABLES, str(page))
    (page.parent / "images").mkdir(exist_ok=True)
    with matplotlib.rc_context(STYLE):
        for name, draw in PICTURES.items():
            draw(found).savefig(page.parent / "images" / name, dpi=DPI)
    page.write_text(filled_text, "utf-8")


def _study(found: Figures) -> str:
    worlds = "one world" if found.worlds == 1 else f"{found.worlds} worlds"
    return f"{found.readers:,} readers in {worlds}, {found.days} days, {found.sessions:,} sessions."


def _policies(found: Figures) -> str:
    heads = ["policy", "clicks@10", "- time order", "of the way", "topics", "distance", "new sources", "story pairs"]
    return table_text(heads, [_policy_cells(row) for row in _compared(found)])


def _policy_cells(row: Row) -> list[str]:
    return [
        row.name,
        interval_text(row.means["clicks"]),
        "" if row.name == FIRST else difference_text(row.to_first),
        _percent(row.way),
        f"{row.means['topics'].mean:.2f}",
        f"{row.means['distance'].mean:.3f}",
        f"{row.means['new_sources'].mean:.1%}",
        f"{row.means['story_pairs'].mean:.3f}",
    ]


def _knowledge(found: Figures) -> str:
    lines = [[row.name, interval_text(row.means["clicks"]), _percent(row.way)] for row in found.of("knowledge")]
    return table_text(["ranked by", "clicks@10", "of the way"], lines) if lines else NOTHING


def _against(found: Figures) -> str:
    others = [row for row in _compared(found) if row.name != ENGINE and row.to_engine]
    lines = [[row.name, difference_text(_negative(row.to_engine))] for row in others if row.to_engine]
    return table_text(["compared with", "engine - it, clicks@10"], lines) if lines else NOTHING


def _switched_off(found: Figures) -> str:
    heads = ["switched off", "clicks@10", "- engine", "of the way", "topics", "distance", "new sources", "story pairs"]
    engine, off = found.of("engine"), found.of("off")
    if not engine or not off:
        return NOTHING
    lines = []
    for row in [*engine, *off]:
        name, clicks, _, *others = _policy_cells(row)
        change = difference_text(row.to_engine) if row.to_engine and row.name != ENGINE else ""
        lines.append(["nothing" if name == ENGINE else name.removeprefix(OFF), clicks, change, *others])
    return table_text(heads, lines)


TABLES: dict[str, Callable[[Figures], str]] = {
    "study": _study,
    "policies": _policies,
    "knowledge": _knowledge,
    "against": _against,
    "switched-off": _switched_off,
}


def _compared(found: Figures) -> list[Row]:
    """Policies and engine between time order and oracle."""
    oracle = [row for row in found.of("knowledge") if row.name == ORACLE]
    return [*found.of("policy"), *found.of("engine"), *oracle]


def _negative(difference: Interval) -> Interval:
    return Interval(-difference.mean, -difference.high, -difference.low)


def _percent(share: Interval) -> str:
    if share.low == share.high:  # the ends of the way
        return f"{share.mean:.0%}"
    mean, low, high = (round(value, 2) + 0.0 for value in (share.mean, share.low, share.high))  # no -0 %
    return f"{mean:.0%} [{low:.0%}, {high:.0%}]"


def _draw_clicks(found: Figures) -> Figure:
    rows = [*found.of("policy"), *found.of("engine"), *found.of("knowledge")]
    rows.sort(key=lambda row: row.means["clicks"].mean)
    colours = {"policy": ORANGE, "engine": BLUE, "knowledge": GREY}
    figure = Figure(figsize=(8, 0.34 * len(rows) + 1.2), layout="constrained")
    axes = figure.add_subplot()
    for place, row in enumerate(rows):
        clicks = row.means["clicks"]
        axes.barh(place, clicks.mean, color=colours[row.group], height=0.65)
        span = [[clicks.mean - clicks.low], [clicks.high - clicks.mean]]
        axes.errorbar(clicks.mean, place, xerr=span, fmt="none", ecolor=BLACK, elinewidth=1, capsize=2)
    axes.set_yticks(range(len(rows)), [row.name for row in rows])
    axes.tick_params(axis="y", length=0)
    axes.set_xlabel("clicks in the ten shown, mean over readers, 95 % interval")
    axes.grid(axis="x", color="0.9")
    return figure


def _draw_days(found: Figures) -> Figure:
    figure = Figure(figsize=(8, 4.6), layout="constrained")
    axes = figure.add_subplot()
    informed = [row for row in found.of("knowledge") if row.name == "informed learner"]
    for row, (colour, dashes) in zip([*_compared(found), *informed], LOOKS, strict=False):
        days, clicks = _smooth(row.by_day)
        axes.plot(days, clicks, color=colour, linestyle=dashes, linewidth=1.6, label=row.name)
    axes.set(xlabel=f"day, mean of {SMOOTH_DAYS}", ylabel="clicks in the ten shown", ylim=(0, None))
    axes.grid(axis="y", color="0.9")
    figure.legend(loc="outside lower center", ncols=3, frameon=False)
    return figure


def _smooth(by_day: Sequence[float] | np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    size = min(SMOOTH_DAYS, len(by_day))
    means = np.convolve(by_day, np.ones(size) / size, mode="valid")
    return np.arange(len(means)) + (size + 1) / 2, means


PICTURES: dict[str, Callable[[Figures], Figure]] = {"ranking_clicks.png": _draw_clicks, "ranking_days.png": _draw_days}
