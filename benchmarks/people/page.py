"""Tables of docs/lab/people.md."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from benchmarks.marked_page import NOTHING, filled, read_page, table_text
from benchmarks.people.figures import AFTER_OPENS, Figures, Row
from benchmarks.people.headlines import LABELS
from benchmarks.people.people import KINDS
from benchmarks.people.study import ENGINE
from trainer.intervals import Interval

_TOLD = {
    "three": "three categories",
    "many": "six categories",
    "changing": "three, others from the middle on",
    "finer": "three subjects finer than a category",
    "none": "no taste: opens one in ten",
}


def fill_page(page: Path, found: Figures) -> None:
    """Fill the page's marks with tables.

    Raises:
        ConfigError: The page is not there, or has a mark that nothing belongs to.
    """
    page.write_text(filled(read_page(page), found, TABLES, str(page)), "utf-8")


def _study(found: Figures) -> str:
    own = found.settings
    return (
        f"{own.readers} readers with three categories and {own.others} of each other kind, {own.days} days of three "
        f"sessions, seed {own.seed}."
    )


def _rankers(found: Figures) -> str:
    heads = ["ranker", "withheld", "- engine", "mixed", "- engine", "given", "- engine"]
    by_name: dict[str, dict[str, Row]] = {}
    for row in found.of(KINDS[0]):
        by_name.setdefault(row.name, {})[row.labels] = row
    lines = []
    for name, rows in by_name.items():
        cells = [name]
        for labels in LABELS:
            row = rows.get(labels)
            cells.append(_share(row.share) if row else "")
            cells.append(_negative(row.to_engine) if row and row.to_engine else "")
        lines.append(cells)
    return table_text(heads, lines) if lines else NOTHING


def _kinds(found: Figures) -> str:
    heads = [
        "people",
        "categories",
        "share",
        "last two days",
        "newest first",
        "found",
        "disliked",
        "newest",
        "false reasons",
    ]
    lines = [
        [
            _TOLD[row.kind],
            row.labels,
            _share(row.share),
            _percent(row.last.mean),
            _percent(row.newest.mean),
            _percent(row.found),
            f"{row.disliked:.2f}",
            f"{row.disliked_newest:.2f}",
            f"{row.false:,.0f} of {row.lines:,.0f}",
        ]
        for kind in KINDS
        for row in found.of(kind, name=ENGINE)
    ]
    return table_text(heads, lines) if lines else NOTHING


def _soon(found: Figures) -> str:
    heads = ["people", "categories", *(f"after {opens} opens" for opens in AFTER_OPENS)]
    lines = [
        [_TOLD[row.kind], row.labels, *(_difference(one) for one in row.after_opens)]
        for kind in KINDS[:-1]
        for row in found.of(kind, name=ENGINE)
    ]
    return table_text(heads, lines) if lines else NOTHING


def _days(found: Figures) -> str:
    heads = ["categories", *(f"day {day}" for day in range(1, found.settings.days + 1))]
    lines = [[row.labels, *map(_percent, row.by_day)] for row in found.of(KINDS[0], name=ENGINE)]
    return table_text(heads, lines) if lines else NOTHING


TABLES: dict[str, Callable[[Figures], str]] = {
    "study": _study,
    "rankers": _rankers,
    "kinds": _kinds,
    "soon": _soon,
    "days": _days,
}


def _percent(share: float) -> str:
    return "" if share != share else f"{100 * share:.1f}%"


def _share(share: Interval) -> str:
    return "" if share.mean != share.mean else f"{_percent(share.mean)} [{100 * share.low:.1f}, {100 * share.high:.1f}]"


def _difference(gain: Interval) -> str:
    if gain.mean != gain.mean:
        return ""
    mean, low, high = (round(100 * value, 1) + 0.0 for value in (gain.mean, gain.low, gain.high))
    return f"{mean:+.1f} [{low:+.1f}, {high:+.1f}]"


def _negative(gain: Interval) -> str:
    return _difference(Interval(-gain.mean, -gain.high, -gain.low))
