"""Tables of docs/lab/foreign-models.md."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from benchmarks.foreign_models.figures import Figures, Row
from benchmarks.foreign_models.models import TITLES
from benchmarks.marked_page import NOTHING, count_text, difference_text, filled, read_page, table_text

HEADS = ["", "kind", "bytes", "gzip", "smaller", "accuracy", "- dense", "us", "time", "seeds"]
SUMMARY_HEADS = ["model", "bytes", "smaller", "than int8", "accuracy", "- dense", "- dense by seed", "time", "seeds"]


def fill_page(page: Path, found: Figures) -> None:
    """Write the tables into the page.

    Raises:
        ConfigError: The page is not there, or has a mark that nothing belongs to.
    """
    page.write_text(filled(read_page(page), found, TABLES, str(page)), "utf-8")


def _model(name: str, found: Figures) -> str:
    return table_text(HEADS, [_line(row) for row in found[name]]) if name in found else NOTHING


def _line(row: Row) -> list[str]:
    return [
        row.title,
        " ".join(row.kinds),
        count_text(row.size_bytes),
        count_text(row.gzip_bytes),
        f"{row.smaller:.1f}",
        f"{row.accuracy:.4f}",
        difference_text(row.change),
        f"{row.latency_us:.0f}",
        f"{row.time:.2f}",
        str(row.seeds),
    ]


def _summary(found: Figures) -> str:
    squeezed = {name: row for name, rows in found.items() for row in rows if row.than_own is not None}
    lines = [
        [
            TITLES[name],
            count_text(row.size_bytes),
            f"{row.smaller:.1f}",
            f"{row.than_own:.1f}",
            f"{row.accuracy:.4f}",
            difference_text(row.change),
            " ".join(f"{change:+.3f}" for change in row.by_seed),
            f"{row.time:.2f}",
            str(row.seeds),
        ]
        for name, row in squeezed.items()
    ]
    return table_text(SUMMARY_HEADS, lines) if lines else NOTHING


# A mark has letters and hyphens alone.
TABLES: dict[str, Callable[[Figures], str]] = {
    "summary": _summary,
    **{name.replace("_", "-").replace("conv1d", "convolution"): partial(_model, name) for name in TITLES},
}
