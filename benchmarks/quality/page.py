"""The tables of docs/lab/quality.md."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.marked_page import (
    NOTHING,
    count_text,
    difference_text,
    filled,
    interval_text,
    read_page,
    table_text,
)
from benchmarks.quality.plots import draw_all
from benchmarks.quality.tables import Figures, Row
from benchmarks.quality.variants import BASE, ONE_MEMBER
from trainer.intervals import Interval
from trainer.measure.quality import HISTORY_GROUPS


def fill_page(page: Path, found: Figures) -> None:
    """Write the tables into the page, and the pictures into `images` beside it.

    Raises:
        ConfigError: The page is not there, or has a place that nothing belongs to.
    """
    text = read_page(page)
    draw_all(page.parent / "images", found)
    page.write_text(filled(text, found, TABLES, str(page)), "utf-8")


def _log(found: Figures) -> str:
    return (
        f"{found.train_impressions:,} impressions to train on, {found.dev_impressions:,} later ones to measure with, "
        f"{found.articles:,} articles, {found.seeds} seeds."
    )


def _sizes(found: Figures) -> str:
    heads = [
        "model",
        "bytes",
        "parameters",
        "training",
        "AUC",
        "nDCG@10",
        "AUC - base",
        "nDCG@10 - base",
        "AUC by seed",
    ]
    lines = [
        [
            row.title + (" †" if row.uses_counts else ""),
            count_text(row.size_bytes),
            count_text(row.parameters),
            _seconds(row.training_s),
            *_measured(row),
            *_differences(row),
            _seeds(row),
        ]
        for row in found.rows
    ]
    return table_text(heads, lines)


def _history(found: Figures) -> str:
    groups = [name for name in HISTORY_GROUPS if found.history_impressions[name]]
    heads = ["model", *(f"{name} clicks ({found.history_impressions[name]:,})" for name in groups)]
    shown = [row for row in found.rows if row.group != "stage"]
    lines = [
        [row.title + (" †" if row.uses_counts else ""), *(interval_text(row.by_history[name]) for name in groups)]
        for row in shown
    ]
    return table_text(heads, lines)


def _ablations(rows: Sequence[Row], reference: str, *, with_size: bool) -> str:
    if not rows:
        return NOTHING
    size = ["bytes"] if with_size else []
    heads = ["", *size, "AUC", "nDCG@10", f"AUC - {reference}", f"nDCG@10 - {reference}", "AUC by seed"]
    lines = [
        [
            row.title,
            *([count_text(row.size_bytes)] if with_size else []),
            *_measured(row),
            *_differences(row),
            _seeds(row),
        ]
        for row in rows
    ]
    return table_text(heads, lines)


def _languages(found: Figures) -> str:
    if not found.languages:
        return NOTHING
    heads = ["bundle", "titles in", "impressions", "bytes", "AUC", "nDCG@10", "AUC - base", "nDCG@10 - base"]
    lines = [
        [
            row.title,
            row.titles,
            f"{row.impressions:,}",
            count_text(row.size_bytes),
            interval_text(row.metrics["auc"]),
            interval_text(row.metrics["ndcg10"]),
            *(["reference"] * 2 if row.difference is None else _gains(row.difference)),
        ]
        for row in found.languages
    ]
    return table_text(heads, lines)


def _popularity(found: Figures) -> str:
    if not found.with_counts:
        return NOTHING
    heads = ["model", "AUC", "nDCG@10", "AUC gained", "nDCG@10 gained"]
    lines = [
        [row.title, *_measured(row), *([""] * 2 if row.group == "baseline" else _gains(row.difference))]
        for row in found.with_counts
    ]
    return table_text(heads, lines)


def _calibration(found: Figures) -> str:
    if not found.mixes:
        return NOTHING
    titles = {"topics5": "topics in the top 5", "similarity10": "similarity in the top 10"}
    spread = {"coverage10": "coverage of the top 10", "gini10": "Gini of the top 10"}
    base = found.mixes[0]
    lists = {name: title for name, title in titles.items() if name in base.lists}
    exposure = {name: title for name, title in spread.items() if name in base.exposure}
    heads = ["model", "calibration error", "base - it", *(head for t in lists.values() for head in (t, "base - it"))]
    lines = []
    for mix in found.mixes:
        line = [
            mix.title,
            f"{mix.error:.4f}",
            "" if mix.error_difference is None else difference_text(mix.error_difference),
        ]
        for name in lists:
            difference = mix.list_differences.get(name)
            line += [f"{mix.lists[name].mean:.3f}", "" if difference is None else difference_text(difference)]
        lines.append([*line, *(f"{mix.exposure[name]:.3f}" for name in exposure)])
    return table_text([*heads, *exposure.values()], lines)


def _cost(found: Figures) -> str:
    lines = [[cost.step, f"{cost.seconds:,.1f}", count_text(cost.peak_mib)] for cost in found.costs]
    machine = f"{os.cpu_count()} processor cores ({platform.machine()}), Python {platform.python_version()}."
    return f"{machine}\n\n{table_text(['step', 'seconds', 'peak memory, MiB'], lines)}"


TABLES: dict[str, Callable[[Figures], str]] = {
    "log": _log,
    "sizes": _sizes,
    "history": _history,
    "teacher-ablations": lambda found: _ablations(found.teachers, "reference", with_size=False),
    "student-ablations": lambda found: _ablations(found.students, "base", with_size=True),
    "languages": _languages,
    "popularity": _popularity,
    "calibration": _calibration,
    "cost": _cost,
}


def _measured(row: Row) -> list[str]:
    return [interval_text(row.metrics[name]) for name in ("auc", "ndcg10")]


def _differences(row: Row) -> list[str]:
    if row.name in (BASE, ONE_MEMBER):
        return ["reference"] * 2
    return _gains(row.difference)


def _gains(difference: dict[str, Interval]) -> list[str]:
    return [difference_text(difference[name]) for name in ("auc", "ndcg10")]


def _seeds(row: Row) -> str:
    return " ".join(f"{value:.4f}" for value in row.seed_auc)


def _seconds(seconds: float | None) -> str:
    return "" if seconds is None else f"{seconds:,.0f} s"
